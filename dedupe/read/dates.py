"""Dates as news has them, to UTC microseconds.

ISO 8601, RFC 2822, epoch seconds to nanoseconds, Reuters ("26-FEB-1987
15:01:01.79") and common written forms.  What can't be read is null, and counted.
A time without a zone is taken as UTC; a date without time is its midnight.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from dedupe.article import TIME

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORMATS = (
    "%d-%b-%Y %H:%M:%S.%f", "%d-%b-%Y %H:%M:%S", "%d-%b-%Y", "%d-%b-%y",
    "%d %b %Y %H:%M:%S", "%d %b %Y %H:%M", "%d %b %Y", "%d %B %Y %H:%M", "%d %B %Y",
    "%b %d %Y %I:%M %p", "%b %d %Y %H:%M", "%b %d %Y", "%B %d %Y %I:%M %p", "%B %d %Y %H:%M", "%B %d %Y",
    "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d",
    "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%Y%m%dT%H%M%SZ", "%Y%m%d%H%M%S",
    "%a %b %d %H:%M:%S %Y",
)  # fmt: skip
_RFC_2822 = re.compile(
    r"(?:[A-Za-z]{3},?\s+)?\d{1,2}\s+[A-Za-z]{3}\s+\d{2,4}\s+\d{1,2}:\d{2}(?::\d{2})?\s*(?:[-+]\d{4}|[A-Z]{1,4})?$"
)
_ZONE = re.compile(r"\s+(?:UTC|GMT|Z)$", re.IGNORECASE)


def _in_range(moment: datetime) -> datetime | None:
    """The moment in UTC, if it is one that a machine's clock can hold."""
    try:
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return moment


def _from_epoch(value: float) -> datetime | None:
    """Seconds, milli-, micro- or nanoseconds since 1970, told apart by their size."""
    if value != value or abs(value) > 1e20:
        return None
    for _ in range(3):
        if abs(value) < 1e11:
            break
        value /= 1000
    try:
        return _EPOCH + timedelta(seconds=value)
    except OverflowError:
        return None


@lru_cache(maxsize=65_536)
def parse_date(value: str) -> datetime | None:
    """The moment that a string names, in UTC; None when it can't be read.

    >>> parse_date("26-FEB-1987 15:01:01.79").isoformat()
    '1987-02-26T15:01:01.790000+00:00'
    >>> parse_date("Tue, 18 Aug 2026 09:30:00 +0200").isoformat()
    '2026-08-18T07:30:00+00:00'
    >>> parse_date("soon") is None
    True
    """
    text = value.strip()
    if re.fullmatch(r"-?\d{9,19}(\.\d+)?", text) and not re.fullmatch(r"(19|20)\d{12}", text):
        return _from_epoch(float(text))
    try:
        return _in_range(datetime.fromisoformat(text))
    except ValueError:
        pass
    if _RFC_2822.match(text):
        try:
            return _in_range(parsedate_to_datetime(text))
        except (ValueError, TypeError, IndexError, OverflowError):
            pass
    plain = re.sub(r"\s+", " ", _ZONE.sub("", text).replace(",", " ")).strip()
    for form in _FORMATS:
        try:
            return _in_range(datetime.strptime(plain, form))
        except ValueError:
            continue
    return None


def _parse(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return _in_range(value)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _from_epoch(float(value))
    return parse_date(value) if isinstance(value, str) else None


def read_dates(column: pa.Array) -> tuple[pa.Array, int]:
    """A column of any type to timestamps (UTC, microseconds), and how many could not be read.

    >>> column, unreadable = read_dates(pa.array(["2026-08-18", "soon", None]))
    >>> column[0].as_py().isoformat(), unreadable
    ('2026-08-18T00:00:00+00:00', 1)
    """
    given = len(column) - column.null_count
    kind = column.type
    if pa.types.is_timestamp(kind):
        zoned = column if kind.tz else pc.assume_timezone(column, "UTC")
        return pc.cast(zoned, TIME, safe=False), 0
    if pa.types.is_date(kind):
        return pc.assume_timezone(pc.cast(column, pa.timestamp("us")), "UTC"), 0
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        try:
            return pc.cast(column, TIME), 0
        except pa.ArrowInvalid:
            pass
    moments = []
    for value in column.to_pylist():
        blank = isinstance(value, str) and not value.strip()
        given -= blank
        moments.append(None if blank else _parse(value))
    return pa.array(moments, TIME), given - sum(moment is not None for moment in moments)

"""Dates as news has them, to UTC microseconds.

ISO 8601, RFC 2822, epoch seconds to nanoseconds, Reuters ("26-FEB-1987
15:01:01.79") and written forms with the month's name in some fifty languages.  What can't be read is null, and counted.
A time without a zone is taken as UTC; a date without time is its midnight.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache, lru_cache
from pathlib import Path

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
    written = find_date(text)
    return written[0] if written and written[1] == text else None


@cache
def _months() -> dict[str, int]:
    """Month names of many languages (Unicode CLDR; `tools/make_months.py`), in lower case."""
    lines = Path(__file__).with_name("months.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return {name: int(number) for name, _, number in (line.partition("\t") for line in lines)}


_CLOCK = r"(?:[,\sT|·•-]*(?:at|um|à|alle|às|a las|kl\.?|в|о|,)?[,\s]*(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?::(?P<second>\d{2}))?(?P<half>\s*[ap]\.?m\.?)?(?P<zone>\s*(?:UTC|GMT|Z|[+-]\d{2}:?\d{2}))?)?"
_WRITTEN = tuple(
    re.compile(form + _CLOCK, re.IGNORECASE)
    for form in (
        r"(?<!\d)(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4})(?!\d)",
        r"(?P<year>\d{4})\s*[年년]\s*(?P<month>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日일]",
        r"(?<!\d)(?P<day>\d{1,2})(?:\.|º|st|nd|rd|th|er)?\s+(?:de\s+)?(?P<name>[^\W\d_]{3,14})\.?,?\s+(?:de\s+)?(?P<year>\d{4})(?!\d)",
        r"(?P<name>[^\W\d_]{3,14})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})(?!\d)",
    )
)


_YEAR = re.compile(r"\d{4}")


def find_date(text: str) -> tuple[datetime, str] | None:
    """The first date written in a line, in UTC, and the words that say it; None when there is none.

    >>> moment, words = find_date("Опубликовано 18 августа 2026, 10:31")
    >>> moment.isoformat(), words
    ('2026-08-18T10:31:00+00:00', '18 августа 2026, 10:31')
    """
    if not _YEAR.search(text):
        return None
    for pattern in _WRITTEN:
        for m in pattern.finditer(text):
            part = m.groupdict()
            month = int(part["month"]) if part.get("month") else _months().get(part["name"].lower(), 0)
            hour = int(part["hour"] or 0)
            half = (part["half"] or "").strip().lower()[:1]
            if half and 1 <= hour <= 12:
                hour = hour % 12 + (12 if half == "p" else 0)
            zone = (part["zone"] or "").strip().upper()
            try:
                moment = datetime(
                    int(part["year"]),
                    month,
                    int(part["day"]),
                    hour,
                    int(part["minute"] or 0),
                    int(part["second"] or 0),
                    tzinfo=UTC,
                )
            except ValueError:
                continue
            if zone[:1] in ("+", "-"):
                away = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
                moment -= away if zone[0] == "+" else -away
            return moment, m.group().strip(" ,|·•-")
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

"""Spans of time as users write them: "14d", "36h", "90m"."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from dedupe.errors import SettingsError

_UNITS = {"m": 1 / 60, "h": 1.0, "d": 24.0, "w": 168.0}


def window_hours(window: str | timedelta | None) -> float | None:
    """Hours of a window; None for none.

    >>> window_hours("14d"), window_hours(timedelta(hours=1))
    (336.0, 1.0)
    """
    if window is None:
        return None
    if isinstance(window, timedelta):
        hours = window.total_seconds() / 3600
    else:
        found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([mhdw])\s*", window)
        if not found:
            raise SettingsError(f"window {window!r}: write a number and m, h, d or w, as 36h or 14d")
        hours = float(found[1]) * _UNITS[found[2]]
    if not hours > 0:
        raise SettingsError(f"window {window!r}: give more than nothing")
    return hours


def moment(text: str) -> datetime | timedelta:
    """A time as users write it, or how long ago: "2026-11-01", "14d".

    >>> moment("36h"), moment("2026-11-01T12:00")
    (datetime.timedelta(days=1, seconds=43200), datetime.datetime(2026, 11, 1, 12, 0, tzinfo=datetime.timezone.utc))
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return timedelta(hours=window_hours(text) or 0)
    return found if found.tzinfo else found.replace(tzinfo=UTC)

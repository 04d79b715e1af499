"""Versions of one article, in order: the same outlet's or address's copies, by time and by what the wire calls them."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.compiled import F64, I64, Bool
from dedupe.match.numbers import begins, known_or
from dedupe.story.connected import connected

_NUMBERED = (
    r"(?i)^\W*(?:update|upd|wrapup|обновление|оновлення|更新)\s*(?P<n>\d+)\b",
    r"(?i)\b(?P<n>\d+)(?:st|nd|rd|th)\s+(?:ld|lead)\b",
    r"(?i)\(\s*(?:update|updated|version|v)\.?\s*(?P<n>\d+)\s*\)",
)
_LATER = (
    r"(?i)(?:^\W*(?:updated?|correct(?:ed|ion)|refile|rpt|repeat|korrigiert|berichtigung|corregido|corrigé|обновлено|исправлено|"
    r"оновлено|виправлено|更正|訂正)\s*(?:[-–—:：)\]|]|$))|\((?:updated?|corrects?|corrected|adds?|recasts?|updates?|writethru)\b[^)]*\)|writethru"
)

_MAY_SAY = (
    r"(?i)^\W{0,3}(?:upd|wrapup|correct|refile|rpt|repeat|korr|beri|corre|corri|обно|испр|онов|випр|更|訂)|"
    r"\d(?:st|nd|rd|th)\s+(?:ld|lead)|writethru|\(\s*(?:upd|vers|v\.?\s*\d|corr|add|recast)"
)
"""What any of them needs."""
_PARTS = (
    "(", "writethru", "upd", "wrapup", "corre", "corri", "refile", "rpt", "repeat", "korr", "beri", "обно", "испр",
    "онов", "випр", "更", "訂",
)  # fmt: skip
"""And what that needs, unless there is an ordinal."""
_ORDINAL = re.compile(r"\d(?:st|nd|rd|th)\s+l")
FEW = 16


def _may_say(headline: str | None) -> bool:
    """Whether `_MAY_SAY` can match: errs on the side of yes."""
    text = (headline or "").casefold()
    return any(part in text for part in _PARTS) or _ORDINAL.search(text) is not None


def sequence(headlines: pa.Array) -> I64:
    """What a headline says of its version: 0 nothing, else a number that grows with the version, int64[n].

    headlines: large_string[n].

    >>> given = ["Oil climbs", "UPDATE 2-Oil climbs", "Oil climbs (adds details)"]
    >>> sequence(pa.array(given, pa.large_string())).tolist()
    [0, 20, 5]
    """
    out = np.zeros(len(headlines), dtype=np.int64)
    if len(headlines) <= FEW and not any(map(_may_say, headlines.to_pylist())):
        return out  # the pattern takes longer to compile than a few headlines to look at
    marked = pc.fill_null(pc.match_substring_regex(headlines, _MAY_SAY), False)
    rows = np.flatnonzero(np.asarray(marked))
    if len(rows):
        few = headlines.take(pa.array(rows))
        said = np.zeros(len(rows), dtype=np.int64)
        for pattern in _NUMBERED:
            found = pc.struct_field(pc.extract_regex(few, pattern), "n")
            short = pc.if_else(pc.less_equal(pc.binary_length(found), 3), found, pa.scalar(None, found.type))
            said = np.maximum(said, 10 * pc.fill_null(short.cast(pa.int64()), 0).to_numpy(zero_copy_only=False))
        said += (
            5 * pc.fill_null(pc.match_substring_regex(few, _LATER), False).to_numpy(zero_copy_only=False) * (said == 0)
        )
        out[rows] = said
    return out


@dataclass(frozen=True, slots=True)
class Versions:
    """For each article: number, int64[n], its place among the versions of one article, from 1 (0: it has no others);
    newest: bool[n], the last of them.
    """

    number: I64
    newest: Bool


def versions(original: I64, outlet: I64, address: I64, hours: F64, said: I64) -> Versions:
    """Put the versions in each story in order.

    Members of one story are versions of one article when they stand at one address, or at one outlet.
    original, outlet, address (-1 for unknown), said (of `sequence`): int64[n]; hours: float64[n].
    """
    n = len(original)
    sizes = np.bincount(original, minlength=n)
    rows = np.flatnonzero(sizes[original] > 1)
    links = []
    for key in (outlet, address):
        known = rows[key[rows] >= 0]
        order = known[np.lexsort((known, key[known], original[known]))]
        same = (original[order[1:]] == original[order[:-1]]) & (key[order[1:]] == key[order[:-1]])
        links.append(np.stack([order[:-1][same], order[1:][same]], 1) if len(order) else np.zeros((0, 2), np.int64))
    pairs = np.concatenate(links)
    number, newest = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.bool_)
    if not len(pairs):
        return Versions(number, newest)
    label = connected(n, np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1]))
    members = np.unique(pairs)
    order = members[np.lexsort((members, known_or(hours[members], np.inf), said[members], label[members]))]
    # By time first where all times are known; by what the headline says where they tie or are unknown.
    timed = np.bincount(label[members], weights=np.isnan(hours[members]), minlength=n)[label[members]] == 0
    by_time = members[np.lexsort((members, said[members], known_or(hours[members], np.inf), label[members]))]
    group = label[order]
    order = np.where(np.isin(group, label[members][timed]), by_time, order)
    starts = np.flatnonzero(begins(group))
    counts = np.diff(np.append(starts, len(order)))
    number[order] = np.arange(len(order)) - np.repeat(starts, counts) + 1
    newest[order[starts + counts - 1]] = True
    return Versions(number, newest)


KEEP = ("original", "newest", "longest")


def kept_members(original: I64, made: Versions, words: I64, hours: F64, keep: str) -> Bool:
    """Which articles stay when copies are dropped: one of each story, bool[n].

    keep: "original"; "newest": the newest version of the original, where it has versions; "longest": the member with
    most words, the original in a tie.
    """
    n = len(original)
    numbers = np.arange(n, dtype=np.int64)
    if keep == "original":
        stays: Bool = original == numbers
        return stays
    is_original = (original == numbers).astype(np.int64)
    if keep == "longest":
        order = np.lexsort((numbers, -is_original, -words, original))
    else:
        later = np.where(made.newest, known_or(hours, -1.0), -2.0)
        order = np.lexsort((numbers, -is_original, -later, original))
    out = np.zeros(n, dtype=np.bool_)
    out[order[begins(original[order])]] = True
    return out

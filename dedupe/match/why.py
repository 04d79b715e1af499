"""The evidence of a pair in a sentence, for people."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.compiled import F64, I64, Bool
from dedupe.match.numbers import known_or
from dedupe.match.relation import REASONS, Decision, Evidence, sides

TEXT = pa.large_string()
FEW = 16
"""Figures up to which Python writes them faster than Arrow."""


def _number(values: F64) -> pa.Array:
    whole = np.rint(values).astype(np.int64)
    if len(whole) <= FEW:
        return pa.array(list(map(str, whole.tolist())), TEXT)
    return pc.cast(pa.array(whole), TEXT)


def _joined(*parts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(
        *(pa.scalar(p, TEXT) if isinstance(p, str) else p for p in parts), pa.scalar("", TEXT)
    )


def _when(mask: Bool, text: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(mask), text, pa.scalar("", TEXT))


def explain(evidence: Evidence, decision: Decision, rows: I64) -> pa.Array:
    """A sentence for each of these pairs: the rule that spoke, and what it saw, large_string[len(rows)]."""
    x = sides(evidence.overlap, evidence.weight)
    reason = pa.array(REASONS, TEXT).take(pa.array(decision.reason[rows].astype(np.int64)))
    hours, headline = evidence.hours[rows], evidence.headline[rows]
    numbers, names = (x.s_numbers + x.l_numbers)[rows], (x.s_names + x.l_names)[rows]
    days = hours >= 48
    unit = pc.if_else(pa.array(days), pa.scalar(" days apart", TEXT), pa.scalar(" h apart", TEXT))
    apart = _joined("; ", _number(known_or(np.where(days, hours / 24, hours), 0.0)), unit)
    alike = _joined("; headlines ", _number(100 * known_or(headline, 0.0)), "% alike")
    return _joined(
        reason,
        ": ", _number(100 * x.s_share[rows]), "% of the shorter's words and ",
        _number(100 * x.l_share[rows]), "% of the longer's are shared, in ", _number(x.s_blocks[rows]), " runs; ",
        _number(numbers), " figures and ", _number(names), " names stand in one only",
        _when(~np.isnan(headline), alike),
        _when(~np.isnan(hours), apart),
    )  # fmt: skip

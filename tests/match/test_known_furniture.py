"""What was learned from a collection is known again, to the word, where its articles come once more."""

from __future__ import annotations

import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from dedupe.gather import collect, silent
from dedupe.match.furniture import Furniture, outlet_groups
from dedupe.match.known_furniture import NOTHING, known_furniture, learned_from
from dedupe.read.objects import open_objects
from dedupe.settings import Settings
from dedupe.text.sketch import sketch


def assert_known_again(table: pa.Table, furniture: Furniture) -> None:
    made = sketch(table["text"].combine_chunks(), table["headline"].combine_chunks(), Settings())
    group = outlet_groups(table["outlet"].combine_chunks())
    known = known_furniture(made.text, made.headline, group, learned_from(furniture))
    assert len(furniture) and known.tolist() == furniture.spans.tolist()
    assert not len(known_furniture(made.text, made.headline, group, NOTHING))
    assert not len(known_furniture(made.text, made.headline, group + 1, learned_from(furniture)))


def table_of(rows: list[dict[str, str]]) -> pa.Table:
    kind = pa.schema([(name, pa.large_string()) for name in ("headline", "text", "outlet")])
    return pa.Table.from_pylist(rows, schema=kind)


def learn(table: pa.Table) -> Furniture:
    with ThreadPoolExecutor(1) as pool:
        return collect(open_objects(table), {}, Settings(), pool, silent).given.furniture


def test_lines_and_leads_to_other_articles(sample: Path) -> None:
    found = [json.loads(line) for line in (sample / "wire.jsonl").read_text().splitlines() if line.strip()]
    rows = [row for row in found if row.get("headline") and len(row.get("text") or "") > 100]
    ends = [f"More of the day in our letter, every morning\n{rows[i - 9]['headline']}" for i in range(len(rows))]
    table = table_of(
        [
            {"headline": row["headline"], "text": f"{row['text']}\n{end}", "outlet": "The Daily"}
            for row, end in zip(rows, ends, strict=True)
        ]
    )
    furniture = learn(table)
    assert {0, 1} == set(furniture.kind.tolist())
    assert_known_again(table, furniture)


@pytest.mark.parametrize("name", ["slavic-dev", "reuters-dev"])
def test_furniture_of_real_articles(corpora: Path, name: str) -> None:
    with gzip.open(corpora / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    table = table_of([{key: row.get(key) for key in ("headline", "text", "outlet")} for row in rows])
    filled = pc.fill_null(table["text"], "")
    table = table.set_column(1, "text", filled)
    assert_known_again(table, learn(table))

"""Any input gives the same articles; what can't be used is set aside with file, row and reason."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv as pc_csv
import pyarrow.parquet as pq
import pytest
import zstandard

import dedupe
from dedupe.errors import InputError
from dedupe.read.articles import read_articles
from dedupe.read.dates import parse_date, read_dates
from dedupe.read.files import find_files
from dedupe.read.identity import Seen
from dedupe.read.objects import open_objects
from dedupe.read.raw import Reject

ROWS = [
    {"id": "1", "headline": "Rain", "text": "It rained, and \"rained\"\nagain.", "source": "Times", "date": "2026-03-02T10:00:00Z"},
    {"id": "2", "headline": None, "text": "Дождь шёл весь день.", "source": "Вестник", "date": "2026-03-03"},
    {"id": "3", "headline": "Flash only", "text": None, "source": None, "date": None},
]  # fmt: skip


def read(given: Any, **columns: str) -> tuple[list[dict[str, Any]], list[Reject], int]:
    seen, rows, rejects, unreadable = Seen(), [], [], 0
    for source in open_objects(given):
        for batch in read_articles(source, columns, seen):
            rows += [{**row, "row": n} for row, n in zip(batch.table.to_pylist(), batch.rows.tolist(), strict=True)]
            rejects += batch.rejects
            unreadable += batch.unreadable_dates
    return rows, rejects, unreadable


def write(folder: Path, name: str) -> Path:
    path = folder / name
    table = pa.Table.from_pylist(ROWS)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode()
    if name.endswith(".parquet"):
        pq.write_table(table, path, row_group_size=1)
    elif ".csv" in name or ".tsv" in name:
        sink = pa.BufferOutputStream()
        pc_csv.write_csv(table, sink, pc_csv.WriteOptions(delimiter="\t" if ".tsv" in name else ","))
        lines = sink.getvalue().to_pybytes()
    elif ".json" in name and ".jsonl" not in name:
        lines = json.dumps(ROWS).encode()
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(lines))
    elif name.endswith(".zst"):
        path.write_bytes(zstandard.compress(lines))
    elif not name.endswith(".parquet"):
        path.write_bytes(lines)
    return path


@pytest.mark.parametrize(
    "name",
    [
        "a.parquet",
        "a.jsonl",
        "a.ndjson.gz",
        "a.jsonl.zst",
        "a.json",
        "a.json.gz",
        "a.csv",
        "a.csv.gz",
        "a.tsv",
        "a.tsv.zst",
    ],
)
def test_every_format_gives_the_same_articles(tmp_path: Path, name: str) -> None:
    rows, rejects, _ = read(write(tmp_path, name))
    assert not rejects
    assert [row["text"] for row in rows] == [ROWS[0]["text"], ROWS[1]["text"], ""]
    assert [row["headline"] for row in rows] == ["Rain", None, "Flash only"]
    assert [row["outlet"] for row in rows] == ["Times", "Вестник", None]
    assert [row["row"] for row in rows] == [0, 1, 2]
    assert rows[0]["published"] == datetime(2026, 3, 2, 10, tzinfo=UTC) and rows[2]["published"] is None


def test_every_python_table_gives_the_same_articles(tmp_path: Path) -> None:
    table = pa.Table.from_pylist(ROWS)
    articles = [
        dedupe.Article(r["text"], r["headline"], r["id"], outlet=r["source"], published=r["date"]) for r in ROWS
    ]
    expected = read(table)[0]
    assert len(expected) == 3
    for given in (
        pd.DataFrame(ROWS, index=[7, 8, 9]), pl.DataFrame(ROWS), datasets.Dataset.from_list(ROWS), ROWS, iter(ROWS), articles,
        pa.RecordBatchReader.from_batches(table.schema, table.to_batches()), table.to_batches()[0], write(tmp_path, "a.jsonl"),
    ):  # fmt: skip
        assert read(given)[0] == expected, type(given)


def test_folders_and_globs_are_searched_in_order(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.csv", "deep/c.parquet"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write(tmp_path, name)
    (tmp_path / "notes.txt.bak").write_text("no")
    assert [Path(f.name).name for f in find_files([tmp_path])] == ["a.csv", "b.jsonl", "c.parquet"]
    assert [Path(f.name).name for f in find_files([str(tmp_path / "*.jsonl"), tmp_path / "a.csv"])] == [
        "b.jsonl",
        "a.csv",
    ]


BAD_LINES = [
    (b'{"id": 1, "text": "fine"}', None),
    (b"null", "not an object but null"),
    (b"[1]", "not an object but list"),
    (b'{"text": ', "broken JSON"),
    (b'{"text": 3}', "the text is not a string but int"),
    (b'{"text": {"a": 1}}', "the text is not a string but dict"),
    (b'{"text": "x \\ud800"}', "bad encoding: a lone surrogate"),
    (b'{"text": "\xff\xfe"}', "bad encoding: not UTF-8"),
    (b'{"text": null, "title": "  "}', "no text and no headline"),
    (b'{"text": " \\n\\t "}', "no text and no headline"),
    (b'{"id": 1, "text": "again"}', "the id '1' came before"),
    (b'{"id": 2, "text": "a\\u0000b NaN", "outlet": NaN}', None),
]


def test_each_unusable_line_goes_to_the_rejects(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(b"\n".join(line for line, _ in BAD_LINES))
    rows, rejects, _ = read(path)
    assert [row["id"] for row in rows] == ["1", "2"] and rows[1]["text"] == "a\0b NaN"
    assert [(r.row, r.source_file) for r in rejects] == [(n, str(path)) for n, (_, why) in enumerate(BAD_LINES) if why]
    for reject in rejects:
        assert reject.reason.startswith(BAD_LINES[reject.row][1] or "")
        assert reject.content is not None


def test_parquet_columns_of_other_types(tmp_path: Path) -> None:
    bad = pa.array([b"good text", b"bad \xff", None], pa.binary())
    path = tmp_path / "a.parquet"
    pq.write_table(
        pa.table(
            {"text": bad.view(pa.string()), "title": pa.array(["a", "b", "c"]).dictionary_encode(), "id": [7, 8, 9]}
        ),
        path,
    )
    rows, rejects, _ = read(path)
    assert [(row["id"], row["text"], row["headline"]) for row in rows] == [("7", "good text", "a"), ("9", "", "c")]
    assert rejects[0].row == 1 and "not UTF-8" in rejects[0].reason and rejects[0].content["id"] == 8
    pq.write_table(pa.table({"text": [1, 2], "x": [{"a": 1}, None]}), path)
    assert [r.reason for r in read(path)[1]] == ["the text is not a string but int64"] * 2


def test_csv_rows_that_do_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'\xef\xbb\xbfid,text\n1,"a, ""b"""\n2\n\n3,x,y\n4,\xff\n5,ok\n')
    rows, rejects, _ = read(path)
    assert [(row["id"], row["text"]) for row in rows] == [("1", 'a, "b"'), ("5", "ok")]
    assert [r.reason for r in rejects] == [
        "1 fields, but the header has 2",
        "3 fields, but the header has 2",
        "bad encoding: not UTF-8",
    ]


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.zst", "a.csv.gz", "a.json.gz"])
def test_a_truncated_file_gives_what_came_before_and_a_reject(tmp_path: Path, name: str) -> None:
    draw = np.random.default_rng(1)
    rows = [{"text": f"{n} " + " ".join(map(str, draw.integers(0, 10**9, 60)))} for n in range(3000)]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    if ".csv" in name:
        lines = "text\n" + "".join(row["text"] + "\n" for row in rows)
    elif ".json." in name:
        lines = json.dumps(rows)
    data = gzip.compress(lines.encode()) if name.endswith("gz") else zstandard.compress(lines.encode())
    (tmp_path / name).write_bytes(data[: len(data) // 2])
    found, rejects, _ = read(tmp_path / name)
    assert 100 < len(found) < 3000 and found[5]["text"] == rows[5]["text"]
    assert "breaks off" in rejects[-1].reason


def test_a_file_that_is_none_is_an_error(tmp_path: Path) -> None:
    for name, data in [("a.parquet", b"PAR0"), ("b.jsonl.gz", b"plain"), ("c.csv.zst", b"plain")]:
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError, match="can't be opened"):
            read(tmp_path / name)
    with pytest.raises(InputError, match="no such file"):
        read(tmp_path / "nothing.jsonl")
    (tmp_path / "x.docx").write_text("")
    with pytest.raises(InputError, match="format is not known"):
        read(tmp_path / "x.docx")
    with pytest.raises(InputError, match="holds no articles"):
        read(7)
    with pytest.raises(InputError, match="item 0 is a int"):
        read([7])


def test_columns_are_found_or_mapped_or_listed(tmp_path: Path) -> None:
    table = pa.table({"Kopf": ["h"], "Rumpf": ["t"], "n": [1]})
    with pytest.raises(InputError, match="columns found: Kopf, Rumpf, n"):
        read(table)
    with pytest.raises(InputError, match=r"no column 'Bauch' for text; columns found: Kopf, Rumpf, n"):
        read(table, text="Bauch")
    with pytest.raises(InputError, match="an article has id, headline"):
        read(table, body="Rumpf")
    assert read(table, text="Rumpf", headline="Kopf")[0][0]["headline"] == "h"


@pytest.mark.parametrize(
    ("given", "iso"),
    [
        ("2026-08-18", "2026-08-18T00:00:00+00:00"), ("2026-08-18T09:30:00+02:00", "2026-08-18T07:30:00+00:00"),
        ("Tue, 18 Aug 2026 09:30:00 +0200", "2026-08-18T07:30:00+00:00"), ("26-FEB-1987 15:01:01.79", "1987-02-26T15:01:01.790000+00:00"),
        ("1755509400", "2025-08-18T09:30:00+00:00"), ("1755509400000", "2025-08-18T09:30:00+00:00"), ("18.08.2026 09:30", "2026-08-18T09:30:00+00:00"),
        ("August 18, 2026", "2026-08-18T00:00:00+00:00"), ("Aug 18, 2026 9:30 PM", "2026-08-18T21:30:00+00:00"), ("18 August 2026", "2026-08-18T00:00:00+00:00"),
        ("20260818093000", "2026-08-18T09:30:00+00:00"), ("2026/08/18 09:30", "2026-08-18T09:30:00+00:00"),
    ],
)  # fmt: skip
def test_dates_as_news_has_them(given: str, iso: str) -> None:
    found = parse_date(given)
    assert found is not None and found.isoformat() == iso


def test_an_unreadable_date_is_null_and_counted() -> None:
    column, unreadable = read_dates(pa.array(["soon", "", None, "2026-01-02", "9999999999999999999999"]))
    assert [v is not None for v in column.to_pylist()] == [False, False, False, True, False] and unreadable == 2
    assert read([{"text": "a", "date": 1755509400}, {"text": "b", "date": "soon"}])[2] == 1


def test_the_outlet_may_come_from_the_url() -> None:
    rows, _, _ = read(
        [
            {"text": "a", "url": "https://www.Times.example:8080/x?y"},
            {"text": "b", "url": "//m.post.example/z", "outlet": "Post"},
            {"text": "c", "url": "junk"},
        ]
    )
    assert [row["outlet"] for row in rows] == ["times.example", "Post", None]

"""Bad and extreme input: a clear line, the right exit status, and neither a crash nor a blow-up."""

from __future__ import annotations

import gzip
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import dedupe

LONG = (
    "The council of Brenn voted on Tuesday to close the old bathing place and to build a heated one beside the mill. "
    * 3
)


def dedupe_run(*words: object, **options: object) -> subprocess.CompletedProcess[str]:
    """`dedupe run` as a user runs it."""
    command = [sys.executable, "-m", "dedupe.cli", "run", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, **options)  # type: ignore[call-overload, no-any-return]


def fails(done: subprocess.CompletedProcess[str], code: int, *said: str) -> None:
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    for words in said:
        assert words in done.stderr


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.jsonl", b"", "no rows"),
        ("empty.csv", b"", "no rows"),
        ("header.csv", b"id,text\n", "no rows"),
        ("empty.json", b"[]", "no rows"),
        ("rejects.jsonl", b"null\n{bad\n", "none of 2 rows can be used; the first, row 0"),
        ("nothing.jsonl", b'{"a": 1}\n', "columns found: a"),
    ],
)
def test_nothing_usable_is_exit_1_with_a_reason(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    fails(dedupe_run(tmp_path / name, "--out", tmp_path / "out"), 1, said, name)
    assert not (tmp_path / "out").exists()


def test_zero_rows_of_parquet_and_an_empty_folder(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": pa.array([], pa.string())}), tmp_path / "zero.parquet")
    fails(dedupe_run(tmp_path / "zero.parquet", "-o", tmp_path / "out"), 1, "no rows")
    (tmp_path / "folder").mkdir()
    fails(dedupe_run(tmp_path / "folder", "-o", tmp_path / "out"), 1, "no file that can be read")
    (tmp_path / "folder" / "empty.parquet").write_bytes(b"")
    fails(dedupe_run(tmp_path / "folder", "-o", tmp_path / "out"), 1, "can't be opened as Parquet")


def test_wrong_usage_is_exit_2(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "a"}\n')
    given = tmp_path / "a.jsonl"
    fails(dedupe_run(given), 2, "--out")
    fails(dedupe_run(given, "-o", tmp_path / "o", "--column", "text"), 2, "NAME=VALUE")
    fails(dedupe_run(given, "-o", tmp_path / "o", "--set", "shingle=0"), 2, "give a whole number from 1 to 32")
    fails(dedupe_run(given, "-o", tmp_path / "o", "--set", "colour=3"), 2, "unknown setting 'colour'")
    fails(dedupe_run(given, "-o", tmp_path / "o", "--set", "shingle=five"), 2, "not a number")
    fails(dedupe_run(given, "-o", tmp_path / "o", "--config", tmp_path / "none.toml"), 2, "can't be read")
    (tmp_path / "bad.toml").write_text("shingle = ")
    fails(dedupe_run(given, "-o", tmp_path / "o", "--config", tmp_path / "bad.toml"), 2, "not a TOML file")
    fails(dedupe_run(given, "-o", tmp_path / "o", "--column", "text=corps"), 1, "columns found: text")


def test_one_article(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "Rain."}\n')
    done = dedupe_run(tmp_path / "a.jsonl", "-o", tmp_path / "out", "--json")
    assert done.returncode == 0 and json.loads(done.stdout)["articles"] == 1
    assert pq.read_table(tmp_path / "out" / "articles.parquet")["role"].to_pylist() == ["single"]
    assert pq.read_table(tmp_path / "out" / "pairs.parquet").num_rows == 0


def test_all_articles_identical(tmp_path: Path) -> None:
    n = 200_000
    given = pa.table({"id": pa.array(np.arange(n)), "text": pa.array([LONG] * n), "title": pa.array(["Bath"] * n)})
    found = dedupe.find_duplicates(given)
    assert found.stories["size"].to_pylist() == [n]
    assert found.pairs.num_rows == n - 1 and set(found.pairs["id_a"].to_pylist()) == {"0"}
    assert found.kept().num_rows == 1
    assert found.summary["seconds"] < 60


def test_one_article_of_50_megabytes() -> None:
    draw = np.random.default_rng(1)
    huge = " ".join(map(str, draw.integers(0, 10**6, 7_300_000)))
    assert len(huge) > 50_000_000
    found = dedupe.find_duplicates(
        [{"id": "a", "text": huge}, {"id": "b", "text": huge[: len(huge) // 2]}, {"id": "c", "text": LONG}]
    )
    assert found.pairs["relation"].to_pylist() == ["abridged"]


def test_a_line_of_50_megabytes_in_every_text_format(tmp_path: Path) -> None:
    huge = "word and another " * 3_000_000
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": huge}) + "\n" + json.dumps({"text": LONG}))
    (tmp_path / "a.csv").write_text(f'text\n"{huge}"\n"{LONG}"\n')
    for name in ("a.jsonl", "a.csv"):
        assert dedupe.find_duplicates(tmp_path / name).articles.num_rows == 2


def test_a_million_tiny_articles_under_one_headline() -> None:
    n = 1_000_000
    texts = pa.array(np.arange(n)).cast(pa.string())
    given = pa.table({"title": pa.array(["Today"]).take(pa.array(np.zeros(n, np.int64))), "text": texts})
    found = dedupe.find_duplicates(given)
    assert found.articles.num_rows == n and found.headlines.num_rows == 1
    assert len(found.headlines["articles"][0]) == n
    assert found.summary["capped_buckets"]["headlines"] == 1
    assert found.summary["seconds"] < 240


def test_odd_characters_survive_and_compare(tmp_path: Path) -> None:
    texts = [
        LONG + "\0\0", LONG + "\u202e\u200f", "وكالات الأنباء تفيد بأن " * 20, "וועידת ראש הממשלה " * 20, "e\u0301te\u0301 a\u0300 Paris " * 20,
        "été à Paris " * 20, "東京で大雨が続く" * 10, "\U0001f600" * 50, "\ufeff" + LONG, "a\u0301" * 500,
    ]  # fmt: skip
    rows = [{"id": str(n), "text": text} for n, text in enumerate(texts)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    dedupe.run([tmp_path / "a.jsonl"], tmp_path / "out")
    original = pq.read_table(tmp_path / "out" / "articles.parquet")["original_id"].to_pylist()
    assert original == ["0", "0", "2", "3", "4", "4", "6", "7", "0", "9"]


def test_lone_surrogates_are_set_aside_from_python_too() -> None:
    found = dedupe.find_duplicates([{"id": "a", "text": "x \ud800"}, {"id": "b", "text": "fine"}])
    assert [(r.row, r.reason) for r in found.rejects] == [(0, "bad encoding: a lone surrogate")]


def test_a_truncated_gzip_is_used_up_to_the_break(tmp_path: Path) -> None:
    draw = np.random.default_rng(2)
    lines = [json.dumps({"id": n, "text": " ".join(map(str, draw.integers(0, 10**9, 50)))}) for n in range(2000)]
    data = gzip.compress("\n".join(lines).encode())
    (tmp_path / "a.jsonl.gz").write_bytes(data[: len(data) // 2])
    done = dedupe_run(tmp_path / "a.jsonl.gz", "-o", tmp_path / "out")
    assert done.returncode == 0 and "breaks off" in done.stdout
    reject = json.loads((tmp_path / "out" / "rejects.jsonl").read_text().splitlines()[-1])
    articles = pq.read_table(tmp_path / "out" / "articles.parquet").num_rows
    assert "breaks off" in reject["reason"] and 500 < articles < 2000


def test_parquet_with_nested_columns_passes_them_through(tmp_path: Path) -> None:
    rows = [{"text": LONG, "tags": ["a", "b"], "meta": {"k": [{"x": 1}]}}, {"text": LONG, "tags": [], "meta": None}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    dedupe.run([tmp_path / "a.parquet"], tmp_path / "out")
    assert pq.read_table(tmp_path / "out" / "kept.parquet").to_pylist() == rows[:1]


def test_a_damaged_parquet_is_an_error_that_changes_nothing(tmp_path: Path) -> None:
    draw = np.random.default_rng(3)
    texts = [" ".join(map(str, draw.integers(0, 10**9, 50))) for _ in range(5000)]
    pq.write_table(pa.table({"text": texts}), tmp_path / "a.parquet", row_group_size=500)
    data = bytearray((tmp_path / "a.parquet").read_bytes())
    data[len(data) // 2 : len(data) // 2 + 4000] = b"\xff" * 4000
    (tmp_path / "a.parquet").write_bytes(data)
    fails(dedupe_run(tmp_path / "a.parquet", "-o", tmp_path / "out"), 1, "damaged near row")
    assert not (tmp_path / "out").exists()


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """Some thousand articles."""
    draw = np.random.default_rng(4)
    texts = [" ".join(map(str, draw.integers(0, 10**9, 300))) for _ in range(3000)]
    pq.write_table(pa.table({"text": texts}), tmp_path / "given.parquet")
    return tmp_path / "given.parquet"


def test_a_full_disk_leaves_the_folder_as_it_was(tmp_path: Path, given: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        limited_file_size(tmp_path, given)
        return
    try:
        (disk / "out").mkdir()
        (disk / "out" / "summary.json").write_text("old")
        fails(dedupe_run(given, "-o", disk / "out"), 1, "no space left")
        assert [p.name for p in (disk / "out").iterdir()] == ["summary.json"]
        assert (disk / "out" / "summary.json").read_text() == "old"
    finally:
        subprocess.run(["umount", str(disk)], check=False)


def limited_file_size(tmp_path: Path, given: Path) -> None:
    """Where nothing can be mounted: a limit on the size of files fails a write in the same place."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

    fails(dedupe_run(given, "-o", tmp_path / "out", preexec_fn=limit), 1, "can't be written")
    assert not (tmp_path / "out").exists()


def test_an_unwritable_folder(tmp_path: Path, given: Path) -> None:
    (tmp_path / "file").write_text("")
    fails(dedupe_run(given, "-o", tmp_path / "file"), 1, "can't be written")
    fails(dedupe_run(given, "-o", tmp_path / "file" / "out"), 1, "can't be written")
    fails(dedupe_run(given, "-o", "/proc/nothing"), 1, "can't be written")


def test_other_files_in_the_folder_are_left_alone(tmp_path: Path, given: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    (out / "kept.csv").write_text("of an earlier run")
    dedupe.run([given], out)
    assert (out / "notes.txt").read_text() == "mine"
    assert not (out / "kept.csv").exists() and (out / "kept.parquet").exists()
    assert not list(out.glob(".*"))


def test_without_kept_rows_an_earlier_copy_goes(tmp_path: Path, given: Path) -> None:
    whole = dedupe.run([given], tmp_path / "out")
    assert list((tmp_path / "out").glob("kept.*"))
    tables = {path.name: path.read_bytes() for path in (tmp_path / "out").glob("*.parquet") if "kept" not in path.name}
    assert dedupe.run([given], tmp_path / "out", kept=False)["kept"] == whole["kept"]
    assert not list((tmp_path / "out").glob("kept.*"))
    assert dedupe_run(given, "-o", tmp_path / "out", "--no-kept").returncode == 0
    for name, content in tables.items():
        assert (tmp_path / "out" / name).read_bytes() == content


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_nothing_half_written(tmp_path: Path, sent: signal.Signals) -> None:
    draw = np.random.default_rng(5)
    texts = [" ".join(map(str, draw.integers(0, 10**9, 200))) for _ in range(2000)] * 200  # seconds of work
    pq.write_table(pa.table({"text": texts}), tmp_path / "a.parquet")
    command = [sys.executable, "-m", "dedupe.cli", "run", str(tmp_path / "a.parquet"), "-o", str(tmp_path / "out")]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    for _ in range(4000):
        if (tmp_path / "out").exists():
            break
        time.sleep(0.02)
    time.sleep(0.1)
    running.send_signal(sent)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130 and "interrupted" in said and "Traceback" not in said
    assert not (tmp_path / "out").exists()


def test_a_failed_rerun_leaves_the_earlier_results(tmp_path: Path, given: Path) -> None:
    dedupe.run([given], tmp_path / "out")
    before = {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()}
    (tmp_path / "bad.jsonl").write_text("null\n")
    fails(dedupe_run(tmp_path / "bad.jsonl", "-o", tmp_path / "out"), 1)
    assert {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()} == before


def test_a_folder_and_a_cache_without_permission(tmp_path: Path, given: Path) -> None:
    if os.geteuid() == 0:
        locked = ["setpriv", "--reuid=65534", "--clear-groups", sys.executable]
        if subprocess.run([*locked, "-c", "import typer"], capture_output=True, check=False).returncode:
            pytest.skip("another user can't run this Python here")
    else:
        locked = [sys.executable]
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o555)
    for place in (tmp_path, *tmp_path.parents[:3], given):
        place.chmod(0o755)
    command = [*locked, "-m", "dedupe.cli", "run", str(given), "-o", str(folder / "out")]
    nowhere = {**os.environ, "HOME": "/proc/nothing", "PYTHONPATH": str(Path(dedupe.__file__).parent.parent)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=nowhere, cwd="/")
    fails(done, 1, "can't be written")

"""What an SQLite index promises besides: it survives kills, serves many processes, and says what is wrong."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from dedupe.errors import StoreError
from dedupe.index.opening import open_index
from dedupe.index.sql import SqlView
from dedupe.settings import Settings
from tests.index.test_index import OTHER, TEXT, numbered

ADDS = """
import sys
from dedupe.index.opening import open_index
from tests.index.test_index import TEXT, numbered
with open_index(sys.argv[1]) as index:
    for turn in map(int, sys.stdin):
        verdict = index.add({"id": f"{sys.argv[2]}-{turn}", "text": numbered(TEXT, turn)})
        print(turn, int(verdict.is_new), flush=True)
"""
ROOT = Path(__file__).parent.parent.parent


def adder(path: Path | str, name: str, order: list[int]) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", ADDS, str(path), name], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write("".join(f"{turn}\n" for turn in order))
    process.stdin.close()
    return process


def test_of_many_processes_one_is_told_that_it_is_new(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    orders = [random.Random(seed).sample(range(60), 60) for seed in range(4)]
    processes = [adder(path, str(worker), order) for worker, order in enumerate(orders)]
    told: Counter[tuple[int, int]] = Counter()
    for process in processes:
        assert process.stdout is not None
        told.update(tuple(map(int, line.split())) for line in process.stdout)  # type: ignore[misc]
        assert process.wait() == 0
    assert told == Counter({(turn, 1): 1 for turn in range(60)}) + Counter({(turn, 0): 3 for turn in range(60)})
    with open_index(path) as index:
        assert index.verify() == [] and index.stats()["articles"] == 240


def test_what_was_answered_before_a_kill_is_kept(tmp_path: Path) -> None:
    path, told = tmp_path / "news.db", []
    chance = random.Random(7)
    for turn in range(4):
        process = adder(path, str(turn), list(range(1000 * turn, 1000 * turn + 900)))
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.random() / 3)
        process.send_signal(signal.SIGKILL)
        told += [f"{turn}-{line.split()[0]}" for line in process.stdout if line.endswith("\n")]
        process.wait()
    with open_index(path) as index:
        assert told and all(index.get(id_) is not None for id_ in told)
        assert index.verify() == []


def test_other_settings_are_refused_and_named(tmp_path: Path) -> None:
    with open_index(tmp_path / "news.db") as index:
        index.add({"id": "a", "text": TEXT})
    with pytest.raises(StoreError, match="made with shingle = 5, not 4"):
        open_index(tmp_path / "news.db", settings=Settings(shingle=4))
    with open_index(tmp_path / "news.db", settings=Settings(threads=1)) as index:
        assert not index.check({"id": "b", "text": TEXT}).is_new


def test_another_format_is_refused(tmp_path: Path) -> None:
    open_index(tmp_path / "news.db").close()
    connection = sqlite3.connect(tmp_path / "news.db")
    connection.execute("UPDATE meta SET value = '99' WHERE name = 'format'")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match="format 99, this version has 2"):
        open_index(tmp_path / "news.db")


def test_a_file_that_is_no_index_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("not a database " * 1000)
    with pytest.raises(StoreError, match="damaged or no SQLite file"):
        open_index(tmp_path / "text.db")
    connection = sqlite3.connect(tmp_path / "other.db")
    connection.execute("CREATE TABLE things (name TEXT)")
    connection.close()
    with pytest.raises(StoreError, match="no index of dedupe"):
        open_index(tmp_path / "other.db")
    with pytest.raises(StoreError, match="no such folder"):
        open_index(tmp_path / "nowhere" / "news.db")


def test_a_writer_that_does_not_end_is_waited_for_so_long(tmp_path: Path) -> None:
    with open_index(tmp_path / "news.db", timeout=0.2) as index:
        index.add({"id": "a", "text": TEXT})
        other = sqlite3.connect(tmp_path / "news.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"writing for 0\.2 s"):
            index.add({"id": "b", "text": OTHER})
        assert not index.check({"id": "c", "text": TEXT}).is_new  # readers wait for nobody
        other.execute("ROLLBACK")
        other.close()
        assert index.add({"id": "b", "text": OTHER}).is_new
        assert index.verify() == []


def test_a_damaged_page_is_told(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with open_index(path) as index:
        list(index.add_many([{"id": str(turn), "text": numbered(TEXT, turn)} for turn in range(300)]))
    with path.open("r+b") as file:
        for page in range(3, path.stat().st_size // 8192 - 1, 2):
            file.seek(page * 8192)
            file.write(os.urandom(8192))
    with pytest.raises(StoreError, match="damaged"), open_index(path) as index:
        for turn in range(300):
            index.add({"id": f"again-{turn}", "text": numbered(TEXT, turn)})
    with pytest.raises(StoreError, match="damaged"), open_index(path) as index:
        raise StoreError(f"damaged: {index.verify()[0]}")


def spoil(path: Path, pages: list[int]) -> None:
    with path.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * 8192)
            file.write(b"\xa5" * 8192)


def page_of(path: Path, content: bytes) -> int:
    return path.read_bytes().index(content) // 8192 + 1


def test_damage_to_what_can_be_made_anew_is_repaired(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with open_index(path) as index:
        list(index.add_many([{"id": str(turn), "text": numbered(TEXT, turn)} for turn in range(2100)]))
    with closing(sqlite3.connect(path)) as connection:
        chunk = connection.execute("SELECT entries FROM chunks WHERE number % 4294967296 = 7").fetchone()[0]
        roots = (
            "SELECT rootpage FROM sqlite_master WHERE name IN ('texts_story', 'sqlite_autoindex_articles_1', 'blocks')"
        )
        pages = [page_of(path, chunk), *(row[0] for row in connection.execute(roots))]
    assert len(pages) == 4
    spoil(path, pages)
    with open_index(path) as index:
        assert index.verify()
        index.repair()
        assert index.verify() == [] and index.stats()["articles"] == 2100
        assert index.add({"id": "again", "text": "So " + numbered(TEXT, 2000)}).story_id == "2000"
    assert sorted(found.name for found in tmp_path.iterdir()) == ["news.db"]


def test_damage_to_articles_cannot_be_repaired_and_the_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with open_index(path) as index:
        list(index.add_many([{"id": str(turn), "text": numbered(TEXT, turn)} for turn in range(500)]))
    with closing(sqlite3.connect(path)) as connection:
        tokens = connection.execute("SELECT packed FROM tokens WHERE number = 250").fetchone()[0]
    spoil(path, [page_of(path, tokens)])
    before = path.read_bytes()
    with open_index(path) as index, pytest.raises(StoreError, match="damaged"):
        index.repair()
    assert path.read_bytes() == before
    assert sorted(found.name for found in tmp_path.iterdir()) == ["news.db"]


def test_an_index_that_others_have_open_is_not_repaired(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with open_index(path, timeout=0.2) as index, open_index(path) as other:
        index.add({"id": "a", "text": TEXT})
        with pytest.raises(StoreError, match="another process has the index open"):
            index.repair()
        other.close()
        index.repair()
        assert index.verify() == [] and not index.check({"id": "b", "text": TEXT}).is_new


def test_a_run_that_was_written_anew_is_not_written_again(tmp_path: Path) -> None:
    with open_index(tmp_path / "news.db") as index:
        list(index.add_many([{"id": str(turn), "text": numbered(TEXT, turn)} for turn in range(1100)]))
        index.expire(keep=300)
        index._store.tidy(20)
        with index._store.reading() as view:
            before = view.state
        index._store.tidy(20)
        with index._store.reading() as view:
            assert (view.state.next_run, view.state.merges, view.state.drops) == (before.next_run, [], [])
        assert index.verify() == []


def test_a_file_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    folder = Path(tempfile.mkdtemp())  # pytest's own folders are closed to others than root
    path = folder / "news.db"
    with open_index(path) as index:
        index.add({"id": "a", "text": TEXT})
    path.chmod(0o444)
    root = os.geteuid() == 0  # who may write anything
    try:
        folder.chmod(0o777)
        if root:
            os.seteuid(65534)
        with open_index(path) as index:
            assert index.get("a") is not None and not index.check({"id": "b", "text": TEXT}).is_new
            for write in (lambda: index.add({"id": "b", "text": OTHER}), lambda: index.remove("a"), index.repair):
                with pytest.raises(StoreError, match="can't be written"):
                    write()
    finally:
        if root:
            os.seteuid(0)
        shutil.rmtree(folder)


def test_a_window_that_rolls_on_takes_no_more_room(tmp_path: Path) -> None:
    sizes, looked = [], []
    with open_index(tmp_path / "news.db") as index:
        load = SqlView.load
        for start in range(0, 24_000, 1000):
            list(
                index.add_many([{"id": str(turn), "text": numbered(TEXT, turn)} for turn in range(start, start + 1000)])
            )
            with pytest.MonkeyPatch.context() as patch:
                asked: list[int] = []
                patch.setattr(SqlView, "load", lambda *given: asked.append(1) or load(*given))  # noqa: B023
                assert index.expire(keep=1500) == (0 if start < 1000 else 500 if start == 1000 else 1000)
            looked.append(len(asked))
            bytes_ = index.stats()["bytes"]
            sizes.append(bytes_["file"] - bytes_["free"])
        assert index.verify() == [] and len(list(index.articles())) == 1500
    assert max(sizes[16:]) < 1.25 * max(sizes[4:10]) and max(looked[16:]) <= 1.1 * max(looked[4:10])


def test_what_fails_inside_a_transaction_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk, as SQLite tells it: the database may have no more pages."""
    with open_index(tmp_path / "news.db") as index:
        list(index.add_many([{"id": str(turn), "text": numbered(TEXT, turn)} for turn in range(20)]))
        connection = index._store._connection()  # type: ignore[attr-defined]
        connection.execute(f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0] + 2}")
        with pytest.raises(StoreError, match="disk is full"):
            list(index.add_many([{"id": f"b{turn}", "text": numbered(OTHER, turn)} for turn in range(1500)]))
        connection.execute("PRAGMA max_page_count = 1000000")
        assert index.stats()["articles"] == 20 and index.verify() == []
        list(index.add_many([{"id": f"b{turn}", "text": numbered(OTHER, turn)} for turn in range(1500)]))
        assert index.stats()["articles"] == 1520 and index.verify() == []


def test_after_a_fork_it_must_be_opened_anew(tmp_path: Path) -> None:
    with open_index(tmp_path / "news.db") as index:
        index.add({"id": "a", "text": TEXT})
        child = os.fork()
        if child == 0:
            try:
                index.get("a")
            except StoreError:
                os._exit(0)
            os._exit(1)
        assert os.waitpid(child, 0)[1] == 0

"""What an index in PostgreSQL promises besides: processes take turns, a restart is told and survived."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import psycopg
import pytest

from dedupe.errors import SettingsError, StoreError
from dedupe.index.opening import open_index
from dedupe.settings import Settings
from tests.index.servers import Server
from tests.index.test_index import TEXT, numbered
from tests.index.test_sqlite import adder


def test_of_many_processes_one_is_told_that_it_is_new(schema: str) -> None:
    orders = [random.Random(seed).sample(range(40), 40) for seed in range(4)]
    processes = [adder(schema, str(worker), order) for worker, order in enumerate(orders)]
    told: Counter[str] = Counter()
    for process in processes:
        assert process.stdout is not None
        told.update(line.strip() for line in process.stdout)
        assert process.wait() == 0
    assert told == Counter({f"{turn} 1": 1 for turn in range(40)}) + Counter({f"{turn} 0": 3 for turn in range(40)})
    with open_index(schema) as index:
        assert index.verify() == [] and index.stats()["articles"] == 160


def test_a_server_that_stops_is_told_and_the_index_goes_on_when_it_is_back(schema: str, server: Server) -> None:
    with open_index(schema, timeout=2) as index:
        list(index.add_many([{"id": str(turn), "text": numbered(TEXT, turn)} for turn in range(30)]))
        server.stop()
        try:
            with pytest.raises(StoreError, match="can't be reached"):
                index.add({"id": "lost", "text": numbered(TEXT, 40)})
        finally:
            server.start()
        assert index.get("lost") is None
        assert index.add({"id": "lost", "text": numbered(TEXT, 40)}).is_new
        assert index.stats()["articles"] == 31 and index.verify() == []


def test_other_settings_are_refused_and_named(schema: str) -> None:
    open_index(schema).close()
    with pytest.raises(StoreError, match="made with shingle = 5, not 4"):
        open_index(schema, settings=Settings(shingle=4))


def test_a_server_that_is_not_there_is_told_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="can't be reached") as caught:
        open_index(f"postgresql://me:secret@/news?host={tmp_path}", timeout=1)
    assert "secret" not in str(caught.value)


def test_a_schema_has_a_plain_name(server: Server) -> None:
    with pytest.raises(SettingsError, match="small letters"):
        open_index(f'{server.address}#a"b')


def test_a_schema_of_others_is_left_alone(schema: str) -> None:
    address, _, name = schema.partition("#")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        connection.execute(f"CREATE TABLE {name}.texts (mine TEXT)")
        with pytest.raises(StoreError, match="already exists"):
            open_index(schema)
        assert connection.execute(f"SELECT count(*) FROM pg_tables WHERE schemaname = '{name}'").fetchone() == (1,)

"""The servers that tests of the index share."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.conftest import missing
from tests.index.servers import Server, postgres

NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A real PostgreSQL."""
    with postgres() as found:
        if found is None:
            missing("no PostgreSQL here (initdb is not found)")
        else:
            yield found


@pytest.fixture
def schema(server: Server) -> str:
    """The address of a schema that no other test has."""
    return f"{server.address}#test_{next(NUMBERS)}"

"""What the tests share: the real corpora where they are, the sample, and the rule that skips may be failures."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.index.servers import Server, postgres

ROOT = Path(__file__).parent.parent
CORPORA = ROOT.parent / "shared" / "corpora"
STORES = ["memory", "sqlite", "postgres"]
NUMBERS = itertools.count()
REQUIRE_ALL = os.environ.get("DEDUPE_REQUIRE_ALL") == "1"


def missing(what: str) -> None:
    """Skip for a real part that is not here; a failure where everything is required."""
    if REQUIRE_ALL:
        pytest.fail(f"{what}, and DEDUPE_REQUIRE_ALL=1")
    pytest.skip(what)


@pytest.fixture(scope="session")
def corpora() -> Path:
    """Folder of real articles with truth."""
    if not CORPORA.is_dir():
        missing(f"no real corpora at {CORPORA}")
    return CORPORA


@pytest.fixture(scope="session")
def sample() -> Path:
    """Folder of the sample in the repository."""
    return ROOT / "data"


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


@pytest.fixture(params=STORES)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An index of each kind."""
    if request.param == "postgres":
        found: str = request.getfixturevalue("schema")
        return found
    return "memory:" if request.param == "memory" else str(tmp_path / "news.db")

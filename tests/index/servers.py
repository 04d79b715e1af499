"""A PostgreSQL server of the tests' own, on a socket in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, where it is installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    return (
        max(Path("/usr/lib/postgresql").glob("*/bin"), default=None) if Path("/usr/lib/postgresql").is_dir() else None
    )


@dataclass(frozen=True)
class Server:
    """A server that can be stopped and started."""

    folder: Path
    bin: Path

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def _run(self, *words: str) -> None:
        root = os.geteuid() == 0  # the server refuses to run as root
        user = pwd.getpwnam("postgres") if root else None
        ids = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        with (self.folder / "log").open("ab") as log:
            subprocess.run(
                [self.bin / words[0], *words[1:]], check=True, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                cwd=self.folder, **ids,
            )  # fmt: skip

    def make(self) -> None:
        """Make the server's files."""
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self._run("initdb", "-D", "data", "-A", "trust", "-U", "postgres", "--no-sync")

    def start(self) -> None:
        """Start it."""
        self._run(
            "pg_ctl", "-D", "data", "-w", "-o", f"-c listen_addresses='' -k {self.folder}", "-l", "server.log", "start"
        )

    def stop(self) -> None:
        """Stop it at once, as a crash would."""
        self._run("pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop")


@contextmanager
def postgres() -> Iterator[Server | None]:
    """A running server; None where PostgreSQL is not installed."""
    where = programs()
    if where is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        server = Server(Path(folder), where)
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.stop()

"""Commands as cold processes, timed as the system accounts for them; and environments of their own for peers."""

from __future__ import annotations

import importlib.util
import os
import platform
import signal
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers import Peer

ROOT = Path(__file__).resolve().parent.parent
_LAUNCH = """
import resource, subprocess, sys, time
begin = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
wall = time.perf_counter() - begin
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(wall, used.ru_utime + used.ru_stime, used.ru_maxrss)
sys.exit(code)
"""


class LaunchError(Exception):
    """A command that did not end well; the message is the last that it said."""


@dataclass(frozen=True, slots=True)
class Used:
    """What one run took: wall and processor seconds, and the peak of its largest process in MB."""

    wall: float
    cpu: float
    memory: float


def timed(command: list[str], limit: float = 3600.0) -> Used:
    """Run a command in a new process, through a small one: a child counts its parent's memory as its own peak.

    Raises LaunchError.
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    try:
        done = subprocess.run(
            [sys.executable, "-S", "-c", _LAUNCH, *command],
            capture_output=True, text=True, check=False, timeout=limit, env=environment,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise LaunchError(f"stopped after {limit:.0f} s") from None
    if done.returncode > 192:  # the launcher passes a signal on as a negative status
        reason = "memory ran out, most likely" if done.returncode == 256 - signal.SIGKILL else "it crashed"
        raise LaunchError(f"ended by signal {256 - done.returncode}: {reason}")
    if done.returncode:
        raise LaunchError((done.stderr.strip().splitlines() or ["failed"])[-1][:200])
    wall, cpu, peak = (float(word) for word in done.stdout.split()[-3:])
    return Used(wall, cpu, peak * (1 if platform.system() == "Darwin" else 1024) / 1e6)


def ours(path: Path, out: Path, *more: str) -> list[str]:
    """The command of the whole job."""
    return [sys.executable, "-m", "dedupe.cli", "run", str(path), "--out", str(out), "--quiet", *more]


def theirs(python: str, peer: str, setting: str, path: Path, answer: Path) -> list[str]:
    """The command of a peer, which writes its answer."""
    return [python, "-m", f"benchmarks.peers.{peer}", str(path), str(answer), setting]


def environment_folder() -> Path:
    """Where the peers' own environments are kept: DEDUPE_BENCH_ENVIRONMENTS, or a place of the user's."""
    given = os.environ.get("DEDUPE_BENCH_ENVIRONMENTS")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(given) if given else cache / "dedupe-news" / "bench"


def python_of(peer: Peer) -> str:
    """The interpreter to run a peer with; an environment of its own is made when it needs one.

    Raises LaunchError, saying how to install it.
    """
    if not peer.apart:
        if importlib.util.find_spec(peer.module) is None:
            raise LaunchError('not installed: pip install "dedupe-news[bench]"')
        return sys.executable
    folder = environment_folder() / peer.name
    python, ready = folder / "bin" / "python", folder / "ready"
    if not ready.exists():
        how = f"python -m venv {folder} && {python} -m pip install {' '.join(map(repr, peer.requires))}"
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            venv.create(folder, with_pip=True, clear=True)
            print(f"  making an environment for {peer.name} ...", file=sys.stderr)
            done = subprocess.run(
                [str(python), "-m", "pip", "install", "--quiet", "numpy", "pyarrow", *peer.requires],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
        except (OSError, subprocess.CalledProcessError) as error:
            raise LaunchError(f"no environment could be made ({error}); {how}") from error
        if done.returncode:
            raise LaunchError(
                f"could not be installed ({(done.stderr.strip().splitlines() or ['?'])[-1][:100]}); {how}"
            )
        ready.touch()
    return str(python)

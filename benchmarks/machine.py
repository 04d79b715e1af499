"""The machine that figures come from."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

PACKAGES = (
    "dedupe-news", "numpy", "numba", "pyarrow", "scikit-learn", "datasketch", "daft", "gaoya", "rensa", "pybloomfilter3",
)  # fmt: skip


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.processor()
    )


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _commit() -> str | None:
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=True,
            cwd=Path(__file__).parent,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def machine() -> dict[str, Any]:
    """Processor, memory, system and versions."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return {
        "processor": _processor(), "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": round(memory, 1), "system": platform.platform(), "python": platform.python_version(),
        "commit": _commit(), "versions": {name: found for name in PACKAGES if (found := _installed(name))},
    }  # fmt: skip


def bandwidth(repeat: int = 7) -> float:
    """Bytes a second that one core moves to and from memory: the best of some copies of 256 MB, read and written."""
    source = np.ones(32 << 20, dtype=np.uint64)
    target = np.zeros_like(source)
    best = min(_seconds(source, target) for _ in range(repeat))
    return 2 * source.nbytes / best


def _seconds(source: Any, target: Any) -> float:
    begin = time.perf_counter()
    np.copyto(target, source)
    return time.perf_counter() - begin

"""datatrove: its MinHash steps under the local executor, two tasks.

Recommended: its defaults (5-grams, 14 buckets of 8, which is a threshold of 0.72).
"""

from __future__ import annotations

import struct
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from benchmarks.peers.common import BANDS, ROWS, groups

TASKS = 2


def solve(path: str, matched: bool, scratch: Path) -> NDArray[np.int64]:
    """Groups by datatrove's pairs."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupSignature
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.readers import ParquetReader

    table = pq.read_table(path, columns=["id", "text"])
    edges = np.linspace(0, len(table), TASKS + 1).astype(int)
    (scratch / "in").mkdir()
    for task in range(TASKS):
        pq.write_table(table.slice(edges[task], edges[task + 1] - edges[task]), scratch / "in" / f"{task}.parquet")
    config = MinhashConfig(num_buckets=BANDS, hashes_per_bucket=ROWS) if matched else MinhashConfig()
    signed, matches, logs = (str(scratch / name) for name in ("signed", "matches", "logs"))
    LocalPipelineExecutor(
        pipeline=[ParquetReader(str(scratch / "in")), MinhashDedupSignature(output_folder=signed, config=config)],
        tasks=TASKS, workers=TASKS, logging_dir=f"{logs}/1",
    ).run()  # fmt: skip
    LocalPipelineExecutor(
        pipeline=[MinhashDedupBuckets(input_folder=signed, output_folder=matches, config=config)],
        tasks=config.num_buckets, workers=TASKS, logging_dir=f"{logs}/2",
    ).run()  # fmt: skip
    pairs = []
    for file in Path(matches).glob("*.dups"):
        for one, a, other, b in struct.iter_unpack("<4I", file.read_bytes()):
            pairs.append((int(edges[one]) + a, int(edges[other]) + b))
    return groups(len(table), pairs)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        np.save(sys.argv[2], solve(sys.argv[1], sys.argv[3] == "matched", Path(folder)))

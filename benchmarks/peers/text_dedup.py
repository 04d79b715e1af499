"""text-dedup: its MinHash script, asked for its clusters.

Recommended: its defaults (5-grams, 250 permutations, threshold 0.7, SHA-1).  Its articles of fewer
than five words are left out by itself; they stand alone here.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from benchmarks.peers.common import NUM_PERM, SHINGLE, THRESHOLD

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        words = [
            sys.executable, "-m", "text_dedup.minhash", "--path", "parquet", "--data_files", str(Path(sys.argv[1]).resolve()),
            "--split", "train", "--column", "text", "--output", f"{scratch}/out", "--cache_dir", f"{scratch}/cache", "--debug",
        ]  # fmt: skip
        if sys.argv[3] == "matched":
            words += ["--num_perm", str(NUM_PERM), "--ngram", str(SHINGLE), "--threshold", str(THRESHOLD)]
        subprocess.run(words, check=True, env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": scratch})
        with Path(scratch, "out", "uf.pkl").open("rb") as kept:
            found = pickle.load(kept)
    parent = getattr(found, "parent", found)
    n = pq.read_metadata(sys.argv[1]).num_rows
    groups = np.arange(n, dtype=np.int64)
    for child in parent:
        top = child
        while parent[top] != top:
            top = parent[top]
        groups[child] = top
    np.save(sys.argv[2], groups)

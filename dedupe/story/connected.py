"""Connected groups of articles."""

from __future__ import annotations

import numba
import numpy as np
from numba import types

from dedupe.compiled import kernel, readonly


@numba.njit(inline="always")
def root(parent, x):  # type: ignore[no-untyped-def]
    """Representative of x's group; paths are halved on the way (Tarjan and van Leeuwen, 1984)."""
    while parent[x] != x:
        parent[x] = parent[parent[x]]
        x = parent[x]
    return x


@kernel(types.int64, readonly(types.int64), readonly(types.int64))
def connected(n, a, b):  # type: ignore[no-untyped-def]
    """The least member of each one's group, int64[n], where pairs (a, b) are connected."""
    parent = np.arange(n)
    for p in range(len(a)):
        x, y = root(parent, a[p]), root(parent, b[p])
        parent[max(x, y)] = min(x, y)
    for x in range(n):
        parent[x] = root(parent, x)
    return parent

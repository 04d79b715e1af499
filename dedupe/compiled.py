"""How kernels are compiled: numba, without the GIL, cached on disk.

Kernels take contiguous arrays, read-only ones included, under the explicit
signatures built here, so that a wrong dtype is an error and never a silent
second compilation.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, cast

import numba
import numpy as np
import numpy.typing as npt
from numba import types

U8 = npt.NDArray[np.uint8]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]

Function = Callable[..., Any]


def readonly(dtype: Any, ndim: int = 1) -> Any:
    """Type of a C-contiguous argument that the kernel only reads."""
    return types.Array(dtype, ndim, "C", readonly=True)


def writable(dtype: Any, ndim: int = 1) -> Any:
    """Type of a C-contiguous argument that the kernel fills."""
    return types.Array(dtype, ndim, "C")


@cache
def _stamp() -> tuple[str, int, int]:
    """Version of all kernels together: newest change and total size of the package's sources."""
    seen = [path.stat() for path in Path(__file__).parent.rglob("*.py")]
    return ("dedupe", max(s.st_mtime_ns for s in seen), sum(s.st_size for s in seen))


def kernel(*arguments: Any) -> Callable[[Function], Function]:
    """Compile a function for these argument types; results are inferred.

    Without a writable place for the cache the kernel is compiled in memory.
    """

    def compile_it(function: Function) -> Function:
        compiled: Any = numba.njit(nogil=True, error_model="numpy")(function)
        try:
            compiled.enable_caching()
            # numba looks at the kernel's own file alone, and would run what it inlined from another as it was.
            compiled._cache._cache_file._source_stamp = _stamp()
            compiled.compile(tuple(arguments))
        except (OSError, RuntimeError):  # no place to keep it
            compiled = numba.njit(nogil=True, error_model="numpy")(function)
            compiled.compile(tuple(arguments))
        compiled.disable_compile()
        return cast(Function, compiled)

    return compile_it


def is_cached() -> bool:
    """Whether kernels of this package have been compiled on this machine before."""
    from numba import config

    folder = Path(__file__).parent
    places = [folder / "text" / "__pycache__"]
    kept: str = getattr(config, "CACHE_DIR", "")
    if kept:
        places = list(Path(kept).glob("text_*"))
    else:
        from numba.misc.appdirs import AppDirs

        places += list(Path(AppDirs(appname="numba", appauthor=False).user_cache_dir).glob("text_*"))  # type: ignore[no-untyped-call]
    return any(next(place.glob("tokens.tokenise-*.nbi"), None) for place in places)

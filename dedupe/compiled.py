"""How kernels are compiled: numba, without the GIL, cached on disk.

Kernels take contiguous arrays, read-only ones included, under the explicit
signatures built here, so that a wrong dtype is an error and never a silent
second compilation.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

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

F = TypeVar("F", bound=Callable[..., Any])


def readonly(dtype: Any, ndim: int = 1) -> Any:
    """Type of a C-contiguous argument that the kernel only reads."""
    return types.Array(dtype, ndim, "C", readonly=True)


def writable(dtype: Any, ndim: int = 1) -> Any:
    """Type of a C-contiguous argument that the kernel fills."""
    return types.Array(dtype, ndim, "C")


def kernel(*arguments: Any, inline: bool = False) -> Callable[[F], F]:
    """Compile a function for these argument types; results are inferred.

    Without a writable place for the cache the kernel is compiled in memory.
    """

    def compile_it(function: F) -> F:
        options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
        signature = (tuple(arguments),) if arguments and not inline else ()
        try:
            return cast(F, numba.njit(*signature, cache=True, **options)(function))
        except RuntimeError as error:
            if "cache" not in str(error):
                raise
            return cast(F, numba.njit(*signature, **options)(function))

    return compile_it


def is_cached() -> bool:
    """Whether kernels of this package have been compiled on this machine before."""
    from numba import config

    folder = Path(__file__).parent
    places = [folder / "text" / "__pycache__"]
    if config.CACHE_DIR:
        places = list(Path(config.CACHE_DIR).glob("text_*"))
    else:
        from numba.misc.appdirs import AppDirs

        places += list(Path(AppDirs(appname="numba", appauthor=False).user_cache_dir).glob("text_*"))
    return any(next(place.glob("tokens.tokenise-*.nbi"), None) for place in places)

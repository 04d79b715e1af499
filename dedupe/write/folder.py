"""The output folder: complete files or none.

Files are written into a hidden folder inside the target and renamed into place
when all are complete, so that a failed or interrupted run leaves what was there.
"""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dedupe.errors import OutputError

OUTPUTS = (
    "articles.parquet", "pairs.parquet", "stories.parquet", "headlines.parquet", "flows.parquet",
    "furniture.parquet", "rejects.jsonl",
    "kept.parquet", "kept.jsonl", "kept.json", "kept.csv", "kept.tsv", "summary.json",
)  # fmt: skip
"""Every name that a run may write; what an earlier run left of them is replaced or removed."""


def _say(path: Path, error: OSError) -> OutputError:
    if error.errno == errno.ENOSPC:
        return OutputError(
            f"{path}: no space left on the disk; free some, or choose another --out. Nothing was changed"
        )
    return OutputError(
        f"{path}: can't be written ({error.strerror or error}); choose another --out. Nothing was changed"
    )


@contextmanager
def output_folder(path: Path) -> Iterator[Path]:
    """A folder to write outputs into; they reach `path` together when the block ends without an error.

    Raises OutputError when the folder can't be made or written.
    """
    existed = path.exists()
    try:
        path.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=path))
    except OSError as error:
        raise _say(path, error) from error
    done = False
    try:
        yield partial
        made = {written.name for written in partial.iterdir()}
        for name in OUTPUTS:  # the summary last: where it is, the run was complete
            if name in made:
                (partial / name).rename(path / name)
            else:
                (path / name).unlink(missing_ok=True)
        done = True
    except OSError as error:
        raise _say(path, error) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        if not done and not existed:
            shutil.rmtree(path, ignore_errors=True)

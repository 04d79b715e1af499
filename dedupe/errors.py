"""What can go wrong.

    DedupeError
    ├── InputError          a file, table or mapping that can't be used
    ├── TruthError          labels that don't fit the run that they judge
    ├── SettingsError       a setting that is out of range or unknown
    ├── OutputError         the results can't be written where they were asked for
    └── StoreError          an index that can't be opened, read or written

Each message says where (file, row, value) and what to do.  A row that can't be
used is no error: it goes to the rejects, with its reason, and the run goes on.
"""

from __future__ import annotations


class DedupeError(Exception):
    """Root of every error that this package raises on purpose."""


class InputError(DedupeError):
    """An input can't be opened, or its columns can't be found."""


class TruthError(DedupeError):
    """Labels can't be read, or don't fit the run that they are to judge."""


class SettingsError(DedupeError):
    """A setting is unknown or out of its range."""


class OutputError(DedupeError):
    """The output folder can't be written."""


class StoreError(DedupeError):
    """The store of an index can't be opened, read or written, or was made with other settings."""

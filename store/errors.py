"""The errors of the store, one small tree:

    MemoflowError
    ├── Unencodable          a value that cannot be part of a key, or be kept
    ├── Unfingerprintable    a function whose code cannot be found
    └── StoreError
        ├── NotAStore        the location is no store, or of a format that is not known here
        ├── NotWritable      a store that must be written to and cannot
        └── Corrupt          a record that is not what was written; always handled as a miss
            └── Unreadable   the same for a record that may be whole, and is left where it is

Each carries its fields, names the object, where it lies and the mend, and survives pickling.
"""

from __future__ import annotations

__all__ = [
    "Corrupt",
    "MemoflowError",
    "NotAStore",
    "NotWritable",
    "StoreError",
    "Unencodable",
    "Unfingerprintable",
    "Unreadable",
]


class MemoflowError(Exception):
    """Root of the errors that users can mend; the command line prints them as one line."""


class Unencodable(MemoflowError):
    """A value of a type that has no encoding."""

    def __init__(self, type_name: str, where: str) -> None:
        super().__init__(type_name, where)
        self.type_name = type_name
        self.where = where

    def __str__(self) -> str:
        return (
            f"{self.type_name} at {self.where} cannot be encoded; "
            "pass plain values, arrays or dataclasses, or give its class a __memo__() method"
        )


class Unfingerprintable(MemoflowError):
    """A function that has no source to fingerprint."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.name = name
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.name} has no fingerprint: {self.reason}; pin it with @memo(version=...)"


class StoreError(MemoflowError):
    """Root of what can be wrong with a store; `where` is a location or an object's name."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(where, reason)
        self.where = where
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


class NotAStore(StoreError):
    """The location holds something else, or a store that this version cannot read."""


class NotWritable(StoreError):
    """The location cannot be written to."""


class Corrupt(StoreError):
    """A record that is not what was written."""


class Unreadable(Corrupt):
    """A record that cannot be read here and now, and may be whole: it is left where it is."""

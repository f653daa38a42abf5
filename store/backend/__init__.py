"""Where objects lie: named bytes that are put once and never changed.

Owns: the protocol of a backend. `local` keeps objects as files below a directory, `objects` in an
object store (S3 and its like, or the memory of this process), `packed` reads them from one file.
All of them pass the same contract tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

__all__ = ["MAX_OBJECT", "Backend", "Object"]

MAX_OBJECT = 1 << 31
"""Bytes of the largest object that is read: what is larger was not written by memoflow."""


class Object(NamedTuple):
    """An object as a listing shows it: name, size in bytes, when it was put (seconds since 1970)."""

    name: str
    size: int
    modified: float


class Backend(Protocol):
    """Objects by name; names are relative POSIX paths, see `store.layout`."""

    location: str
    """What `Store` was given, absolute: another process opens the same place by it."""
    read_only: bool
    """Whether nothing is ever written here, bad objects included: they stay where they are."""
    shared: bool
    """Whether other processes can open the location."""

    def read(self, name: str) -> bytes | None:
        """The object's bytes, None where there is none.

        Raises `Corrupt` for what is no object, `Unreadable` for one that can't be read now.
        """

    def has(self, name: str) -> bool:
        """Whether something lies at the object's name, for less than reading it; where that cannot be
        told, it does not."""

    def put(self, name: str, data: bytes) -> bool:
        """Create the object unless it is there; whether it was created.

        Raises OSError on failure, `Corrupt` where what lies on the way to it is no folder.
        """

    def append(self, name: str, data: bytes) -> None:
        """Add to an object that only one writer has. Raises OSError on failure."""

    def names(self, folder: str) -> list[str]:
        """Names directly inside a folder, unsorted; none where it is missing or unreadable."""

    def version(self, folder: str) -> int | None:
        """Changes when something is added to a folder; None where that cannot be told cheaply."""

    def walk(self) -> Iterator[Object]:
        """Every object, by name."""

    def set_aside(self, name: str) -> None:
        """Move a bad object, or a folder of them, out of the way where that is allowed; where
        something that is no folder lies on the way to it, that."""

    def delete(self, name: str) -> None:
        """Remove an object if it is there. Raises OSError on failure."""

    def litter(self, age: float) -> list[Object]:
        """What killed writers left unfinished more than `age` seconds ago; `delete` removes it."""

    def is_writable(self) -> bool:
        """Whether objects can be put here, as far as can be told without trying."""

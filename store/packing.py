"""Packing a store into one file and unpacking it, every object checked on the way.

Owns: that a packed file holds whole results and the stacks that they name, and nothing else; and
that nothing else is unpacked. What is checked is what was written, not what lay in the store a
moment before or after.

Does not promise: that what was bad is in the file. It is told of, and computed again where needed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from store.backend import Backend
from store.backend.packed import PackedBackend, pack, unpack
from store.backend.whole import TEMPORARY, unique_suffix
from store.errors import Corrupt, NotAStore
from store.layout import is_result, piece_of
from store.location import open_layer
from store.verify import Verified, verify

__all__ = ["Packed", "open_packed", "pack_store", "unpack_store"]


@dataclass(frozen=True)
class Packed:
    """How many objects went over, how many of them were new, and what was bad and left out."""

    objects: int
    new: int
    bad: tuple[Corrupt, ...]


def open_packed(location: str) -> PackedBackend:
    """The packed store at a path. Raises `NotAStore`."""
    if not Path(location).is_file():
        raise NotAStore(location, "is no file; name one that store pack made")
    backend = open_layer(location)
    assert isinstance(backend, PackedBackend), "a file is a packed store, or was refused"
    return backend


def pack_store(backend: Backend, file: Path, advance: Callable[[], None] = lambda: None) -> Packed:
    """Write a store into one file, whole or not at all. Raises `NotWritable`, OSError."""
    names = [name for name, _, _ in backend.walk() if is_result(name)]
    draft = file.with_name(f"{TEMPORARY}{file.name}-{unique_suffix()}")
    try:
        bad = pack(backend, names, draft)
        while True:
            with _packed(draft) as packed:
                names = [name for name, _, _ in packed.walk() if is_result(name)]
                verified = verify(packed, names, advance)
                good = _good(names, verified)
                if len(good) == len(names):
                    break
                # A record goes with its bad stack, so it takes a second look.
                bad += [*verified.bad, *pack(packed, good, draft)]
        draft.replace(file)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
    return Packed(len(names), len(names), tuple(bad))


def unpack_store(
    packed: PackedBackend, target: Backend, advance: Callable[[], None] = lambda: None
) -> Packed:
    """Put what is whole in a packed store into a store. Raises OSError."""
    names = [name for name, _, _ in packed.walk() if is_result(name)]
    verified = verify(packed, names, advance)
    good = _good(names, verified)
    return Packed(len(good), unpack(packed, good, target), verified.bad)


def _good(names: list[str], verified: Verified) -> list[str]:
    """The objects that are neither bad nor litter."""
    others = {error.where for error in verified.bad} | {each.name for each in verified.litter}
    return [name for name in names if piece_of(name) not in others]


@contextlib.contextmanager
def _packed(file: Path) -> Iterator[PackedBackend]:
    packed = PackedBackend(file)
    try:
        yield packed
    finally:
        packed.close()

"""Rows: the memoized items of a node that maps over many, kept as segments.

Owns: `rows/<stage>/<group>/<digest>.seg`, one immutable record with the rows that one call
computed, and the index of a group in memory: a lookup reads a group's few segments once and then
only looks for new names. A row is key, digest of the value, and the value's bytes, decoded when it
is asked for.

Does not promise: that a key stands in one segment only; two writers that raced left equal rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgpack
import numpy as np

from store.array import read_stack, write_stack
from store.backend import LocalBackend
from store.codec import decode, encode_value
from store.encode import hash_bytes
from store.errors import Corrupt, Unreadable
from store.record import seal, unseal
from store.types import Types

__all__ = ["Group", "Row", "Segment", "Stacks", "pack_rows", "unpack_rows"]


@dataclass(frozen=True, slots=True)
class Row:
    """One memoized item: the digest of its value, and where its bytes are."""

    value_digest: bytes
    payload: bytes
    segment: Segment

    def value(self, types: Types, backends: list[LocalBackend]) -> Any:
        """The value, its arrays read from the layers. Raises `Corrupt` where it cannot be had."""
        return decode(self.payload, types, _StackSource(self.segment, backends))


class Segment:
    """What the rows of one segment share: its name, the seconds it took, and its array stacks."""

    def __init__(self, name: str, seconds: float, stacks: list[str], rows: int) -> None:
        self.name = name
        self.seconds = seconds
        self.stacks = stacks
        self.rows = rows
        self._arrays: dict[int, np.ndarray[Any, Any]] = {}

    def array(self, stack: int, backends: list[LocalBackend]) -> np.ndarray[Any, Any]:
        """One stack, read once; `Corrupt` where no layer holds it whole."""
        if stack not in self._arrays:
            self._arrays[stack] = _read_first(self.stacks[stack], backends)
        return self._arrays[stack]


class _StackSource:
    def __init__(self, segment: Segment, backends: list[LocalBackend]) -> None:
        self.segment = segment
        self.backends = backends

    def get(self, stack: int, index: int) -> np.ndarray[Any, Any]:
        # A copy, as a caller may write into it, and the stack is served again.
        return np.array(self.segment.array(stack, self.backends)[index])


def _read_first(name: str, backends: list[LocalBackend]) -> np.ndarray[Any, Any]:
    problem = Corrupt(f"arrays/{name}", "it is missing")
    for backend in backends:
        try:
            stack = read_stack(backend, name)
        except Corrupt as error:
            backend.set_aside(f"arrays/{name}")
            problem = error
        else:
            if stack is not None:
                return stack
    raise problem


class Stacks:
    """Collects arrays of values into stacks of one dtype and shape (a codec's `ArraySink`)."""

    def __init__(self) -> None:
        self._arrays: dict[tuple[str, tuple[int, ...]], list[np.ndarray[Any, Any]]] = {}

    def add(self, array: np.ndarray[Any, Any]) -> tuple[int, int]:
        kind = (array.dtype.str, array.shape)
        members = self._arrays.setdefault(kind, [])
        members.append(array)
        return list(self._arrays).index(kind), len(members) - 1

    def write(self, backend: LocalBackend) -> list[str]:
        """Store every stack; their digests, in the order that `add` numbered them."""
        return [write_stack(backend, np.stack(members)) for members in self._arrays.values()]


def pack_rows(
    backend: LocalBackend,
    rows: list[tuple[bytes, bytes, object]],
    types: Types,
    seconds: float,
) -> bytes:
    """The payload of rows given as (key, value digest, value); stores their stacks."""
    sink = Stacks()
    packed = [[key, digest, encode_value(value, types, sink)] for key, digest, value in rows]
    payload: bytes = msgpack.packb([seconds, sink.write(backend), packed])
    return payload


def unpack_rows(name: str, payload: bytes) -> dict[bytes, Row]:
    """The rows of a payload by key, their values not decoded yet."""
    try:
        seconds, stacks, rows = msgpack.unpackb(payload)
        segment = Segment(name, seconds, stacks, len(rows))
        return {key: Row(digest, content, segment) for key, digest, content in rows}
    except (ValueError, TypeError) as error:
        raise Corrupt(name, f"it holds no rows ({error})") from None


class Group:
    """The rows that share a function and common arguments: `folder` in each layer of a store."""

    def __init__(self, folder: str, backends: list[LocalBackend]) -> None:
        self.folder = folder
        self.backends = backends
        self.rows: dict[bytes, Row] = {}
        self.corrupt: list[Corrupt] = []
        self._seen: set[tuple[int, str]] = set()

    def refresh(self) -> None:
        """Read the segments that appeared since the last look. Bad ones are set aside and noted."""
        for layer, backend in enumerate(self.backends):
            for name in backend.names(self.folder):
                if (layer, name) not in self._seen:
                    self._seen.add((layer, name))
                    self._read(backend, f"{self.folder}/{name}")

    def write(self, rows: list[tuple[bytes, bytes, object]], types: Types, seconds: float) -> int:
        """Store rows as one segment in the top layer; the bytes written. Raises OSError on
        failure."""
        backend = self.backends[0]
        payload = pack_rows(backend, rows, types, seconds)
        file = f"{hash_bytes(payload).hex()}.seg"
        name = f"{self.folder}/{file}"
        record = seal(name, payload)
        backend.put(name, record)
        self._seen.add((0, file))
        self.rows.update(unpack_rows(name, payload))
        return len(record)

    def value(self, row: Row, types: Types) -> Any:
        """A row's value. Raises `Corrupt`, with the segment set aside, where it cannot be had."""
        try:
            return row.value(types, self.backends)
        except Corrupt as error:
            self._forget(row.segment, error)
            raise

    def _read(self, backend: LocalBackend, name: str) -> None:
        try:
            data = backend.read(name)
            if data is not None:
                self.rows = unpack_rows(name, unseal(name, data)) | self.rows
        except Corrupt as error:
            self.corrupt.append(error)
            if not isinstance(error, Unreadable):
                backend.set_aside(name)

    def _forget(self, segment: Segment, error: Corrupt) -> None:
        self.corrupt.append(error)
        for key in [key for key, row in self.rows.items() if row.segment is segment]:
            del self.rows[key]
        if not isinstance(error, Unreadable):
            for backend in self.backends:
                backend.set_aside(segment.name)

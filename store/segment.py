"""Results as rows of one payload, and the rows of a group.

Owns: what a record of results holds: which function computed it under which code, what that read,
the array stacks, and rows of key, digest of the value, and the value's bytes, decoded when asked
for. A node's result is a record with one row. `Group` is the index in memory of the segments that
share a function and common arguments: a lookup reads a group's few segments once and then only
looks for new names.

Does not promise: that a key stands in one segment only; two writers that raced left equal rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any, NamedTuple

import msgpack
import numpy as np

from store.codec import decode, decode_many, encode_many
from store.encode import DIGEST_SIZE, hash_bytes
from store.errors import Corrupt
from store.layers import Layers
from store.layout import is_digest, is_segment
from store.ndarray import AnyArray
from store.reads import Read, Stale, as_read, changed_reads
from store.trace import inherit
from store.types import Types

__all__ = ["Group", "Made", "Row", "Segment", "Stacks", "pack_rows", "unpack_rows"]

_BYTES = {bytes}


class Made(NamedTuple):
    """How results came to be: by which function, under which code, in how many seconds, from what
    that read."""

    func: str
    code: str
    seconds: float
    reads: tuple[Read, ...] = ()


class Segment:
    """What the rows of one record share."""

    __slots__ = ("_arrays", "made", "name", "rows", "stacks")

    def __init__(self, name: str, made: Made, stacks: Sequence[str], rows: int) -> None:
        self.name = name
        self.made = made
        self.stacks = stacks
        self.rows = rows
        self._arrays: dict[int, AnyArray] = {}

    @property
    def size(self) -> int:
        """Bytes of the stacks that were read."""
        return sum(array.nbytes for array in self._arrays.values())

    def array(self, stack: int, layers: Layers) -> AnyArray:
        """One stack, read once; `Corrupt` where no layer holds it whole."""
        if stack not in self._arrays:
            self._arrays[stack] = layers.stack(self.stacks[stack])
        return self._arrays[stack]


class Row(NamedTuple):
    """One memoized item: the digest of its value, the value's bytes, and where they came from."""

    value_digest: bytes
    payload: bytes
    segment: Segment

    def value(self, types: Types, layers: Layers) -> Any:
        """The value. Raises `Corrupt` where it cannot be had."""
        return decode(self.payload, types, _StackSource(self.segment, layers))


class _StackSource:
    def __init__(self, segment: Segment, layers: Layers) -> None:
        self.segment = segment
        self.layers = layers
        self.served: dict[int, int] = {}

    def get(self, stack: int, index: int) -> AnyArray:
        members = self.segment.array(stack, self.layers)
        self.served[stack] = served = self.served.get(stack, 0) + 1
        if served > len(members):
            raise Corrupt("value", "it refers to more arrays than its stack has")
        # A copy, as a caller may write into it, and the stack is served again.
        return np.array(members[index])


class Stacks:
    """Collects arrays of values into stacks of one dtype and shape (a codec's `ArraySink`)."""

    def __init__(self) -> None:
        self._arrays: dict[tuple[str, tuple[int, ...]], list[AnyArray]] = {}

    def add(self, array: AnyArray) -> tuple[int, int]:
        kind = (array.dtype.str, array.shape)
        members = self._arrays.setdefault(kind, [])
        members.append(array)
        return list(self._arrays).index(kind), len(members) - 1

    def write(self, layers: Layers) -> list[str]:
        """Store every stack; their digests, in the order that `add` numbered them."""
        return [layers.write_stack(np.stack(members)) for members in self._arrays.values()]


def pack_rows(layers: Layers, rows: Sequence[tuple[bytes, bytes, object]], types: Types, made: Made) -> bytes:
    """The payload of rows given as (key, value digest, value); stores their stacks."""
    sink = Stacks()
    values = encode_many([value for _, _, value in rows], types, sink)
    reads = [[read.kind, read.root, read.name, read.digest] for read in made.reads]
    payload: bytes = msgpack.packb(
        [
            made.func, bytes.fromhex(made.code), made.seconds, reads, sink.write(layers),
            b"".join([key for key, _, _ in rows]), b"".join([digest for _, digest, _ in rows]), values,
        ],
        unicode_errors="surrogatepass",
    )  # fmt: skip
    return payload


def unpack_rows(name: str, payload: bytes) -> dict[bytes, Row]:
    """The rows of a payload by key, their values not decoded yet. Raises `Corrupt`."""
    try:
        func, code, seconds, reads, stacks, keys, digests, values = msgpack.unpackb(
            payload, unicode_errors="surrogatepass"
        )
        plain = type(func) is str and type(code) is type(keys) is type(digests) is bytes
        if not plain or type(seconds) is not float or set(map(type, values)) != _BYTES:
            raise ValueError("its fields are of other types")
        if stacks and not all(map(is_digest, stacks)):
            raise ValueError("its stacks have other names")
        made = Made(func, code.hex(), seconds, tuple(map(as_read, reads)) if reads else ())
        segment = Segment(name, made, stacks, len(values))
        rows = map(Row._make, zip(_cut(digests, len(values)), values, repeat(segment)))  # endless
        return dict(zip(_cut(keys, len(values)), rows, strict=True))
    except (ValueError, TypeError, AttributeError) as error:
        raise Corrupt(name, f"it holds no rows ({error})") from None


def _cut(joined: bytes, count: int) -> list[bytes]:
    if len(joined) != count * DIGEST_SIZE:
        raise ValueError(f"{len(joined)} bytes of digests for {count} rows")
    if count == 1:  # an entry's
        return [joined]
    return [joined[start : start + DIGEST_SIZE] for start in range(0, len(joined), DIGEST_SIZE)]


class Group:
    """The rows that share a function and common arguments: `folder` in each layer of a store."""

    def __init__(self, folder: str, layers: Layers) -> None:
        self.folder = folder
        self.layers = layers
        self.rows: dict[bytes, Row] = {}
        self._payloads = 0
        self._segments: list[Segment] = []
        self._seen: set[tuple[int, str]] = set()
        self._versions: dict[int, int | None] = {}
        self._conditional: list[dict[bytes, Row]] = []

    @property
    def size(self) -> int:
        """About how many bytes this takes in memory, stacks that were read included."""
        return self._payloads + sum(segment.size for segment in self._segments)

    def refresh(self, func: object) -> None:
        """Read the segments that appeared since the last look, and look again at what the rows of
        `func` were made from: of those that read files, only those count that would read the
        same."""
        for layer, backend in enumerate(self.layers.backends):
            version = backend.version(self.folder)
            if version is not None and version == self._versions.get(layer):
                continue
            self._versions[layer] = version
            for name in backend.names(self.folder):
                if (layer, name) not in self._seen:
                    self._seen.add((layer, name))
                    if is_segment(name):
                        self._read(layer, f"{self.folder}/{name}")
        for rows in self._conditional:
            self._admit(rows, func)

    def write(self, rows: Sequence[tuple[bytes, bytes, object]], types: Types, made: Made) -> None:
        """Store rows as one segment in the top layer. Raises OSError on failure."""
        payload = pack_rows(self.layers, rows, types, made)
        file = f"{hash_bytes(payload).hex()}.seg"
        name = f"{self.folder}/{file}"
        self.layers.put(name, payload)
        self._seen.add((0, file))
        self._payloads += len(payload)
        self._take(unpack_rows(name, payload))

    def values(self, keys: Iterable[bytes], types: Types) -> dict[bytes, Any]:
        """The values of those keys that have a row, many decoded at once; what turns out to be bad
        is noted and left out."""
        by_segment: dict[Segment, dict[bytes, bytes]] = {}
        for key in keys:
            row = self.rows.get(key)
            if row is not None:
                by_segment.setdefault(row.segment, {})[key] = row.payload
        found: dict[bytes, Any] = {}
        for segment, payloads in by_segment.items():
            try:
                values = decode_many(list(payloads.values()), types, _StackSource(segment, self.layers))
                found.update(zip(payloads, values, strict=True))
                inherit(segment.made.reads)
            except Corrupt as error:
                self._forget(segment, error)
        return found

    def stale(self, key: bytes, func: object) -> list[Stale]:
        """What a row read that is another now, where a segment has it from before."""
        for rows in self._conditional:
            if key in rows:
                return changed_reads(rows[key].segment.made.reads, func)
        return []

    def segments(self) -> Iterator[Segment]:
        """The segments that rows come from, each once."""
        yield from {row.segment: None for row in self.rows.values()}

    def _read(self, layer: int, name: str) -> None:
        payload = self.layers.read_in(layer, name)
        if payload is None:
            return
        self._payloads += len(payload)
        try:
            self._take(unpack_rows(name, payload))
        except Corrupt as error:
            self.layers.bad(error, name, layer)

    def _take(self, rows: Mapping[bytes, Row]) -> None:
        segment = next(iter(rows.values())).segment if rows else None
        if segment is not None:
            self._segments.append(segment)
        if segment is not None and segment.made.reads:
            self._conditional.append(dict(rows))
        else:
            known = self.rows
            if known.keys().isdisjoint(rows):
                known.update(rows)
            else:
                known.update({key: row for key, row in rows.items() if key not in known})

    def _admit(self, rows: dict[bytes, Row], func: object) -> None:
        segment = next(iter(rows.values())).segment
        holds = not changed_reads(segment.made.reads, func)
        for key, row in rows.items():
            there = self.rows.get(key)
            if there is None and holds:
                self.rows[key] = row
            elif there is not None and there.segment is segment and not holds:
                del self.rows[key]

    def _forget(self, segment: Segment, error: Corrupt) -> None:
        self.layers.bad(error, segment.name)
        self.rows = {key: row for key, row in self.rows.items() if row.segment is not segment}
        self._segments = [each for each in self._segments if each is not segment]
        self._conditional = [
            rows for rows in self._conditional if next(iter(rows.values())).segment is not segment
        ]

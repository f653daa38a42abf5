"""One function per reader of a store, each fed with bytes that a hostile writer chose.

Owns: the readers, checksums put right where there are any, and seeds from a real store. They are
what `fuzz_store.py` fuzzes, and what the tests feed with what it found.

Does not promise: that a value is right: who can write to a store can write any value. Only a value
or one of the store's errors may come of it.
"""

from __future__ import annotations

import dataclasses
import enum
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import msgpack
import numpy as np

from store import Corrupt, NotAStore, Store
from store.array import read_stack, write_stack
from store.backend.local import LocalBackend
from store.backend.objects import ObjectBackend
from store.backend.packed import PackedBackend, pack
from store.codec import decode, encode_value
from store.ndarray import AnyArray
from store.packing import unpack_store
from store.reads import changed_reads, next_key
from store.record import seal, unseal
from store.segment import Made, unpack_rows
from store.types import Types

__all__ = ["READERS", "read_any", "seeds"]

NAME = "entries/double/00/00ff"
KEY = bytes(16)


class Color(enum.Enum):
    RED = 1


@dataclasses.dataclass(frozen=True)
class Point:
    x: int
    color: Color


class Pair(NamedTuple):
    one: object
    two: object


class Members:
    """Arrays that a value may refer to."""

    def get(self, stack: int, index: int) -> AnyArray:
        return np.zeros((1, 300), np.uint8)[index]


def double(x: int) -> int:
    return 2 * x


TYPES = Types([Point, Pair])
VALUES: tuple[Any, ...] = (
    None, 2**70, -1.5, 1j, "text", b"bytes", [1, [2]], {"a": {1, 2}, 3: frozenset((4,))}, Color.RED,
    Point(1, Color.RED), Pair(1, (2,)), np.arange(6).reshape(2, 3), np.float32(1), np.str_("a\0"),
    np.zeros(2, [("a", "u1"), ("b", "<f4", (2,))]), np.array(["2020-01-01"], "M8[D]"),
)  # fmt: skip
WORK = Path(tempfile.mkdtemp(prefix="memoflow-fuzz-"))


def payload_of(value: object, reads: list[Any]) -> bytes:
    packed: bytes = msgpack.packb(
        ["m:double", bytes(16), 0.5, reads, ["00" * 16], KEY, KEY, [encode_value(value, TYPES)]]
    )
    return packed


READS = [["file", "", "/etc/hostname", KEY], ["folder", ".", ".", KEY], ["environment", "", "HOME", b""]]


def read_record(data: bytes) -> None:
    unseal(NAME, data)


def read_payload(data: bytes) -> None:
    """A record with a right checksum, and what a lookup does with it."""
    for row in unpack_rows(NAME, unseal(NAME, seal(NAME, data))).values():
        made: Made = row.segment.made
        changed_reads(made.reads, double)
        next_key(KEY, made.reads, double)
        decode(row.payload, TYPES, Members())


class Choices:
    """Bytes as a row of decisions; when they are used up, each is the first one."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def take(self, count: int) -> bytes:
        taken, self.data = self.data[:count], self.data[count:]
        return taken

    def below(self, limit: int) -> int:
        size = 1 if limit <= 256 else 8
        return int.from_bytes(self.take(size), "little") % limit


def read_fields(data: bytes) -> None:
    """A record, some of whose fields are anything."""
    choices = Choices(data)
    fields = msgpack.unpackb(payload_of(VALUES[choices.below(len(VALUES))], READS))
    for _ in range(1 + choices.below(2)):
        fields[choices.below(len(fields))] = _grown(choices, 3)
    read_payload(_pack(fields))


def read_value(data: bytes) -> None:
    decode(data, TYPES, Members())


def read_grown(data: bytes) -> None:
    """A value that is msgpack in each of its parts, with the codes of the codec and others."""
    decode(_pack(_grown(Choices(data), 6)), TYPES, Members())


def read_stack_of(data: bytes) -> None:
    """Metadata and chunk, cut at the first empty line."""
    metadata, _, chunk = data.partition(b"\n\n")
    folder = WORK / "stack" / "arrays" / STACK
    (folder / "zarr.json").write_bytes(metadata)
    (folder / "c.0.0").write_bytes(chunk)
    read_stack(LocalBackend(WORK / "stack"), STACK)


def read_packed(data: bytes) -> None:
    file = WORK / "packed"
    file.write_bytes(data)
    packed = PackedBackend(file)
    for name, _, _ in packed.walk():
        packed.read(name)
    unpack_store(packed, ObjectBackend("memory://fuzz"))


def read_ledger(data: bytes) -> None:
    for file in (WORK / "store" / "runs").iterdir():
        file.write_bytes(data)
    STORE.ledger.__init__(STORE.backends[0])  # type: ignore[misc]  # forget what was read
    STORE.lookup(double, 7)


def read_marker(data: bytes) -> None:
    (WORK / "marked").mkdir(exist_ok=True)
    (WORK / "marked" / "memoflow.json").write_bytes(data)
    Store(WORK / "marked")


READERS: list[Callable[[bytes], None]] = [
    read_record, read_payload, read_value, read_grown, read_stack_of, read_packed, read_marker, read_ledger,
    read_fields,
]  # fmt: skip


def _grown(choices: Choices, depth: int) -> Any:
    kind = choices.below(9 if depth else 5)
    if kind == 0:
        return choices.below(1 << 63)
    if kind == 1:
        return SPECIAL[choices.below(len(SPECIAL))]
    if kind == 2:
        return WORDS[choices.below(len(WORDS))]
    if kind == 3:
        return choices.take(choices.below(20))
    if kind == 4:
        return choices.take(choices.below(10)).decode("utf-8", "replace")
    items = [_grown(choices, depth - 1) for _ in range(choices.below(5))]
    if kind == 5:
        return items
    return msgpack.ExtType(choices.below(20), _pack(items[0] if kind == 6 and items else items))


def _pack(value: object) -> bytes:
    packed: bytes = msgpack.packb(value, unicode_errors="surrogatepass")
    return packed


SPECIAL = [None, True, False, -1, 0, 2**63, 2**31, 10**9, -1.5, float("nan")]
WORDS = [
    "O", "|O", "<i4", "|S0", "<U1000000000", "|V2147483647", "<M8[25s]", "i4,i4", "(9,9)i4", "|u1", "RED",
    f"{__name__}:Color", f"{__name__}:Point", f"{__name__}:Pair", "builtins:print", "2020-01-01T00:00:00",
    "+1", "file", "folder", "environment", "", ".", "..", "/dev/zero", "/proc/kmsg", "os", "00" * 16,
]  # fmt: skip


def seeds() -> list[tuple[Callable[[bytes], None], bytes]]:
    """Real bytes for each reader."""
    found: list[tuple[Callable[[bytes], None], bytes]] = []
    for value in VALUES:
        found.append((read_value, encode_value(value, TYPES)))
        found.append((read_payload, payload_of(value, READS)))
    found.append((read_record, seal(NAME, payload_of(list(VALUES), []) * 3)))
    place = WORK / "stack" / "arrays" / STACK
    stack = (place / "zarr.json").read_bytes() + b"\n\n" + (place / "c.0.0").read_bytes()
    found.append((read_stack_of, stack))
    pack(STORE.backends[0], [name for name, _, _ in STORE.backends[0].walk()][:3], WORK / "seed")
    found.append((read_packed, (WORK / "seed").read_bytes()))
    found.append((read_marker, b'{"format": 1}'))
    found += [(read_ledger, file.read_bytes()) for file in (WORK / "store" / "runs").iterdir()]
    found += [(read_fields, bytes(range(start, start + 64))) for start in range(0, 192, 16)]
    found += [(read_grown, bytes(range(start, start + 64))) for start in range(0, 192, 16)]
    return found


def read_any(data: bytes) -> None:
    """Read bytes by the reader that the first of them names."""
    if not data:
        return
    try:
        READERS[data[0] % len(READERS)](data[1:])
    except (Corrupt, NotAStore):
        return


STACK = write_stack(LocalBackend(WORK / "stack"), np.arange(600, dtype=np.uint8).reshape(2, 300))
STORE = Store(WORK / "store")
STORE.call(double, 1)

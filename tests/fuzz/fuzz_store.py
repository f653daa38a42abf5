"""Fuzzing what reads a store: whatever its bytes are, the answer is a value or a typed error.

Owns: one function per reader, each fed with bytes that a hostile writer chose, checksums put right
where there are any, and seeds from a real store. `tests/fuzz/README.md` has the command.

Does not promise: that a value is right: who can write to a store can write any value. That no code
runs, nothing hangs, memory is bounded and nothing but the store's own errors is raised, is what is
tested; what was found is kept in `tests/store/hostile/`.
"""

from __future__ import annotations

import dataclasses
import enum
import resource
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import atheris  # type: ignore[import-not-found]  # installed by hand where fuzzing is done

with atheris.instrument_imports(include=["store", "zipfile"]):
    import msgpack
    import numpy as np

    from store import Corrupt, NotAStore, Store
    from store.array import read_stack, write_stack
    from store.backend.local import LocalBackend
    from store.backend.objects import ObjectBackend, open_objects
    from store.backend.packed import PackedBackend, pack, unpack
    from store.codec import decode, encode_value
    from store.ndarray import AnyArray
    from store.reads import changed_reads, next_key
    from store.record import seal, unseal
    from store.segment import Made, unpack_rows
    from store.types import Types

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
        if len(made.reads) < 20 and not any(read.kind == "file" and "/" in read.name for read in made.reads):
            changed_reads(made.reads, double)
            next_key(KEY, made.reads, double)
        decode(row.payload, TYPES, Members())


def read_value(data: bytes) -> None:
    decode(data, TYPES, Members())


def read_grown(data: bytes) -> None:
    """A value that is msgpack in each of its parts, with the codes of the codec and others."""
    decode(_pack(_grown(atheris.FuzzedDataProvider(data), 6)), TYPES, Members())


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
    unpack(packed, ObjectBackend(open_objects("memory://fuzz"), "memory://fuzz"))


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
]  # fmt: skip


def _grown(source: Any, depth: int) -> Any:
    kind = source.ConsumeIntInRange(0, 9 if depth else 5)
    if kind == 0:
        return source.ConsumeInt(8)
    if kind == 1:
        return source.ConsumeRegularFloat()
    if kind == 2:
        return source.PickValueInList(WORDS)
    if kind == 3:
        return source.ConsumeBytes(source.ConsumeIntInRange(0, 20))
    if kind == 4:
        return source.PickValueInList([None, True, False, -1, 0, 2**63, 2**31, 10**9])
    if kind == 5:
        return source.ConsumeUnicode(source.ConsumeIntInRange(0, 10))
    items = [_grown(source, depth - 1) for _ in range(source.ConsumeIntInRange(0, 4))]
    if kind == 6:
        return items
    inner = items[0] if kind == 7 and items else items
    return msgpack.ExtType(source.ConsumeIntInRange(0, 20), _pack(inner))


def _pack(value: object) -> bytes:
    packed: bytes = msgpack.packb(value, unicode_errors="surrogatepass")
    return packed


WORDS = [
    "O", "|O", "<i4", "|S0", "<U1000000000", "|V2147483647", "<M8[25s]", "i4,i4", "(9,9)i4", "|u1", "a", "RED", "x",
    f"{__name__}:Color", f"{__name__}:Point", f"{__name__}:Pair", "builtins:print", "2020-01-01T00:00:00", "+1",
]  # fmt: skip


def seeds() -> list[tuple[Callable[[bytes], None], bytes]]:
    """Real bytes for each reader."""
    found: list[tuple[Callable[[bytes], None], bytes]] = []
    for value in VALUES:
        found.append((read_value, encode_value(value, TYPES)))
        found.append((read_payload, payload_of(value, READS)))
    found.append((read_record, seal(NAME, payload_of(list(VALUES), []) * 3)))
    folder = WORK / "stack" / "arrays" / STACK
    found.append((read_stack_of, (folder / "zarr.json").read_bytes() + b"\n\n" + (folder / "c.0.0").read_bytes()))
    pack(STORE.backends[0], [name for name, _, _ in STORE.backends[0].walk()][:3], WORK / "seed")
    found.append((read_packed, (WORK / "seed").read_bytes()))
    found.append((read_marker, b'{"format": 1}'))
    found += [(read_ledger, file.read_bytes()) for file in (WORK / "store" / "runs").iterdir()]
    found += [(read_grown, bytes(range(start, start + 64))) for start in range(0, 192, 16)]
    return found


def test_one(data: bytes) -> None:
    if not data:
        return
    try:
        READERS[data[0] % len(READERS)](data[1:])
    except (Corrupt, NotAStore):
        return
    except Exception as error:
        _keep(error, data)
    if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > MOST_KB:
        raise MemoryError(f"more than {MOST_KB} KB were used")


def _keep(error: Exception, data: bytes) -> None:
    """Keep the first input of each kind of error, and go on."""
    place = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in place if "/store/" in frame.filename] or place
    name = f"{type(error).__name__}-{Path(ours[-1].filename).stem}-{ours[-1].name}-{READERS[data[0] % len(READERS)].__name__}"
    file = FINDINGS / name
    if not file.exists():
        file.write_bytes(data)
        print(f"\nfound {name}: {error}", flush=True)


STACK = write_stack(LocalBackend(WORK / "stack"), np.arange(600, dtype=np.uint8).reshape(2, 300))
STORE = Store(WORK / "store")
STORE.call(double, 1)

FINDINGS = Path(sys.argv[1]) / "findings"
MOST_KB = 1 << 20

if __name__ == "__main__":
    corpus = Path(sys.argv[1]) / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    FINDINGS.mkdir(exist_ok=True)
    for number, (reader, data) in enumerate(seeds()):
        (corpus / f"seed-{number}").write_bytes(bytes([READERS.index(reader)]) + data)
    atheris.Setup([sys.argv[0], *sys.argv[2:], str(corpus)], test_one)
    atheris.Fuzz()

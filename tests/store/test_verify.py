"""Verifying finds exactly the objects that are damaged."""

from __future__ import annotations

import enum
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import store.verify as store_verify
from store import Store
from store.backend import Backend
from store.layers import Layers
from store.layout import entry_name
from store.ledger import Ledger
from store.packing import open_packed, pack_store
from store.record import seal, unseal
from store.segment import Made, pack_rows, unpack_rows
from store.types import Types
from store.verify import Verified, verify


def stack(x: int) -> Any:
    return np.full((40, 40), x, np.uint8)


def stacks(items: list[int]) -> list[Any]:
    return [np.full((50, 50), item, np.uint8) for item in items]


def double(x: int) -> int:
    return 2 * x


class Kind(enum.Enum):
    EVEN = 0
    ODD = 1


@dataclass(frozen=True)
class Number:
    value: int
    kind: Kind


class Pair(NamedTuple):
    one: Number
    other: Number


def number(x: int) -> dict[str, set[Number] | Pair]:
    return {"numbers": {Number(x, Kind.ODD)}, "pair": Pair(Number(1, Kind.ODD), Number(2, Kind.EVEN))}


def check(store: Store) -> tuple[int, list[str]]:
    verified = verify(store.backends[0], (name for name, _, _ in store.backends[0].walk()))
    return verified.checked, [error.where for error in verified.bad]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")
    store.call(double, 1)
    store.call(stack, 1)
    store.map(stacks, [1, 2])
    return store


def objects(store: Store) -> list[str]:
    """What can be checked: entries, segments, stacks."""
    names = {name for name, _, _ in store.backends[0].walk() if name.startswith(("entries/", "rows/"))}
    return sorted(names | {f"arrays/{name}" for name in store.backends[0].names("arrays")})


def test_a_whole_store_has_nothing_bad(store: Store) -> None:
    assert check(store) == (len(objects(store)), [])
    assert len(objects(store)) >= 6


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


DAMAGES: list[Callable[[Path], object]] = [
    flip, lambda path: path.write_bytes(b""), lambda path: path.write_bytes(path.read_bytes()[:-3])
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES, ids=["flipped", "emptied", "truncated"])
def test_each_damaged_object_is_found_and_no_other(store: Store, damage: Callable[[Path], object]) -> None:
    for name in objects(store):
        path = Path(store.location) / name
        file = next(path.glob("c.0*")) if path.is_dir() else path
        whole = file.read_bytes()
        damage(file)
        assert check(store) == (len(objects(store)), [name])
        file.write_bytes(whole)
    assert check(store)[1] == []


def test_several_damaged_objects_are_all_found(store: Store) -> None:
    for name in objects(store):
        path = Path(store.location) / name
        flip(next(path.glob("c.0*")) if path.is_dir() else path)
    assert sorted(check(store)[1]) == objects(store)


def test_objects_that_were_swapped_are_both_found(store: Store) -> None:
    one, two = [Path(store.location) / name for name in objects(store) if name.startswith("entries/")][:2]
    first = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(first)
    assert len(check(store)[1]) == 2


def test_a_record_whose_stack_is_gone_is_found(store: Store) -> None:
    for name in store.backends[0].names("arrays"):
        kept = Path(store.location).parent / name
        (Path(store.location) / "arrays" / name).rename(kept)
        (found,) = check(store)[1]
        assert found.startswith(("entries/stack/", "rows/stacks/"))
        kept.rename(Path(store.location) / "arrays" / name)


def test_a_file_in_place_of_a_stack_is_found(store: Store) -> None:
    name = min(store.backends[0].names("arrays"))
    shutil.rmtree(Path(store.location) / "arrays" / name)
    (Path(store.location) / "arrays" / name).write_bytes(b"x")
    (record,) = [found for found in check(store)[1] if found != f"arrays/{name}"]
    assert record.startswith(("entries/stack/", "rows/stacks/"))


def test_the_ledger_and_what_was_set_aside_are_passed_over(store: Store) -> None:
    store.backends[0].put("aside/entries.x", b"bad")
    for file in (Path(store.location) / "runs").iterdir():
        file.write_bytes(b"bad")
    assert check(store) == (len(objects(store)), [])


def verified(backend: Backend) -> Verified:
    return verify(backend, [name for name, _, _ in backend.walk()])


def test_what_nothing_needs_is_litter_and_not_bad(store: Store) -> None:
    backend = store.backends[0]
    backend.put("aside/entries.x", b"bad")
    backend.put("notes.txt", b"mine")
    (entry,) = (name for name, _, _ in backend.walk() if name.startswith("entries/stack/"))
    (stack_of_it,) = set(backend.names("arrays")) - named_by_rows(backend)
    backend.delete(entry)
    unfinished = f"arrays/{'ab' * 16}"
    backend.put(f"{unfinished}/c.0", b"the chunk comes first")
    found = verified(backend)
    assert found.bad == ()
    assert list(found.litter) == sorted([
        (f"arrays/{stack_of_it}", "no record names it"), (unfinished, "no record names it"),
        ("aside/entries.x", "it was set aside"), ("notes.txt", "it is no part of a store"),
    ])  # fmt: skip


def named_by_rows(backend: Backend) -> set[str]:
    (segment,) = (name for name, _, _ in backend.walk() if name.startswith("rows/"))
    payload = unseal(segment, backend.read(segment) or b"")
    return {name for row in unpack_rows(segment, payload).values() for name in row.segment.stacks}


@pytest.mark.parametrize(
    "name", ["entries/x", "rows/f/00/x.seg", "arrays/x/zarr.json", "entries/f/ab/" + "0" * 32]
)
def test_a_name_that_no_object_has_is_bad(store: Store, name: str) -> None:
    store.backends[0].put(name, b"x")
    assert [(error.where, error.reason) for error in verified(store.backends[0]).bad] == [
        (name, "no object of a store has such a name")
    ]


def forge(store: Store, value: object, change: Callable[[bytes], bytes]) -> str:
    """Put a record whose checksum is right, and whose values were changed."""
    backend = store.backends[0]
    name = entry_name("forged", "ab" * 16)
    rows = [(b"k" * 16, b"d" * 16, value)]
    payload = pack_rows(Layers([backend], Ledger(backend)), rows, Types(), Made("m:f", "00" * 16, 0.0))
    backend.put(name, seal(name, change(payload)))
    return name


def replacing(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def replace(payload: bytes) -> bytes:
        assert payload.count(old) == 1
        return payload.replace(old, new)

    return replace


FORGERIES: dict[str, tuple[object, Callable[[bytes], bytes]]] = {
    "no msgpack": ("text", replacing(b"\xa4text", b"\xc1text")),
    "an unknown extension": (1 + 2j, replacing(b"\x0b", b"\x7f")),
    "a list in a set": ({b"item"}, replacing(b"\xc4\x04item", b"\xd4\x01\x90\xc0\xc0\xc0"[:6])),
    "an array that is not there": (np.zeros((40, 40), np.uint8), replacing(b"\x92\x00\x00", b"\x92\x00\x05")),
    "a stack that is not there": (np.zeros((40, 40), np.uint8), replacing(b"\x92\x00\x00", b"\x92\x01\x00")),
    "no rows": (1, lambda payload: b"\x98\xa0\xc4\x00\xcb" + bytes(8) + b"\x90\x90\xc4\x00\xc4\x00\x90"),
    "another payload": (1, lambda payload: b"\x93\x01\x02\x03"),
}


@pytest.mark.parametrize("kind", list(FORGERIES))
def test_a_record_that_cannot_be_decoded_is_bad_whatever_its_checksum(store: Store, kind: str) -> None:
    assert verified(store.backends[0]).bad == ()
    name = forge(store, *FORGERIES[kind])
    (error,) = verified(store.backends[0]).bad
    assert error.where == name


def test_values_of_classes_that_are_not_at_hand_are_checked(store: Store) -> None:
    store.call(number, 3)
    whole = verified(store.backends[0])
    assert whole.bad == ()
    assert whole.checked == len(objects(store))


def test_verifying_changes_nothing(store: Store) -> None:
    for name in objects(store):
        path = Path(store.location) / name
        flip(next(path.glob("c.0*")) if path.is_dir() else path)
    before = {path: path.stat().st_mtime_ns for path in Path(store.location).rglob("*")}
    assert len(verified(store.backends[0]).bad) == len(objects(store))
    assert {path: path.stat().st_mtime_ns for path in Path(store.location).rglob("*")} == before


def test_a_store_elsewhere_and_a_packed_one_are_checked_as_well(store: Store, tmp_path: Path) -> None:
    memory = Store(f"memory://{tmp_path}")
    memory.call(double, 1)
    memory.map(stacks, [1, 2])
    assert verified(memory.backends[0]).bad == ()
    (segment,) = (name for name, _, _ in memory.backends[0].walk() if name.startswith("rows/"))
    memory.backends[0].delete(segment)
    memory.backends[0].put(segment, b"damaged")
    assert [error.where for error in verified(memory.backends[0]).bad] == [segment]
    pack_store(store.backends[0], tmp_path / "packed")
    packed = open_packed(str(tmp_path / "packed"))
    assert verified(packed) == verified(store.backends[0])


def test_many_stacks_are_checked_in_processes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_verify, "_STACKS_A_PROCESS", 1)
    assert verified(store.backends[0]).bad == ()
    folder = Path(store.location) / "arrays" / min(store.backends[0].names("arrays"))
    flip(folder / "c.0.0.0")
    assert [error.where for error in verified(store.backends[0]).bad] == [f"arrays/{folder.name}"]


def test_progress_is_told_of_each_piece(store: Store) -> None:
    told: list[None] = []
    names = [name for name, _, _ in store.backends[0].walk()]
    assert verify(store.backends[0], names, lambda: told.append(None)).checked == len(told)

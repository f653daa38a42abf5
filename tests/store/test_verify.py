"""Verifying finds exactly the objects that are damaged."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from store import Store
from store.verify import verify


def stack(x: int) -> Any:
    return np.full((40, 40), x, np.uint8)


def stacks(items: list[int]) -> list[Any]:
    return [np.full((50, 50), item, np.uint8) for item in items]


def double(x: int) -> int:
    return 2 * x


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

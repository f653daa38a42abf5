"""Maps are computed once for each item, and the function is given only what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from noted_calls import Draft, again, doubles, grids, names, note, plus, ran

from store import Constant, Store
from store.backend.objects import ObjectBackend
from store.backend.packed import pack

pytestmark = pytest.mark.usefixtures("log_of_runs")


def drafts(items: list[int]) -> list[Draft]:
    note("drafts", *items)
    return [Draft(item, item > 2) for item in items]


def short(items: list[int]) -> list[int]:
    return items[1:]


def minus(x: int) -> int:
    return x - 1


def test_map_gives_the_function_each_missing_item_once(store: Store) -> None:
    assert store.map(doubles, [3, 1, 3, 2]) == [6, 2, 6, 4]
    assert again(store).map(doubles, [5, 2, 4, 3, 4, 1]) == [10, 4, 8, 6, 8, 2]
    assert again(store).map(doubles, iter([4, 5])) == [8, 10]
    assert store.map(doubles, []) == []
    assert ran() == ["doubles 3 1 2", "doubles 5 4"]


def test_map_counts_distinct_items(store: Store) -> None:
    store.map(doubles, [1, 1, 2])
    store.map(doubles, [2, 2, 3])
    stats = store.stats()
    assert (stats["hits"], stats["misses"], stats["corrupt"]) == (1, 3, 0)


def test_common_arguments_belong_to_the_key(store: Store) -> None:
    assert store.map(doubles, [1, 2], factor=3) == [3, 6]
    assert store.map(doubles, [1, 2], factor=4) == [4, 8]
    assert again(store).map(doubles, [2, 1], factor=3) == [6, 3]
    assert ran() == ["doubles 1 2", "doubles 1 2"]


def test_deps_belong_to_the_key_of_their_item(store: Store) -> None:
    def deps(of: dict[int, Sequence[object]]) -> Any:
        return lambda item: of[item]

    store.map(doubles, [1, 2], deps({1: [plus], 2: [minus]}))
    store.map(doubles, [1, 2], deps({1: [plus], 2: [plus]}))
    store.map(doubles, [1, 2], deps({1: [plus, minus], 2: [plus]}))
    store.map(doubles, [1, 2], deps({1: [minus, plus], 2: [minus]}))
    store.map(doubles, [1, 2], deps({1: [7], 2: [8]}))
    again(store).map(doubles, [1, 2], deps({1: [7], 2: [7]}))
    assert ran() == ["doubles 1 2", "doubles 2", "doubles 1", "doubles 1", "doubles 1 2", "doubles 2"]


def test_a_constant_that_rows_depend_on_counts_by_value_and_may_have_a_name(tmp_path: Path) -> None:
    def named(value: int) -> list[int]:
        store = Store(tmp_path)
        before = store.stats()["misses"]
        store.map(doubles, [1, 2], lambda item: [Constant("FACTOR", value)] if item == 1 else [])
        return [int(store.stats()["misses"] - before)]

    assert [named(1), named(1), named(2), named(1)] == [[2], [0], [1], [0]]
    assert Store(tmp_path).keys.dependency(Constant("FACTOR", 1))[0] == "constant:FACTOR"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({1: 0, 2: 0}, {2: 0, 1: 0}),
        ({1: 5}, {3: 5}),
        (1, True),
        ([1], (1,)),
    ],
)
def test_a_constant_counts_as_one_that_a_function_reads(tmp_path: Path, one: object, other: object) -> None:
    keys = Store(tmp_path).keys
    digests = [keys.dependency(Constant("A", value))[1] for value in (one, other, one)]
    assert digests[0] == digests[2] != digests[1]


def test_rows_that_are_not_final_are_served_and_not_kept(store: Store) -> None:
    for opened in (store, again(store)):
        assert opened.map(drafts, [1, 3]) == [Draft(1, False), Draft(3, True)]
    assert ran() == ["drafts 1 3", "drafts 1"]


def test_a_map_function_gives_one_result_an_item(store: Store) -> None:
    with pytest.raises(TypeError, match="short got 2 items and gave 1 results; one each is needed"):
        store.map(short, [1, 2])
    assert names(store, "rows/") == []


def test_a_map_is_one_segment_and_its_arrays_one_stack(store: Store) -> None:
    store.map(grids, list(range(1, 20)))
    assert len(names(store, "rows/")) == 1
    assert len(store.backends[0].names("arrays")) == 1


@pytest.mark.parametrize("packed", [False, True])
def test_plain_zarr_opens_the_stacks(store: Store, tmp_path: Path, packed: bool) -> None:
    store.map(grids, [3, 4])
    backend = store.backends[0]
    (name,) = backend.names("arrays")
    if packed:
        pack(backend, names(store, "arrays/"), tmp_path / "packed")
        opened = zarr.open(
            zarr.storage.ZipStore(tmp_path / "packed", mode="r"), path=f"arrays/{name}", mode="r"
        )
    elif isinstance(backend, ObjectBackend):
        objects = zarr.storage.ObjectStore(backend.connection.objects, read_only=True)
        opened = zarr.open(objects, path=f"arrays/{name}", mode="r")
    else:
        opened = zarr.open(f"{store.location}/arrays/{name}", mode="r")
    assert isinstance(opened, zarr.Array)
    assert np.array_equal(opened[...], np.stack(grids([3, 4])))

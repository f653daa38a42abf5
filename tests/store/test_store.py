"""Calls and maps are computed once, and what is served is what was computed."""

from __future__ import annotations

import enum
import functools
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr

from store import Constant, Store, Unencodable, Unfingerprintable
from store.backend.objects import ObjectBackend
from store.backend.packed import pack
from store.key import call_key
from store.record import seal

ROOT = Path(__file__).parents[2]


class Kind(enum.Enum):
    EVEN = 0
    ODD = 1


@dataclass(frozen=True)
class Number:
    value: int
    kind: Kind


@dataclass(frozen=True)
class Draft:
    value: int
    __memo_final__: bool = field(default=False)


def note(name: str, *seen: object) -> None:
    """Say in a file that a function ran: no state of this module, so that no key depends on it."""
    with Path(os.environ["RAN"]).open("a", encoding="utf-8") as file:
        file.write(" ".join([name, *map(str, seen)]) + "\n")


def ran() -> list[str]:
    """What ran since the last time this was asked."""
    file = Path(os.environ["RAN"])
    lines = file.read_text().splitlines() if file.exists() else []
    file.unlink(missing_ok=True)
    return lines


@pytest.fixture(autouse=True)
def log_of_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAN", str(tmp_path / "ran"))


@pytest.fixture
def store(location: str) -> Store:
    return Store(location)


def names(store: Store, start: str) -> list[str]:
    """The objects of the top layer whose names begin so."""
    return sorted(name for name, _, _ in store.backends[0].walk() if name.startswith(start))


def again(store: Store) -> Store:
    """The same store as another process would open it."""
    return Store(store.location)


def double(x: Any, opts: Any = None, k: int = 0) -> Any:
    note("double", x)
    return (2 * x, opts, k)


def number(x: int) -> Number:
    note("number", x)
    return Number(x, Kind(x % 2))


def stack(x: int) -> dict[str, Any]:
    note("stack", x)
    return {"grids": [np.full((40, 40), x, np.uint8), np.full((40, 40), -0.0)], "small": np.arange(x)}


def draft(x: int) -> Draft:
    note("draft", x)
    return Draft(x, x > 2)


def doubles(items: list[int], factor: int = 2) -> list[int]:
    note("doubles", *items)
    return [factor * item for item in items]


def grids(items: list[int]) -> list[np.ndarray[Any, Any]]:
    note("grids", *items)
    return [np.full((40, 40), item, np.uint8) for item in items]


def drafts(items: list[int]) -> list[Draft]:
    note("drafts", *items)
    return [Draft(item, item > 2) for item in items]


def broken(x: int) -> int:
    note("broken", x)
    raise ZeroDivisionError(x)


def unkept(x: int) -> object:
    return {"a": [object()]}


def short(items: list[int]) -> list[int]:
    return items[1:]


def read_text(file: str) -> str:
    note("read_text")
    return Path(file).read_text()


def plus(x: int) -> int:
    return x + 1


def minus(x: int) -> int:
    return x - 1


@dataclass
class Scale:
    by: int

    def __call__(self, x: int) -> Number:
        note("scale", x)
        return Number(self.by * x, Kind.EVEN)


def test_a_call_is_computed_once_ever(store: Store) -> None:
    for opened in (store, store, again(store)):
        assert opened.call(double, 21) == (42, None, 0)
    assert ran() == ["double 21"]
    assert (store.stats()["hits"], store.stats()["misses"]) == (1, 1)


def test_results_come_back_with_their_types(store: Store) -> None:
    first, second = store.call(number, 3), again(store).call(number, 3)
    assert first == second == Number(3, Kind.ODD)
    assert second.kind is Kind.ODD
    one, two = store.call(stack, 3), again(store).call(stack, 3)
    for left, right in zip([*one["grids"], one["small"]], [*two["grids"], two["small"]], strict=True):
        assert (left.dtype, left.shape, left.tobytes()) == (right.dtype, right.shape, right.tobytes())
    assert len(ran()) == 2


def test_other_arguments_are_other_results(store: Store) -> None:
    calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
        ((1,), {}), ((True,), {}), ((1.0,), {}), (([1],), {}), (((1,),), {}), ((1, {"k": 2}), {}),
        ((1,), {"k": 2}), ((1, None, 2), {}), ((1,), {"opts": {"k": 2}}),
    ]  # fmt: skip
    expected = [double(*args, **kwargs) for args, kwargs in calls]
    for opened in (store, again(store)):
        given = [opened.call(double, *args, **kwargs) for args, kwargs in calls]
        assert [repr(value) for value in given] == [repr(value) for value in expected]
    assert store.stats()["misses"] == len(calls)


def test_a_falsy_result_is_a_result(store: Store) -> None:
    for value in (None, 0, False, [], ""):
        assert store.call(functools.partial(double, 0, value)) == (0, value, 0)
    ran()
    assert again(store).call(functools.partial(double, 0, None)) == (0, None, 0)
    assert ran() == []


def test_an_object_that_is_called_may_be_unhashable(store: Store) -> None:
    for opened in (
        Store(store.location, register=[Number]),
        Store(store.location, register=[Number]),
    ):
        assert opened.call(Scale(3), 2) == Number(6, Kind.EVEN)
        assert opened.call(Scale(4), 2) == Number(8, Kind.EVEN)
    assert ran() == ["scale 2", "scale 2"]


def test_an_error_is_not_kept(store: Store) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            store.call(broken, 1)
    assert ran() == ["broken 1", "broken 1"]


def test_what_cannot_be_keyed_or_kept_is_refused_with_its_place(store: Store) -> None:
    with pytest.raises(Unencodable, match=r"builtins.object at value\['a'\]\[0\]"):
        store.call(unkept, 1)
    with pytest.raises(Unencodable, match=r"builtins.object at value\[0\]"):
        store.call(double, [object()])
    namespace: dict[str, Any] = {"__name__": "nowhere"}
    exec("def f(x): return x", namespace)
    with pytest.raises(Unfingerprintable, match="f has no fingerprint"):
        store.call(namespace["f"], 1)


def test_a_result_that_is_not_final_is_served_and_not_kept(store: Store) -> None:
    for opened in (store, again(store)):
        assert opened.call(draft, 1) == Draft(1, False)
        assert opened.call(draft, 3) == Draft(3, True)
    assert ran() == ["draft 1", "draft 3", "draft 1"]


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


def test_rows_that_are_not_final_are_served_and_not_kept(store: Store) -> None:
    for opened in (store, again(store)):
        assert opened.map(drafts, [1, 3]) == [Draft(1, False), Draft(3, True)]
    assert ran() == ["drafts 1 3", "drafts 1"]


def test_a_map_function_gives_one_result_an_item(store: Store) -> None:
    with pytest.raises(TypeError, match="short got 2 items and gave 1 results; one each is needed"):
        store.map(short, [1, 2])
    assert names(store, "rows/") == []


def test_writing_into_a_served_array_does_not_change_what_is_served_next(store: Store) -> None:
    store.map(grids, [1, 2])
    store.call(stack, 1)
    opened = again(store)
    for _ in range(2):
        for value in opened.map(grids, [1, 2]):
            assert value.any()
            value[...] = 0
        served = opened.call(stack, 1)["grids"][0]
        assert served.all()
        served[...] = 0


def test_a_map_is_one_segment_and_its_arrays_one_stack(store: Store) -> None:
    store.map(grids, list(range(1, 20)))
    assert len(names(store, "rows/")) == 1
    assert len(store.backends[0].names("arrays")) == 1


def test_a_store_sees_what_another_writes_meanwhile(store: Store) -> None:
    other = again(store)
    store.map(doubles, [1])
    other.map(doubles, [1, 2])
    store.map(doubles, [1, 2, 3])
    assert ran() == ["doubles 1", "doubles 2", "doubles 3"]


def test_lookup_runs_nothing(store: Store) -> None:
    assert store.lookup(double, 21).reason == "new"
    store.call(double, 21)
    ran()
    found = again(store).lookup(double, 21)
    assert (found.hit, found.reason, found.changed) == (True, "hit", ())
    assert not store.lookup(double, 22).hit
    assert ran() == []


def test_stats_count_what_was_done(store: Store) -> None:
    store.call(stack, 1)
    later = again(store)
    later.call(stack, 1)
    stats = later.stats()
    assert set(stats) == {"hits", "misses", "writes", "corrupt", "write_errors", "bytes", "bytes_read",
                          "seconds", "seconds_saved"}  # fmt: skip
    assert (stats["hits"], stats["misses"], stats["writes"], stats["write_errors"]) == (1, 0, 0, 0)
    assert stats["bytes_read"] > 0
    assert stats["seconds_saved"] == store.stats()["seconds"] > 0
    assert later.write_error is None


def snapshot(store: Store) -> dict[str, bytes | None]:
    return {name: store.backends[0].read(name) for name in names(store, "")}


def damage(store: Store, kind: str) -> None:
    """Cut the end off every object whose name begins so."""
    backend = store.backends[0]
    for name in names(store, kind):
        content = backend.read(name)
        assert content
        overwrite(store, name, content[:-1])


def overwrite(store: Store, name: str, content: bytes) -> None:
    store.backends[0].delete(name)
    assert store.backends[0].put(name, content)


def test_lookups_fall_through_to_layers_and_writes_go_to_the_top(location: str) -> None:
    low, middle = Store(f"{location}-low"), Store(f"{location}-middle")
    low.call(double, 1)
    low.map(grids, [1])
    middle.call(double, 2)
    before = snapshot(low), snapshot(middle)
    ran()
    top = Store(location, [middle.location, low.location])
    assert [top.call(double, x)[0] for x in (1, 2, 3)] == [2, 4, 6]
    assert [int(grid[0, 0]) for grid in top.map(grids, [1, 2])] == [1, 2]
    assert top.lookup(double, 1).hit
    assert ran() == ["double 3", "grids 2"]
    assert (snapshot(low), snapshot(middle)) == before
    alone = Store(location)
    assert alone.lookup(double, 3).hit
    assert not alone.lookup(double, 1).hit


def test_a_damaged_layer_is_passed_over_and_left_alone(location: str) -> None:
    low = Store(f"{location}-low")
    low.call(double, 1)
    low.call(stack, 1)
    low.map(grids, [1])
    ran()
    for kind in ("entries/", "rows/", "arrays/"):
        damage(low, kind)
    before = snapshot(low)
    for expected in (["double 1", "stack 1", "grids 1"], []):
        top = Store(location, [low.location])
        assert top.call(double, 1)[0] == 2
        assert top.call(stack, 1)["grids"][0].all()
        assert top.map(grids, [1])[0].all()
        assert ran() == expected
    assert snapshot(low) == before


@pytest.mark.parametrize("kind", ["entries/double/", "entries/stack/", "rows/", "arrays/"])
def test_what_is_damaged_is_computed_again_and_healed(store: Store, kind: str) -> None:
    # A look heals one stack of a result, and `stack` has two.
    for opened in (store, again(store), again(store), again(store)):
        assert opened.call(double, 1)[0] == 2
        assert opened.call(stack, 1)["grids"][0].all()
        assert opened.map(grids, [1])[0].all()
        if opened is store:
            ran()
            damage(store, kind)
            continue
        healing = ran()
        assert bool(healing) == (opened.stats()["corrupt"] > 0)
        assert opened.stats()["write_errors"] == 0
    assert healing == [], "a later look finds all of it whole"
    assert any(name.startswith("aside/") for name in names(store, ""))


def test_a_whole_record_with_other_content_is_healed(store: Store) -> None:
    key = call_key("double", store.keys.code(double).digest, store.keys.arguments((1,), {}))
    store.call(double, 1)
    name = f"entries/double/{key.hex()[:2]}/{key.hex()}"
    for content in (b"no rows", b"\x93\x00\x90\x91\x93\xc4\x10" + key + b"\xc4\x00\xc4\x01\xc1"):
        ran()
        overwrite(store, name, seal(name, content))
        assert again(store).call(double, 1)[0] == 2
        assert again(store).call(double, 1)[0] == 2
        assert ran() == ["double 1"]


def test_a_result_stands_beside_that_of_another_content_of_the_file_it_read(
    store: Store, tmp_path: Path
) -> None:
    file = tmp_path / "data"
    for content, expected in (("one", ["read_text"]), ("two", ["read_text"]), ("one", []), ("two", [])):
        file.write_text(content)
        assert again(store).call(read_text, str(file)) == content
        assert ran() == expected


def test_threads_may_share_a_store(store: Store) -> None:
    def run(thread: int) -> None:
        for number in range(12):
            assert store.call(double, number)[0] == 2 * number
            assert store.map(doubles, [100 + thread, number]) == [200 + 2 * thread, 2 * number]
        done.append(thread)

    done: list[int] = []
    threads = [threading.Thread(target=run, args=(thread,)) for thread in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [0, 1, 2, 3]
    assert sorted(line for line in ran() if line.startswith("double ")) == sorted(
        f"double {number}" for number in range(12)
    )


def test_another_process_finds_what_this_one_kept(store: Store) -> None:
    store.call(plus, 41)
    if not store.backends[0].shared:
        return
    words = [sys.executable, "-c", OTHER_PROCESS, store.location]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{Path(__file__).parent}"}
    subprocess.run(words, env=environment, check=True, timeout=60)


OTHER_PROCESS = """
import sys
from test_store import plus
from store import Store
store = Store(sys.argv[1])
assert store.call(plus, 41) == 42
assert store.stats()["hits"] == 1
"""


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


def test_a_call_of_the_store_is_the_contract_of_the_readme(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "dir"), layers=())
    assert store.call(plus, 41) == 42
    assert store.lookup(plus, 41).hit


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

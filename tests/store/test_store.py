"""Calls are computed once, and what is served is what was computed."""

from __future__ import annotations

import enum
import functools
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from noted_calls import Draft, again, double, doubles, grids, note, plus, ran, stack

from store import Store, Unencodable, Unfingerprintable

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.usefixtures("log_of_runs")


class Kind(enum.Enum):
    EVEN = 0
    ODD = 1


@dataclass(frozen=True)
class Number:
    value: int
    kind: Kind


def number(x: int) -> Number:
    note("number", x)
    return Number(x, Kind(x % 2))


@dataclass
class Scale:
    by: int

    def __call__(self, x: int) -> Number:
        note("scale", x)
        return Number(self.by * x, Kind.EVEN)


def draft(x: int) -> Draft:
    note("draft", x)
    return Draft(x, x > 2)


def broken(x: int) -> int:
    note("broken", x)
    raise ZeroDivisionError(x)


def unkept(x: int) -> object:
    return {"a": [object()]}


def read_text(file: str) -> str:
    note("read_text")
    return Path(file).read_text()


def test_a_call_of_the_store_is_the_contract_of_the_readme(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "dir"), layers=())
    assert store.call(plus, 41) == 42
    assert store.lookup(plus, 41).hit


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


def test_a_result_that_is_not_final_is_served_and_not_kept(store: Store) -> None:
    for opened in (store, again(store)):
        assert opened.call(draft, 1) == Draft(1, False)
        assert opened.call(draft, 3) == Draft(3, True)
    assert ran() == ["draft 1", "draft 3", "draft 1"]


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


def test_a_result_stands_beside_that_of_another_content_of_the_file_it_read(
    store: Store, tmp_path: Path
) -> None:
    file = tmp_path / "data"
    for content, expected in (("one", ["read_text"]), ("two", ["read_text"]), ("one", []), ("two", [])):
        file.write_text(content)
        assert again(store).call(read_text, str(file)) == content
        assert ran() == expected


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


def test_a_store_sees_what_another_writes_meanwhile(store: Store) -> None:
    other = again(store)
    store.map(doubles, [1])
    other.map(doubles, [1, 2])
    store.map(doubles, [1, 2, 3])
    assert ran() == ["doubles 1", "doubles 2", "doubles 3"]


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


OTHER_PROCESS = """
import sys
from noted_calls import plus
from store import Store
store = Store(sys.argv[1])
assert store.call(plus, 41) == 42
assert store.stats()["hits"] == 1
"""


def test_another_process_finds_what_this_one_kept(store: Store) -> None:
    store.call(plus, 41)
    if not store.backends[0].shared:
        return
    words = [sys.executable, "-c", OTHER_PROCESS, store.location]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{Path(__file__).parent}"}
    subprocess.run(words, env=environment, check=True, timeout=60)

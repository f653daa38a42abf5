"""What a gc removes, by which condition, and that nobody who is at work notices."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from store import Store
from store.backend.local import LocalBackend
from store.backend.whole import TEMPORARY
from store.gc import LITTER_AGE, Conditions, Decision, Piece, Survey, Total, collect, decide, survey
from store.layers import Layers
from store.layout import entry_name
from store.ledger import Ledger
from store.record import seal
from store.segment import Made, pack_rows
from store.types import Types

DAY = 86400.0


def double(x: int) -> int:
    return 2 * x


def stack(x: int) -> Any:
    return np.full((40, 40), x, np.uint8)


def stacks(items: list[int]) -> list[Any]:
    return [np.full((50, 50), item, np.uint8) for item in items]


def use(store: Store) -> list[Any]:
    """Entries, rows and stacks."""
    grids = store.map(stacks, [1, 2])
    return [store.call(double, 1), int(store.call(stack, 1).sum()), [int(grid.sum()) for grid in grids]]


@pytest.fixture(params=["local", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    local = request.param == "local"
    store = Store(tmp_path / "store" if local else f"memory://{request.node.name}")
    use(store)
    return store


def names(store: Store) -> set[str]:
    return {found.name for found in store.backends[0].walk()}


def decided(store: Store, conditions: Conditions, later: float = 0.0) -> tuple[Survey, Decision]:
    """What a gc would do that comes so many seconds later."""
    now = time.time() + later
    seen = survey(store.backends[0], now)
    return seen, decide(seen, conditions, now)


def run(store: Store, conditions: Conditions, later: float = 0.0) -> Total:
    return collect(store.backends[0], *decided(store, conditions, later))


def going(decision: Decision) -> set[tuple[str, str, str]]:
    return {(piece.kind, piece.stage, reason) for piece, reason in decision.going}


def test_without_conditions_a_whole_store_stays(store: Store) -> None:
    before = names(store)
    assert run(store, Conditions(), later=100 * DAY) == (0, 0)
    assert names(store) == before


def test_what_was_set_aside_always_goes(store: Store) -> None:
    before = names(store)
    store.backends[0].put("aside/entries.x", b"bad")
    assert run(store, Conditions()) == (1, 3)
    assert names(store) == before


def test_a_lease_that_nobody_renews_goes_and_another_stays(store: Store) -> None:
    lease = f"leases/{'0f' * 16}"
    store.backends[0].put(lease, b"claimed")
    assert run(store, Conditions()) == (0, 0)
    assert run(store, Conditions(), later=LITTER_AGE + 60) == (1, 7)
    assert lease not in names(store)


def test_parts_of_a_killed_writer_go_after_an_hour(tmp_path: Path) -> None:
    store = Store(tmp_path)
    old, young = tmp_path / "rows" / f"{TEMPORARY}old", tmp_path / f"{TEMPORARY}young"
    old.parent.mkdir()
    for part in (old, young):
        part.write_bytes(b"part")
    os.utime(old, (time.time() - LITTER_AGE - 60,) * 2)
    _, decision = decided(store, Conditions())
    assert [(piece.name, reason) for piece, reason in decision.going] == [
        (f"rows/{TEMPORARY}old", "left by a killed writer")
    ]
    run(store, Conditions())
    assert (old.exists(), young.exists()) == (False, True)


def test_older_than_takes_everything_of_that_age_and_leaves_a_store(store: Store) -> None:
    _, decision = decided(store, Conditions(older_than=DAY), later=DAY - 60)
    assert decision.going == ()
    seen, decision = decided(store, Conditions(older_than=DAY), later=DAY + 60)
    assert {kind for kind, _, _ in going(decision)} == {"entries", "rows", "arrays", "runs"}
    assert decision.staying == ()
    before = names(store)
    removed = collect(store.backends[0], seen, decision)
    assert removed.objects == len(before - names(store))
    assert names(store) <= {"memoflow.json", "leases/lock"}
    again = Store(store.location)
    assert use(again) == use(store)
    assert again.stats()["misses"] == 4


def test_nothing_is_left_of_a_stack_that_went(tmp_path: Path) -> None:
    store = Store(tmp_path)
    use(store)
    run(store, Conditions(older_than=0.0), later=1.0)
    assert list(tmp_path.rglob("arrays/*")) == []
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {"memoflow.json", "lock"}


def aged(root: Path, folder: str, age: float) -> None:
    """Let what lies in a folder be as old as that."""
    for path in (root / folder).rglob("*"):
        if path.is_file():
            os.utime(path, (time.time() - age,) * 2)


def test_only_what_is_old_goes_and_stacks_that_are_named_stay(tmp_path: Path) -> None:
    store = Store(tmp_path)
    use(store)
    for folder in ("entries", "arrays"):
        aged(tmp_path, folder, 2 * DAY)
    run(store, Conditions(older_than=DAY))
    again = Store(tmp_path)
    use(again)
    assert (again.stats()["hits"], again.stats()["misses"]) == (2, 2), "rows hit, calls are computed again"
    assert again.stats()["corrupt"] == 0


def test_max_size_takes_the_oldest_until_it_is_enough(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for item in range(8):
        store.call(stack, item)
        entry = max((tmp_path / "entries/stack").rglob("*/*"), key=lambda path: path.stat().st_mtime)
        os.utime(entry, (time.time() - DAY + 60 * item,) * 2)
    for folder in ("entries/source", "runs"):
        aged(tmp_path, folder, 2 * DAY)
    everything = Total.of(decided(store, Conditions())[1].staying)
    seen, all_fits = decided(store, Conditions(most_bytes=everything.bytes))
    assert all_fits.going == ()
    entries = {piece.name: piece for piece in seen.records if piece.stage == "stack"}
    by_age = sorted(entries, key=lambda name: entries[name].modified)
    wanted = sum(
        entries[name].size + sum(seen.stacks[each].size for each in entries[name].stacks or ())
        for name in by_age[5:]
    )
    run(store, Conditions(most_bytes=wanted + 10))
    left = Total.of(decided(store, Conditions())[1].staying)
    assert left.bytes == wanted
    again = Store(tmp_path)
    assert [again.lookup(stack, item).hit for item in range(8)] == [False] * 5 + [True] * 3
    assert int(again.call(stack, 7)[0, 0]) == 7
    run(store, Conditions(most_bytes=0))
    assert decided(store, Conditions())[1].staying == ()


def record(name: str, *named: str, age: float = 0.0, func: str = "m:f", code: str = "") -> Piece:
    return Piece(f"entries/f/00/{name}", (f"entries/f/00/{name}",), 10, -age, func, code, named)


def stack_piece(name: str, age: float = 0.0) -> Piece:
    return Piece(f"arrays/{name}", (f"arrays/{name}/zarr.json",), 100, -age)


def seen_as(records: Iterable[Piece], *stacks: Piece) -> Survey:
    return Survey(tuple(records), {piece.name.partition("/")[2]: piece for piece in stacks}, ())


def test_a_stack_goes_with_the_last_record_that_names_it() -> None:
    records = [record("a", "s", age=2 * DAY), record("b", "s", "t"), record("c", "u", age=2 * DAY)]
    seen = seen_as(records, *(stack_piece(name) for name in "stu"))
    decision = decide(seen, Conditions(older_than=DAY), 0.0)
    assert {piece.name for piece, _ in decision.going} == {records[0].name, records[2].name, "arrays/u"}
    assert {piece.name for piece in decision.staying} == {records[1].name, "arrays/s", "arrays/t"}


def test_a_stack_that_nobody_names_goes_after_an_hour() -> None:
    """A writer puts stacks before the record that names them."""
    seen = seen_as([record("a")], stack_piece("old", LITTER_AGE + 1), stack_piece("young", LITTER_AGE - 1))
    decision = decide(seen, Conditions(), 0.0)
    assert [piece.name for piece, _ in decision.going] == ["arrays/old"]


def test_no_stack_goes_while_a_record_that_stays_cannot_be_read() -> None:
    unreadable = Piece("entries/f/00/a", ("entries/f/00/a",), 10, 0.0, stacks=None)
    old = stack_piece("s", DAY)
    assert decide(seen_as([unreadable], old), Conditions(), 0.0).going == ()
    assert len(decide(seen_as([unreadable], old), Conditions(older_than=0.0), 0.0).going) == 2


def test_unreachable_takes_results_of_other_code_and_keeps_unknown_functions() -> None:
    records = [
        record("old", code="0"), record("new", code="1"), record("other", func="m:g", code="0"),
        record("source", func=""), record("again", func="m:g", code="2"),
    ]  # fmt: skip
    decision = decide(seen_as(records), Conditions(current={"m:f": "1"}), 0.0)
    assert [(piece.name, reason) for piece, reason in decision.going] == [("entries/f/00/old", "unreachable")]
    assert decision.unknown == {"m:g": 2}


def test_records_say_which_code_made_them(store: Store) -> None:
    codes = {f"{func.__module__}:{func.__name__}": store.keys.code(func).digest for func in (stack, stacks)}
    assert decided(store, Conditions(current=codes))[1].going == ()
    codes[f"{__name__}:stack"] = "00" * 16
    assert going(decided(store, Conditions(current=codes))[1]) == {
        ("entries", "stack", "unreachable"), ("arrays", "", "named by nothing that stays")
    }  # fmt: skip


def test_a_stack_that_is_named_after_the_survey_stays(store: Store) -> None:
    seen, decision = decided(store, Conditions(older_than=0.0), later=1.0)
    (name,) = (piece.stacks for piece in seen.records if piece.stage == "stack")
    assert name
    late = entry_name("late", "ab" * 16)
    payload = pack_rows(
        Layers(store.backends, Ledger(store.backends[0])),
        [(b"k" * 16, b"d" * 16, stack(1))],
        Types(),
        Made("m:f", "00" * 16, 0.0),
    )
    store.backends[0].put(late, seal(late, payload))
    collect(store.backends[0], seen, decision)
    assert {found for found in names(store) if found.startswith(f"arrays/{name[0]}/")}
    assert late in names(store)


def test_nothing_that_a_store_names_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bait.py").write_text("raise SystemExit")
    monkeypatch.syspath_prepend(tmp_path)
    backend = LocalBackend(tmp_path / "store")
    name = entry_name("f", "ab" * 16)
    layers = Layers([backend], Ledger(backend))
    rows = [(b"k" * 16, b"d" * 16, 1)]
    backend.put(name, seal(name, pack_rows(layers, rows, Types(), Made("bait:f", "00" * 16, 0.0))))
    seen = survey(backend, time.time())
    assert [piece.func for piece in seen.records] == ["bait:f"]
    assert decide(seen, Conditions(current={"m:f": "1"}), time.time()).unknown == {"bait:f": 1}
    assert "bait" not in sys.modules


@pytest.mark.parametrize("moment", ["open", "link"])
@pytest.mark.parametrize("way", ["unnamed", "named"])
def test_a_put_whose_folder_is_removed_meanwhile_is_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, way: str
) -> None:
    """As a gc does when it removes the last object of a folder."""
    removed: list[str] = []
    real = getattr(os, moment)

    def removing(*args: Any, **options: Any) -> Any:
        with contextlib.suppress(OSError):
            if len(removed) < 3:
                (tmp_path / "folder").rmdir()
                removed.append(moment)
        return real(*args, **options)

    monkeypatch.setattr(os, moment, removing)
    backend = LocalBackend(tmp_path, unnamed=way == "unnamed")
    assert backend.put("folder/name", b"whole")
    assert len(removed) == (0 if (moment, way) == ("link", "named") else 3)
    assert backend.read("folder/name") == b"whole"

"""Runs are found by what users call them, and what a ledger holds is believed only where it makes sense."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import stages
from command_line import read_json, run_here

from flows import Flow
from flows.errors import BadSettings
from flows.runs.compare import compare
from flows.runs.outcomes import Outcome, RunRecord, find_run, run_records
from store import Store
from store.backend.local import LocalBackend
from store.fingerprint import Fingerprint, Part
from store.ledger import Ledger
from store.past import find_codes

IDS = ["20260101T000000.000001-1-aa", "20260101T000000.000002-2-bb", "20260102T000000.000003-3-cc"]
COUNTS = {
    "nodes": {"propose": {"executed": 1, "hit": 2}, "score": {"executed": 4, "hit": 8}},
    "rows": {"validate": {"executed": 16, "hit": 32}},
}


def event(**changes: Any) -> dict[str, Any]:
    usual = {
        "event": "run",
        "started": "2026-01-01T00:00:00+00:00",
        "settings": {"seed": 0},
        "functions": {"m:f": "one"},
        "outcomes": [["p1", True, False, "solve_a", 2, 2000, "aa", "bb"]],
        "counts": COUNTS,
    }
    return {**usual, **changes}


def write(store: Path, run: str, events: Iterable[Any]) -> None:
    (store / "runs").mkdir(exist_ok=True)
    lines = [each if isinstance(each, str) else json.dumps(each) for each in events]
    (store / "runs" / f"{run}.jsonl").write_text("\n".join(lines) + "\n")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with three runs of which the second was killed."""
    place = tmp_path / "store"
    Store(place)
    write(place, IDS[0], [event()])
    write(place, IDS[1], [{"event": "corrupt", "name": "n", "reason": "r"}])
    write(place, IDS[2], [event(settings={"seed": 1})])
    return place


@pytest.mark.parametrize(
    ("name", "run"),
    [
        (IDS[0], IDS[0]),
        (IDS[2], IDS[2]),
        ("20260102", IDS[2]),
        (IDS[0][:22], IDS[0]),
        ("last", IDS[2]),
        ("last~0", IDS[2]),
        ("last~1", IDS[0]),
    ],
)
def test_a_run_is_found_by_id_beginning_and_age(store: Path, name: str, run: str) -> None:
    assert find_run(LocalBackend(store), name).run == run


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("20260101", ["begins 2 runs", IDS[0], IDS[1]]),
        ("20270101T000000.000001-1-aa", ["is no run", "nearest", IDS[0]]),
        ("", ["is no run", IDS[0]]),
        ("../runs/x", ["is no run"]),
        (IDS[1], ["has no outcome", "memoflow store runs"]),
        ("last~2", ["first run", "memoflow store runs"]),
        ("last~99999999999", ["is no run"]),
        ("last~x", ["is no run"]),
    ],
)
def test_what_is_no_run_is_refused_in_one_line(store: Path, name: str, words: list[str]) -> None:
    said = run_here("store", "diff", name, "last", "--store", store)
    line = said.complaint()
    assert said.code == 2
    assert [word for word in words if word not in line] == []


def test_a_store_without_runs_has_none_to_offer(tmp_path: Path) -> None:
    Store(tmp_path / "store")
    for name in ("last", "2026"):
        with pytest.raises(BadSettings):
            find_run(LocalBackend(tmp_path / "store"), name)


def test_runs_are_listed_newest_first_with_their_counts(store: Path, tmp_path: Path) -> None:
    said = run_here("store", "runs", "--store", store, "--json", tmp_path / "runs.json")
    assert (said.code, said.err) == (0, "")
    head, _, *rows = said.out.splitlines()
    assert head.split("  ")[0] == "run"
    assert [row.split() for row in rows] == [
        [IDS[2], "1", "1", "0", "21", "42"],
        [IDS[1]],
        [IDS[0], "1", "1", "0", "21", "42"],
    ]
    assert max(map(len, said.out.splitlines())) <= 80
    listed = read_json(tmp_path / "runs.json")["runs"]
    assert [each["run"] for each in listed] == IDS[::-1]
    assert listed[0]["rows_hit"] == 32
    assert listed[1]["puzzles"] is None


@pytest.mark.parametrize("command", [["runs"], ["diff", "last~1", "last"]])
def test_what_a_ledger_holds_does_not_steer_the_terminal(store: Path, command: list[str]) -> None:
    evil = "\x1b]0;owned\x07\x9b31m\u202e\n\r"
    outcome = [evil, True, True, evil, 1, 1, evil, evil]
    settings = {"seed": evil, evil: 1}
    functions = {f"m:{evil}": evil}
    for run in ("20260103T000000.000001-1-aa", "20260103T000000.000002-1-aa"):
        write(store, run, [event(started=evil, settings=settings, functions=functions, outcomes=[outcome])])
        outcome, settings, functions = [*outcome[:3], f"{evil}b", *outcome[4:]], {}, {}
    write(store, f"20260104{evil[:-2]}", [event(started=evil)])
    command = command if command == ["runs"] else ["diff", "20260103T000000.000001", "20260103T000000.000002"]
    said = run_here("store", *command, "--store", store)
    assert said.code == 0
    assert "owned" in said.out
    assert said.out.replace("\n", "").isprintable()
    assert said.out.count("\n") < 12


BAD = [
    event(outcomes=[["p1"]]),
    event(outcomes=[["p1", 1, False, "a", 2, 2000, "aa", "bb"]]),
    event(outcomes=[[["p1"], True, False, "a", 2, 2000, "aa", "bb"]]),
    event(outcomes=3),
    event(functions=[]),
    event(settings=1),
    event(counts={}),
    event(counts={"nodes": {"a": {"hit": "x", "executed": 1}}, "rows": {}}),
    {"event": "run"},
    '{"event":"run"',
    '["run"]',
]


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_an_outcome_that_makes_no_sense_is_none(store: Path, bad: Any) -> None:
    write(store, IDS[2], [bad])
    assert dict(run_records(LocalBackend(store)))[IDS[2]] is None
    write(store, IDS[2], [bad, event()])
    assert dict(run_records(LocalBackend(store)))[IDS[2]] is not None


def record(run: str = "r", functions: dict[str, str] | None = None, **settings: Any) -> RunRecord:
    return RunRecord(run, "", settings, functions or {}, {}, COUNTS)


def outcome(puzzle: str, **changes: Any) -> Outcome:
    usual: dict[str, Any] = {
        "solved_train": True, "solved_test": True, "best": "a", "exact": 2, "cells": 2000,
        "attempts": "aa", "samples": "bb",
    }  # fmt: skip
    return Outcome(puzzle, **{**usual, **changes})


def with_outcomes(*outcomes: Outcome) -> RunRecord:
    return RunRecord("r", "", {}, {}, {each.puzzle: each for each in outcomes}, COUNTS)


def test_puzzles_are_compared_where_both_runs_finished_them(tmp_path: Path) -> None:
    old = with_outcomes(
        outcome("same"), outcome("lost"), outcome("won", solved_test=False), outcome("best"),
        outcome("tries"), outcome("edited"), outcome("gone"),
    )  # fmt: skip
    new = with_outcomes(
        outcome("same"), outcome("lost", solved_train=False, solved_test=False), outcome("won"),
        outcome("best", best="b", cells=1999), outcome("tries", attempts="cc"),
        outcome("edited", samples="dd"), outcome("fresh"),
    )  # fmt: skip
    said = compare(LocalBackend(tmp_path), old, new).as_json()
    assert said["newly_solved"] == {"train": [], "test": ["won"]}
    assert said["newly_lost"] == {"train": ["lost"], "test": ["lost"]}
    assert [each["puzzle"] for each in said["changed"]] == ["best", "tries"]
    assert said["changed"][0]["old"] == {"best": "a", "exact": 2, "cells": 2000, "attempts": "aa"}
    assert (said["only_old"], said["only_new"]) == (["gone"], ["fresh"])
    assert said["dataset"]["puzzles"] == ["edited"]
    lines = list(compare(LocalBackend(tmp_path), old, new).lines())
    assert "changed best: a (2 exact, 2000 cells) → b (2 exact, 1999 cells)" in lines
    assert "changed tries: a (2 exact, 2000 cells) → a (2 exact, 2000 cells), other attempts" in lines


def test_settings_are_told_apart_from_what_names_the_puzzles(tmp_path: Path) -> None:
    said = compare(
        LocalBackend(tmp_path), record(seed=0, dataset="a", batch=1), record(seed=1, dataset="b", batch=1)
    )
    assert said.as_json()["settings"] == {"seed": [0, 1]}
    assert said.as_json()["dataset"]["settings"] == {"dataset": ["a", "b"]}
    assert "setting seed changed: 0 → 1" in list(said.lines())


def test_code_is_compared_by_the_parts_that_any_run_noted(tmp_path: Path) -> None:
    def code(digest: str, numpy: str, python: str) -> Fingerprint:
        parts = (
            Part("m:f", "function", f"{digest}-f", "m.py:1"),
            Part("numpy", "package", digest, f"numpy {numpy}"),
            Part("python", "python", python, f"Python {python}"),
        )
        return Fingerprint(digest, parts, ())

    Ledger(LocalBackend(tmp_path)).record_code(
        {"m:f": code("one", "2.0", "3.11"), "m:g": code("one", "2.0", "3.11")}
    )
    Ledger(LocalBackend(tmp_path)).record_code(
        {"m:f": code("two", "2.1", "3.12"), "m:g": code("two", "2.1", "3.12")}
    )
    old, new = ({"m:f": digest, "m:g": digest} for digest in ("one", "two"))
    said = compare(LocalBackend(tmp_path), record(functions=old), record(functions=new)).as_json()
    assert [(each["name"], each["where"]) for each in said["functions"]] == [("m:f", "m.py:1")]
    assert [(each["old"], each["new"]) for each in said["packages"]] == [("2.0", "2.1")]
    assert [(each["old"], each["new"]) for each in said["python"]] == [("3.11", "3.12")]


def test_code_that_no_run_noted_is_named_by_its_function(tmp_path: Path) -> None:
    said = compare(
        LocalBackend(tmp_path), record(functions={"m:f": "one"}), record(functions={"m:f": "two", "m:g": "x"})
    )
    assert [(each["name"], each["old"], each["new"]) for each in said.as_json()["functions"]] == [
        ("m:f", "one", "two"),
        ("m:g", "", "x"),
    ]


def one_way(item: int) -> list[object]:
    return [stages.double]


def another_way(item: int) -> list[object]:
    return [*one_way(item)]


def test_code_is_noted_also_where_a_run_finds_all_it_needs_under_it(tmp_path: Path) -> None:
    """Else nobody could tell later what had changed."""
    flow = Flow(Store(tmp_path / "store"))
    flow.run(flow.map(stages.scaled, [1, 2], deps=one_way, factor=2), workers=0)
    again = Flow(Store(tmp_path / "store"))
    assert not again.run(again.map(stages.scaled, [1, 2], deps=another_way, factor=2), workers=0).executed
    code = again.store.keys.code(another_way).digest
    wanted = {(f"{__name__}:another_way", code)}
    assert find_codes(LocalBackend(tmp_path / "store"), wanted).keys() == wanted

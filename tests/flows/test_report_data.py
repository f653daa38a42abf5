"""What a report says: from the ledger, the store and the data set, and what it says where they are gone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import finished_run
import numpy as np
import pytest
from command_line import read_json, run_here, write_puzzle, write_puzzles
from finished_run import finish, scored

from flows.runs.noted import Noted
from store import Store
from tasks.puzzle import Puzzle, load

SOLVED, NEAR, EXACT, FAR = "mirror0", "mirror1", "mirror2", "mirror3"
FAILED = "mirror4"


@pytest.fixture
def puzzles(tmp_path: Path) -> dict[str, Puzzle]:
    return dict(load(str(write_puzzles(tmp_path / "puzzles", 5)), "training"))


@pytest.fixture
def place(tmp_path: Path, puzzles: dict[str, Puzzle]) -> Path:
    """A store with a run that solved one puzzle of five, and failed at one."""
    results = {
        SOLVED: scored(puzzles[SOLVED], True, 2, 1000),
        NEAR: scored(puzzles[NEAR], False, 0, 950),
        EXACT: scored(puzzles[EXACT], False, 1, 300),
        FAR: scored(puzzles[FAR], False, 0, 949),
    }
    store = Store(tmp_path / "store")
    failures = {FAILED: "it broke"}
    finish(store, puzzles, results, {SOLVED}, failures, dataset=str(tmp_path / "puzzles"))
    return tmp_path / "store"


def reported(store: Path, *arguments: object) -> Any:
    """The JSON of a report of a store's last run."""
    out = store.parent / "report.html"
    said = run_here("report", *arguments, "--store", store, "--out", out)
    assert (said.code, said.err) == (0, "")
    return read_json(out.with_name("report.html.json"))


def by_id(report: Any) -> dict[str, Any]:
    return {each["id"]: each for each in report["puzzles"]}


def test_puzzles_are_solved_near_far_or_in_error(place: Path) -> None:
    report = reported(place)
    found = {name: each["status"] for name, each in by_id(report).items()}
    assert found == {SOLVED: "solved", NEAR: "near", EXACT: "near", FAR: "far", FAILED: "error"}
    assert report["header"]["statuses"] == {"solved": 1, "near": 2, "far": 1, "error": 1}
    assert by_id(report)[FAILED]["note"] == "RuntimeError: it broke"
    assert (report["header"]["puzzles"], report["header"]["solved_test"]) == (5, 1)


def test_a_puzzle_has_its_samples_attempts_programs_and_what_they_lack(
    place: Path, puzzles: dict[str, Puzzle]
) -> None:
    told, puzzle = by_id(reported(place))[SOLVED], puzzles[SOLVED]
    assert [grids(pair["output"]) for pair in told["train"]] == [o.tolist() for _, o in puzzle.train_pairs]
    (test,) = told["test"]
    assert grids(test["truth"]) == puzzle.test[0].output.tolist()  # type: ignore[union-attr]  # it is known
    assert test["right"] == [False, True]
    assert test["attempts"][1] == test["truth"]
    program = told["programs"][0]
    assert program["source"].startswith("def program(I):\n")
    assert (program["exact"], program["cells"]) == (2, 1000)
    assert program["differs"][0] == ["cells", 1000, "sample 1: solve_it"]
    assert told["outcomes"] == {"returned": 300, "raised": 195}
    assert told["refused"] == ["refused solve_it, line 3: no call"]


def grids(text: str) -> list[list[int]]:
    return [[int(cell) for cell in row] for row in text.split("/")]


def test_the_header_counts_hits_and_seconds_and_phases_add_up(place: Path) -> None:
    report = reported(place)
    header = report["header"]
    assert header["hit_rate"] == (495 * 4 + 6 * 4) / (495 * 4 + 6 * 4 + 7 + 6)
    assert (header["wall_s"], header["cpu_s"], header["saved_s"]) == (4.0, 9.0, 2.0)
    assert sum(phase["wall_s"] for phase in report["phases"]) == header["wall_s"]
    assert {"memoflow", "python", "numpy", "bokeh"} <= header["versions"].keys()
    assert header["settings"]["split"] == "training"


def test_misses_name_what_changed_and_the_slowest_are_listed(place: Path) -> None:
    report = reported(place)
    (miss,) = report["misses"]
    assert (miss["stage"], miss["count"]) == ("validate", 7)
    assert miss["reason"].startswith("function ")
    assert miss["changed"] == [f"m:{finished_run.HOSTILE}"]
    assert [report["slow_nodes"][0][key] for key in ("stage", "rows", "executed", "seconds")] == [
        "validate", 495, 495, 2.5,
    ]  # fmt: skip
    assert report["slow_programs"][0] == {"puzzle": SOLVED, "name": "solve_it_0", "cpu_s": 0.25}


def test_a_report_changes_nothing_in_the_store(place: Path) -> None:
    before = {file: file.read_bytes() for file in place.rglob("*") if file.is_file()}
    (spoilt, *_) = (place / "entries" / "target").rglob("*/*")
    before[spoilt] = b"spoilt"
    spoilt.write_bytes(b"spoilt")
    report = reported(place)
    assert sum(not each["programs"] for each in report["puzzles"]) == 2
    assert {file: file.read_bytes() for file in place.rglob("*") if file.is_file()} == before


def test_puzzles_that_are_gone_are_not_drawn_and_the_report_says_so(place: Path) -> None:
    shutil.rmtree(place.parent / "puzzles")
    report = reported(place)
    (note,) = report["notes"]
    assert "not drawn" in note
    told = by_id(report)[SOLVED]
    assert (told["status"], told["train"], told["nearness"]) == ("solved", [], -1)
    assert len(told["test"][0]["attempts"]) == 2
    assert told["programs"]


def test_a_puzzle_that_is_another_one_now_is_not_taken_for_the_old_one(place: Path) -> None:
    write_puzzle(place.parent / "puzzles" / f"{SOLVED}.json", 99)
    (place.parent / "puzzles" / f"{NEAR}.json").write_text("{}")
    report = by_id(reported(place))
    for name in (SOLVED, NEAR):
        assert report[name]["train"] == []
        assert report[name]["note"] == "the data set no longer has it as it was"
    assert report[FAR]["train"]


def test_results_that_are_gone_leave_what_came_of_the_puzzles(place: Path) -> None:
    shutil.rmtree(place / "entries" / "target")
    report = reported(place)
    assert "results of 4 puzzles are no longer in the store" in report["notes"][0]
    told = by_id(report)[NEAR]
    assert (told["status"], told["best"], told["nearness"]) == ("near", "solve_it_0", 950)
    assert told["note"] == "its results are no longer in the store"
    assert told["train"]


def test_a_run_is_compared_with_the_one_before_or_another(place: Path, puzzles: dict[str, Puzzle]) -> None:
    assert reported(place)["compared"] is None
    results = {name: scored(puzzles[name], False, 0, 100) for name in (SOLVED, NEAR)}
    data = str(place.parent / "puzzles")
    finish(Store(place), puzzles, results, {NEAR}, dataset=data, seed=1)
    finish(Store(place), puzzles, results, (), dataset="arcagi2")
    report = reported(place, "last~1")
    compared = report["compared"]
    assert (compared["newly_solved"], compared["newly_lost"]) == ([NEAR], [SOLVED])
    assert compared["only_old"] == [EXACT, FAR]
    assert compared["causes"] == ["setting seed: None → 1"]
    assert by_id(report)[NEAR]["change"] == "newly solved"
    assert reported(place, "last~1", "--against", "last~1")["compared"]["newly_lost"] == []


@pytest.mark.parametrize(
    "counts", [{}, {"nodes": {"a": {"hit": 1, "executed": 1}}, "rows": {}, "phases": 3}], ids=str
)
def test_a_damaged_ledger_is_refused_in_one_line(place: Path, counts: Any) -> None:
    event = {**json.loads(last_event(place)), "counts": counts}
    (place / "runs" / "20990101T000000.000001-1-aa.jsonl").write_text(json.dumps(event) + "\n")
    said = run_here("report", "20990101", "--store", place, "--out", place.parent / "r.html")
    assert said.code == 2
    assert "20990101" in said.complaint()


def last_event(place: Path) -> str:
    (file,) = (place / "runs").iterdir()
    return file.read_text().splitlines()[-1]


@pytest.mark.parametrize(
    "bad",
    [
        {"recipes": {"a": 1}},
        {"recipes": {"a": "zz"}},
        {"recipes": 3},
        {"failures": {"a": None}},
        {"misses": [["validate", "7", []]]},
        {"misses": [["validate", 7, [["kind", 1]]]]},
        {"slowest": [["validate", "a", "rows", 1, 1.0]]},
        {"slowest": [["validate"]]},
        {"saved_s": "much"},
    ],
    ids=str,
)
def test_notes_of_other_types_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError)):
        Noted.of(bad)


def test_notes_are_read_as_they_were_written_and_old_runs_have_none(place: Path) -> None:
    event = json.loads(last_event(place))
    noted = Noted.of(event)
    assert json.loads(json.dumps(noted.as_event())) == {key: event[key] for key in noted.as_event()}
    assert Noted.of({}) == Noted()


def test_a_grid_is_a_digit_per_cell_and_a_slash_between_rows() -> None:
    from flows.report.puzzles import grid_text

    assert grid_text(np.array([[1, 2, 3], [0, 9, 0]], np.uint8)) == "123/090"

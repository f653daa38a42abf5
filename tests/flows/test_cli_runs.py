"""Runs by the command line: what they say and write, and that faults on the way cost only themselves."""

from __future__ import annotations

import errno
import os
import stat
import statistics
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cold_run import COUNT, Cold, cold_run
from command_line import ended, on_terminal, read_json, run_here, small_files

from flows.runs.outcomes import find_run
from store import Store
from store.backend.local import LocalBackend
from tasks.dsl import PRIMITIVES
from tasks.outcome import Budget
from tasks.program import parse
from tasks.puzzle import load
from tasks.validate import validate

STAGES = ("propose", "filter", "inline", "validate", "score", "differ", "rank")
ROW_STAGES = ("inline", "validate", "differ")
OUTCOMES = {"returned", "raised", "timed_out", "out_of_memory", "invalid", "killed"}

CONTRACT = {
    "run": str,
    "flow": str,
    "puzzles": int,
    "missing": int,
    "solved_train": int,
    "solved_test": int,
    "candidates": int,
    "unique": int,
    "nodes": dict,
    "rows": dict,
    "outcomes": dict,
    "phases": dict,
    "wall_s": float,
    "cpu_s": float,
    "unaccounted_s": float,
    "store": dict,
    "calibration": list,
}


@pytest.fixture(scope="module")
def cold(tmp_path_factory: pytest.TempPathFactory) -> Cold:
    return cold_run(tmp_path_factory.mktemp("cold"))


def test_a_run_ends_with_0_and_nothing_on_standard_error(cold: Cold) -> None:
    assert (cold.said.code, cold.said.err) == (0, "")


def test_the_json_has_the_keys_of_the_contract(cold: Cold) -> None:
    assert {key: type(value) for key, value in cold.counts.items()} == CONTRACT
    assert cold.counts["flow"] == "arc"


def test_what_a_reference_second_is_here_is_said_where_programs_were_evaluated(cold: Cold) -> None:
    factors = cold.counts["calibration"]
    assert factors
    assert all(0.2 < factor < 100 for factor in factors)
    (line,) = (line for line in cold.said.out.splitlines() if line.startswith("budget"))
    here = 0.5 * statistics.median(factors)
    assert f"0.5 reference seconds ({here:.2f} s of CPU here), 512 MiB" in line


def test_the_json_counts_nodes_rows_and_outcomes(cold: Cold) -> None:
    counts = cold.counts
    assert tuple(counts["nodes"]) == STAGES
    assert tuple(counts["rows"]) == ROW_STAGES
    assert counts["outcomes"].keys() == OUTCOMES
    numbers = [each for kind in ("nodes", "rows") for each in counts[kind].values()]
    assert all(each.keys() == {"executed", "hit"} for each in numbers)
    assert all(type(number) is int for each in [*numbers, counts["outcomes"]] for number in each.values())
    assert counts["puzzles"] == counts["solved_train"] == counts["solved_test"] == COUNT
    assert counts["candidates"] >= counts["unique"] == sum(counts["outcomes"].values())
    assert counts["rows"]["validate"] == {"executed": counts["unique"], "hit": 0}
    assert all(sum(each.values()) == COUNT for each in counts["nodes"].values())


def test_phases_add_up_to_the_wall_clock(cold: Cold) -> None:
    counts = cold.counts
    assert {*STAGES, "import", "load", "plan", "store read", "store write", "report"} <= counts[
        "phases"
    ].keys()
    assert all(spent.keys() == {"wall_s", "cpu_s"} for spent in counts["phases"].values())
    accounted = sum(spent["wall_s"] for spent in counts["phases"].values())
    assert accounted + counts["unaccounted_s"] == pytest.approx(counts["wall_s"], rel=0.01)
    assert counts["unaccounted_s"] < 0.05 * counts["wall_s"]
    assert 0.7 * cold.elapsed_s < counts["wall_s"] < cold.elapsed_s + 0.05


def test_cpu_is_counted_once(cold: Cold) -> None:
    accounted = sum(spent["cpu_s"] for spent in cold.counts["phases"].values())
    assert 0.7 * cold.counts["cpu_s"] < accounted < 1.05 * cold.counts["cpu_s"]


def test_the_tables_name_every_stage_and_phase(cold: Cold) -> None:
    first_words = {line.split()[0] for line in cold.said.out.splitlines() if line.strip()}
    assert {*STAGES, "import", "load", "plan", "report", "unaccounted", "total", "outcomes:"} <= first_words
    assert f"solved_train {COUNT}, solved_test {COUNT}" in cold.said.out


def test_a_submission_has_two_attempts_for_every_test(cold: Cold) -> None:
    assert cold.submission.keys() == {f"mirror{number}" for number in range(COUNT)}
    assert all(
        list(test) == ["attempt_1", "attempt_2"] for tests in cold.submission.values() for test in tests
    )


def test_a_plan_of_what_was_run_has_nothing_to_do(cold: Cold, tmp_path: Path) -> None:
    said = run_here("plan", "arc", *cold.options, "--json", tmp_path / "plan.json")
    plan = read_json(tmp_path / "plan.json")
    assert (said.code, said.err) == (0, "")
    assert tuple(plan["nodes"]) == STAGES
    assert all(fates["run"] == fates["pending"] == 0 for fates in plan["nodes"].values())
    assert not any(plan["reasons"].values())
    assert said.out.splitlines()[-1] == "everything hits: a run would compute nothing"


def test_explain_gives_a_line_per_node(cold: Cold) -> None:
    said = run_here("explain", "arc", "mirror1", *cold.options)
    assert list(map(str.split, said.out.splitlines())) == [["mirror1", stage, "hit"] for stage in STAGES]


@pytest.mark.parametrize("command", [["plan", "arc"], ["explain", "arc", "mirror0"]])
@pytest.mark.parametrize("place", ["missing/store", "empty"])
def test_looking_where_no_store_is_finds_everything_new_and_makes_none(
    cold: Cold, tmp_path: Path, command: list[str], place: str
) -> None:
    (tmp_path / "empty").mkdir()
    said = run_here(*command, *cold.options, "--store", tmp_path / place)
    assert (said.code, said.err) == (0, "")
    assert "propose" in said.out
    assert ("there is no store at" in said.out) == (command[0] == "plan")
    assert "hit" not in {word for line in said.out.splitlines()[2:] for word in line.split()}
    assert [path.name for path in tmp_path.rglob("*")] == ["empty"]


def test_looking_where_no_store_is_still_looks_into_layers(cold: Cold, tmp_path: Path) -> None:
    options = [
        "--dataset",
        cold.folder / "puzzles",
        "--store",
        tmp_path / "new",
        "--layer",
        cold.folder / "store",
    ]
    said = run_here("explain", "arc", "mirror0", *options)
    assert [line.split()[2:] for line in said.out.splitlines()] == [["hit"]] * len(STAGES)


def test_the_outcome_of_a_run_is_in_the_ledger(cold: Cold) -> None:
    record = find_run(LocalBackend(cold.folder / "store"), cold.counts["run"])
    assert record.settings["split"] == "training"
    assert record.outcomes.keys() == {f"mirror{number}" for number in range(COUNT)}
    assert all(each.solved_train and each.solved_test and each.best for each in record.outcomes.values())
    assert {key: value for key, value in record.counts.items() if key != "store"} == {
        key: value for key, value in cold.counts.items() if key != "store"
    }
    assert {name.partition(":")[2] for name in record.functions} >= set(STAGES)


def test_a_report_says_what_the_json_says_and_later_what_it_said_at_once(cold: Cold, tmp_path: Path) -> None:
    store = ["--store", cold.folder / "store"]
    assert run_here("report", *store, "--out", tmp_path / "cold.html").code == 0
    told, counts = read_json(tmp_path / "cold.html.json"), cold.counts
    assert told["header"]["run"] == counts["run"]
    assert told["header"]["solved_test"] == counts["solved_test"] == told["header"]["statuses"]["solved"]
    assert sum(each["wall_s"] for each in told["phases"]) == pytest.approx(counts["wall_s"], abs=0.01)
    assert sum(each["count"] for each in told["misses"]) == sum(
        counts["rows"].get(stage, nodes)["executed"] for stage, nodes in counts["nodes"].items()
    )
    assert {each["reason"] for each in told["misses"]} == {"new"}
    assert run_here("run", "arc", *cold.options, "--report", tmp_path / "at_once.html").code == 0
    assert run_here("report", *store, "--out", tmp_path / "later.html").code == 0
    later = read_json(tmp_path / "later.html.json")
    assert read_json(tmp_path / "at_once.html.json") == later
    assert (later["header"]["hit_rate"], later["misses"]) == (1.0, [])
    assert later["header"]["saved_s"] > 0
    assert later["compared"]["run"] == counts["run"]


def test_long_work_shows_a_progress_bar_on_a_terminal(cold: Cold) -> None:
    shown = on_terminal(lambda: ended(["store", "verify", *cold.options[2:4]]))
    assert "objects" in shown
    assert "\x1b[" in shown


def test_a_repeat_says_nothing_on_a_terminal_while_it_runs(cold: Cold) -> None:
    assert on_terminal(lambda: ended(["run", "arc", *cold.options])) == ""


@pytest.mark.parametrize(("voice", "lines"), [("--quiet", 0), ("--verbose", COUNT)])
def test_a_voice_says_how_much_is_said(cold: Cold, voice: str, lines: int) -> None:
    said = run_here("run", "arc", *cold.options, voice)
    assert (said.code, len(said.err.splitlines())) == (0, lines)
    assert bool(said.out) == (voice == "--verbose")
    assert all(line.startswith("mirror") for line in said.err.splitlines())


def no_space(backend: LocalBackend, name: str, data: bytes) -> bool:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_store_that_takes_nothing_costs_no_result(
    cold: Cold, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "store"
    Store(store)
    monkeypatch.setattr(LocalBackend, "put", no_space)
    files = ["--json", tmp_path / "counts.json", "--submission", tmp_path / "submission.json"]
    said = run_here("run", "arc", *cold.options, "--store", store, *files)
    assert said.code == 1
    assert str(store) in said.complaint()
    assert "could not be stored" in said.complaint()
    assert read_json(tmp_path / "submission.json") == cold.submission
    assert read_json(tmp_path / "counts.json")["outcomes"] == cold.counts["outcomes"]


def test_a_disk_that_takes_only_some_results_costs_none(cold: Cold, tmp_path: Path) -> None:
    options = [*cold.options, "--store", tmp_path / "store", "--submission", tmp_path / "submission.json"]
    # Of this process alone: the sandbox, whose memory counts as files, has to be up before.
    puzzle = load(str(cold.folder / "puzzles"), "training")["mirror0"]
    form = parse("def program(I):\n    return I\n", frozenset(PRIMITIVES))
    validate([form], puzzle.train, puzzle.questions, Budget())
    with small_files(1 << 14):
        said = run_here("run", "arc", *options)
    assert said.code == 1
    assert "could not be stored" in said.complaint()
    assert "File too large" in said.complaint()
    assert read_json(tmp_path / "submission.json") == cold.submission
    assert any((tmp_path / "store" / "rows" / "validate").rglob("*.seg"))
    again = run_here("run", "arc", *options, "--json", tmp_path / "counts.json")
    assert (again.code, again.err) == (0, "")
    assert read_json(tmp_path / "counts.json")["rows"]["validate"]["hit"] > 0
    assert read_json(tmp_path / "submission.json") == cold.submission


@pytest.mark.parametrize("option", ["--json", "--submission"])
def test_an_output_that_fails_at_the_end_is_left_out_and_told(
    cold: Cold, tmp_path: Path, option: str
) -> None:
    with small_files(64):
        said = run_here("run", "arc", *cold.options, option, tmp_path / "out.json")
    assert said.code == 1
    assert f"{tmp_path / 'out.json'} could not be written (File too large)" in said.complaint()
    assert f"solved_test {COUNT}" in said.out
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_is_written_to_and_not_replaced(cold: Cold, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        received = pool.submit(read_json, pipe)
        assert run_here("run", "arc", *cold.options, "--json", pipe).code == 0
        assert received.result()["puzzles"] == COUNT
    assert stat.S_ISFIFO(pipe.stat().st_mode)

"""A deadline ends a run in time, with what is finished and everything that was computed kept."""

from __future__ import annotations

import time
from pathlib import Path

import kaggle
import pytest
import stages
from command_line import read_json, run_apart, run_here, write_puzzles

from flows import Flow
from flows.clock import Clock
from flows.execution.cluster import Cluster
from flows.execution.deadline import Deadline
from flows.execution.executor import InProcess
from flows.execution.room import Room
from store import Store

COMMAND = ["-c", "from flows.cli import main; main()"]


@pytest.mark.parametrize(
    ("seconds", "age", "left", "admits"),
    [
        pytest.param(0, 1e9, None, True, id="none"),
        pytest.param(41400, 0, 41385, True, id="hours-leave-a-quarter-of-a-minute-to-close"),
        pytest.param(41400, 41320, 65, True, id="a-minute-before-that-targets-are-admitted"),
        pytest.param(41400, 41330, 55, False, id="then-those-in-flight-have-grace"),
        pytest.param(41400, 41386, 0, False, id="and-are-given-up"),
        pytest.param(100, 84, 11, True, id="of-short-ones-a-tenth-is-grace"),
        pytest.param(100, 86, 9, False, id="of-short-ones-a-twentieth-is-left"),
        pytest.param(4, 0, 0, False, id="too-short-for-anything"),
    ],
)
def test_the_time_before_a_deadline_is_shared_out(
    seconds: float, age: float, left: float | None, admits: bool
) -> None:
    deadline = Deadline(seconds, Clock(before=age))
    assert deadline.admits() is admits
    assert deadline.passed() is (left == 0)
    assert deadline.left() == (None if left is None else pytest.approx(left, abs=0.5))


def test_a_deadline_gives_up_what_hangs_and_keeps_what_is_finished(tmp_path: Path) -> None:
    flow, cluster = Flow(Store(tmp_path / "store")), Cluster(2)
    nodes = [flow.node(stages.numbers, 3), flow.map(stages.held, [1], gate=str(tmp_path / "never"))]
    clock = Clock()
    runner = flow.runner(lambda: cluster, clock, deadline=Deadline(8, clock))
    assert [finished.value for finished in runner.stream(nodes)] == [[0, 1, 2]]
    assert clock.total().wall_s < 8
    assert flow.run(nodes[0], workers=0).executed.total() == 0


def test_a_target_is_not_begun_without_time_for_it(tmp_path: Path) -> None:
    clock, flow = Clock(before=100), Flow(Store(tmp_path / "store"))
    runner = flow.runner(InProcess, clock, Room(), Deadline(110, clock))
    assert list(runner.stream([flow.node(stages.numbers, 3)])) == []


def test_a_run_that_its_deadline_ends_hands_in_a_valid_submission_and_goes_on_next_time(
    tmp_path: Path,
) -> None:
    """In a process of its own, since a deadline counts from its start; a slow one may finish nothing."""
    count, submission, said = 80, tmp_path / "submission.json", tmp_path / "counts.json"
    config = tmp_path / "profile.toml"
    config.write_text("window = 1\n", encoding="utf-8")
    options = ["--dataset", write_puzzles(tmp_path / "puzzles", count), "--store", tmp_path / "store"]
    options += ["--config", config, "--workers", 0, "--submission", submission, "--json", said]
    started = time.monotonic()
    ended = run_apart(COMMAND, "run", "arc", *options, "--deadline", "11s")
    assert time.monotonic() - started < 11
    missing = read_json(said)["missing"]
    assert ended.code == 0, ended.err
    assert 0 < missing <= count
    assert f"the deadline came with {missing} of {count} puzzles missing" in ended.complaint()
    assert kaggle.faults(submission.read_text(), {f"mirror{seed}": 1 for seed in range(count)}) == []
    again = max(1, count - missing)
    run_here("run", "arc", *options, "--limit", again)
    assert read_json(said)["missing"] == 0
    assert read_json(said)["nodes"]["score"]["hit"] >= count - missing

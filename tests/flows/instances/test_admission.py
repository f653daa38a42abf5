"""Which target comes next where others hold some: those that are free, and the others when they are."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import stages

from flows import Flow
from flows.clock import Clock
from flows.execution.executor import InProcess
from flows.execution.room import Room
from flows.node import Node
from flows.state.target import Finished
from store import Store


@pytest.fixture
def flow(tmp_path: Path) -> Flow:
    return Flow(Store(tmp_path / "store"))


def lease_of(index: int) -> str:
    return f"work/{index}"


def targets(flow: Flow, count: int) -> list[Node]:
    return [flow.node(stages.double, number) for number in range(count)]


def stream(flow: Flow, count: int, window: int = 8) -> Iterator[Finished]:
    """What a run of some targets gives, as it finishes."""
    runner = flow.runner(InProcess, Clock(), Room(window))
    return runner.stream(targets(flow, count), lease_of)


def held(flow: Flow, *indices: int) -> list[Callable[[], None]]:
    """Have the leases of some targets, as another run has."""
    frees = [flow.store.leases.take(lease_of(index)) for index in indices]
    assert None not in frees
    return [free for free in frees if free is not None]


def test_what_another_holds_is_put_aside_and_taken_when_it_is_free(flow: Flow) -> None:
    first, third = held(flow, 0, 2)
    finished = stream(flow, 5)
    assert {next(finished).index for _ in range(3)} == {1, 3, 4}
    third()
    assert next(finished).index == 2
    first()
    (last,) = finished
    assert (last.index, last.value, last.recorded) == (0, 0, False), "its holder died, so it is computed here"


def test_what_another_finished_meanwhile_is_a_hit(flow: Flow) -> None:
    (free,) = held(flow, 0)
    finished = stream(flow, 2)
    assert next(finished).index == 1
    assert flow.run(targets(flow, 1), workers=0).value == [0]
    free()
    (last,) = finished
    assert (last.index, last.value, last.recorded) == (0, 0, True)
    assert [member.executed for member in last.members] == [0]


def test_what_another_finished_while_the_lease_was_asked_for_is_a_hit(flow: Flow) -> None:
    """It had no record when it was looked at, and has one when its lease is had."""

    def finishes(index: int) -> str:
        flow.run(targets(flow, 1), workers=0)
        return lease_of(index)

    runner = flow.runner(InProcess, Clock(), Room(8))
    (finished,) = runner.stream(targets(flow, 1), finishes)
    assert finished.recorded


def test_a_lease_is_kept_until_its_target_is_finished_and_no_longer(flow: Flow) -> None:
    finished = stream(flow, 4, window=2)
    assert next(finished).index == 0
    taken = [flow.store.leases.take(lease_of(index)) for index in range(4)]
    assert [free is None for free in taken] == [False, True, True, False]


def test_a_run_that_ends_early_frees_what_it_held(flow: Flow) -> None:
    finished = stream(flow, 4)
    next(finished)
    finished.close()  # type: ignore[attr-defined]  # it is a generator
    held(flow, 0, 1, 2, 3)


def test_a_target_that_hits_needs_no_lease(flow: Flow) -> None:
    flow.run(targets(flow, 2), workers=0)
    held(flow, 0, 1)
    assert [finished.recorded for finished in stream(flow, 2)] == [True, True]


def test_targets_that_share_a_lease_come_one_after_the_other(flow: Flow) -> None:
    runner = flow.runner(InProcess, Clock(), Room(8))
    finished = runner.stream(targets(flow, 3), lambda index: lease_of(0))
    assert [each.value for each in finished] == [0, 2, 4]


def test_a_run_alone_waits_for_nobody(flow: Flow) -> None:
    for _ in ("cold", "warm"):
        clock = Clock()
        assert len(list(flow.runner(InProcess, clock, Room(8)).stream(targets(flow, 3), lease_of))) == 3
        assert "wait for others" not in clock.phases


def test_waiting_for_others_costs_no_cpu_and_is_accounted_for(flow: Flow) -> None:
    frees = held(flow, *range(50))
    timer = threading.Timer(1.0, lambda: [free() for free in frees])
    clock = Clock()
    runner = flow.runner(InProcess, clock, Room(8))
    timer.start()
    before = time.thread_time()
    finished = runner.stream(targets(flow, 50), lease_of)
    next(finished)
    assert time.thread_time() - before < 0.1
    assert clock.phases["wait for others"].wall_s > 0.8
    assert len(list(finished)) == 49
    timer.join()

"""Plans: what they say is what a run then does, also where rows are shared or stacks are gone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import stages

from flows import Flow, Node
from store import Store


@pytest.fixture
def flow(tmp_path: Path) -> Flow:
    return Flow(Store(tmp_path / "store"))


def again(flow: Flow) -> Flow:
    """The same flow as another process would open it."""
    return Flow(Store(Path(flow.store.location)))


def test_plan_says_what_run_then_executes(flow: Flow) -> None:
    def top() -> Node:
        doubled = flow.map(stages.scaled, flow.node(stages.numbers, 4), factor=2)
        return flow.node(stages.total, doubled)

    assert [tuple(node) for node in flow.plan(top()).nodes] == [
        ("numbers", "run", "new"),
        ("scaled", "pending", "waits for numbers"),
        ("total", "pending", "waits for scaled"),
    ]
    assert flow.run(top(), workers=0).executed.total() == 3
    assert {status for _, status, _ in flow.plan(top()).nodes} == {"hit"}


def test_plan_writes_nothing(flow: Flow) -> None:
    flow.plan(flow.node(stages.double, 1))
    before = {path for path in Path(flow.store.location).rglob("*") if "source" not in path.parts}
    flow.plan(flow.node(stages.total, flow.node(stages.numbers, 3)))
    assert {path for path in Path(flow.store.location).rglob("*") if "source" not in path.parts} == before


def test_rows_that_two_nodes_need_are_planned_once(flow: Flow) -> None:
    nodes = [flow.map(stages.scaled, items, factor=2) for items in ([1, 2, 3], [2, 3, 4], [3, 1])]
    plan = flow.plan([*nodes, flow.node(stages.total, nodes[2])])
    assert [(node.status, node.missing) for node in plan.nodes] == [
        ("run", 3),
        ("run", 1),
        ("pending", 0),
        ("pending", 0),
    ]
    assert plan.nodes[2].reason == "waits for another scaled that needs the same"


@pytest.mark.parametrize("upstream_runs", [True, False])
def test_a_plan_sees_that_an_input_has_lost_its_stack(flow: Flow, upstream_runs: bool) -> None:
    """Whether the reader is known to run, or waits and may."""

    def top(flow: Flow, stage: Callable[[int], int]) -> Node:
        grown = flow.node(stages.grown, 1000)
        return flow.node(stages.weighed, grown, flow.node(stage, 1) if upstream_runs else stage(1))

    flow.run(top(flow, stages.double), workers=0)
    shutil.rmtree(Path(flow.store.location) / "arrays")
    assert [(node.stage, node.status) for node in again(flow).plan(top(flow, stages.parity)).nodes] == [
        ("grown", "run"),
        *([("parity", "run")] if upstream_runs else []),
        ("weighed", "pending"),
    ]


def test_a_plan_sees_that_what_only_a_later_target_reads_has_lost_its_stack(flow: Flow) -> None:
    grown = flow.node(stages.grown, 1000)
    first = flow.node(stages.weighed, grown, 1)
    flow.run(first, workers=0)
    for part in ("arrays", "entries/target"):
        shutil.rmtree(Path(flow.store.location) / part)
    later = flow.node(stages.weighed, grown, flow.node(stages.double, 1))
    statuses = {(node.stage, node.status) for node in again(flow).plan([first, later]).nodes}
    assert statuses == {("grown", "run"), ("double", "run"), ("weighed", "pending")}


def test_a_plan_says_which_nodes_would_fail(flow: Flow) -> None:
    numbers = flow.node(stages.numbers, 3)
    flow.run(numbers, workers=0)
    plan = flow.plan(flow.node(stages.double, flow.node(stages.total, numbers.field("nope"))))
    failure = "fails: AttributeError: 'list' object has no attribute 'nope'"
    assert [tuple(node) for node in plan.nodes] == [
        ("numbers", "hit", "hit"),
        ("total", "run", failure),
        ("double", "run", failure),
    ]


def flip_a_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize("damage", [Path.unlink, flip_a_bit])
def test_a_plan_sees_that_rows_have_lost_their_stacks(flow: Flow, damage: Callable[[Path], None]) -> None:
    flow.run(flow.map(stages.grown_rows, [1000, 2000]), workers=0)
    for chunk in Path(flow.store.location).glob("arrays/*/c*"):
        damage(chunk)
    wider = flow.map(stages.grown_rows, [1000, 2000, 3000])
    assert [(node.status, node.missing) for node in again(flow).plan(wider).nodes] == [("run", 3)]
    assert again(flow).run(wider, workers=0).rows_executed == {"grown_rows": 3}

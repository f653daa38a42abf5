"""Flows of thousands of nodes: however long a chain or wide a node, they plan, run, fail and repeat."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import stages

from flows import Flow, Node, NodeFailed
from store import Store

LENGTH = 2000


@pytest.fixture
def flow(tmp_path: Path) -> Flow:
    return Flow(Store(tmp_path / "store"))


def chain(flow: Flow, stage: Callable[[int], int], first: Node) -> Node:
    """Each of `LENGTH` nodes reads the one before."""
    for _ in range(LENGTH):
        first = flow.node(stage, first)
    return first


def test_a_long_chain_runs_and_hits(flow: Flow) -> None:
    top = chain(flow, stages.successor, flow.node(stages.double, 1))
    assert flow.plan(top).count("pending") == LENGTH
    first = flow.run(top, workers=0)
    assert (first.value, first.executed["successor"]) == (LENGTH + 2, LENGTH)
    assert flow.plan(top).count("hit") == LENGTH + 1
    assert flow.run(top, workers=0).hits["successor"] == LENGTH


def test_a_long_chain_is_found_again_node_by_node(flow: Flow) -> None:
    """Its first node runs, and its other nodes hit one after another as each learns of the one before."""
    top = chain(flow, stages.successor, flow.node(stages.double, 1))
    flow.run(top, workers=0)
    shutil.rmtree(Path(flow.store.location) / "entries" / "target")
    shutil.rmtree(Path(flow.store.location) / "entries" / "double")
    again = flow.run(top, workers=0)
    assert (again.value, again.executed, again.hits) == (
        LENGTH + 2,
        {"double": 1},
        {"successor": LENGTH},
    )


def test_a_failure_reaches_the_end_of_a_long_chain(flow: Flow) -> None:
    top = chain(flow, stages.successor, flow.node(stages.refuse, 7))
    with pytest.raises(NodeFailed, match="no 7 here"):
        flow.run(top, workers=0)


def test_a_node_reads_thousands_of_others(flow: Flow) -> None:
    top = flow.node(stages.total, [flow.node(stages.double, number) for number in range(LENGTH)])
    assert flow.run(top, workers=0).value == LENGTH * (LENGTH - 1)


def test_a_node_that_reads_itself_is_refused(flow: Flow) -> None:
    values: list[object] = [1]
    top = flow.node(stages.total, values)
    values.append(top)
    with pytest.raises(TypeError, match="<Node total> reads its own result"):
        flow.plan(top)

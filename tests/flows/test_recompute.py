"""Hits that are computed again tell which functions are not deterministic; what is stored stays."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import unsteady

from flows import Flow
from flows.errors import BadSettings
from flows.node import Node
from flows.recompute import Recomputed
from store import Store

ROOT = Path(__file__).parents[2]


@pytest.fixture
def flow(tmp_path: Path) -> Flow:
    return Flow(Store(tmp_path / "store"))


def verified(flow: Flow, nodes: Node | list[Node], fraction: float = 1.0, workers: int = 0) -> Recomputed:
    found = flow.run(nodes, workers=workers, verify=fraction).verified
    assert found is not None
    return found


def graph(flow: Flow) -> Node:
    return flow.node(unsteady.total, flow.map(unsteady.doubled, flow.map(unsteady.chances, range(10))))


def test_without_being_asked_nothing_is_computed_again(flow: Flow) -> None:
    assert flow.run(graph(flow), workers=0).verified is None


def test_what_a_run_computed_is_no_hit(flow: Flow) -> None:
    assert verified(flow, graph(flow)) == Recomputed(0, ())


@pytest.mark.parametrize("workers", [0, 1])
def test_functions_that_are_not_deterministic_are_named_below_a_target_that_hits(
    flow: Flow, workers: int
) -> None:
    first = flow.run(graph(flow), workers=0)
    found = verified(flow, graph(flow), workers=workers)
    assert found.checked == 10 + 10 + 1
    assert {each.function for each in found.differing} == {"unsteady:chances"}
    assert sorted(each.item for each in found.differing) == ["1", "3", "5", "7", "9"]
    again = flow.run(graph(flow), workers=0)
    assert again.value == first.value, "what is stored stays"
    assert not again.executed


def test_a_call_is_named_by_file_and_line_with_both_digests(flow: Flow) -> None:
    flow.run(flow.node(unsteady.chance, 3), workers=0)
    (differing,) = verified(flow, flow.node(unsteady.chance, 3)).differing
    assert differing.where.endswith("unsteady.py:26")
    assert differing.stored != differing.computed
    assert str(differing).startswith(f"unsteady:chance ({differing.where}) is not deterministic: ")
    assert (differing.target, differing.item) == (0, "")


def test_targets_are_told_apart(flow: Flow) -> None:
    nodes = [flow.node(unsteady.total, [1]), flow.node(unsteady.chance, 3)]
    flow.run(nodes, workers=0)
    assert [each.target for each in verified(flow, nodes).differing] == [1]


@pytest.mark.parametrize(("fraction", "checked"), [(0.0001, 1), (0.3, 6), (1.0, 21)])
def test_a_fraction_of_the_hits_is_checked_and_one_at_least(
    flow: Flow, fraction: float, checked: int
) -> None:
    flow.run(graph(flow), workers=0)
    first = verified(flow, graph(flow), fraction)
    assert first.checked == checked
    again = verified(flow, graph(flow), fraction)
    assert [(each.function, each.item) for each in first.differing] == [
        (each.function, each.item) for each in again.differing
    ], "the same run draws the same sample"


def test_only_the_hits_of_a_partly_new_node_are_checked(flow: Flow) -> None:
    flow.run(flow.map(unsteady.doubled, range(4)), workers=0)
    assert verified(flow, flow.map(unsteady.doubled, range(10))).checked == 4


def test_a_row_that_two_nodes_share_is_checked_once(flow: Flow) -> None:
    nodes = [flow.map(unsteady.chances, range(count)) for count in (4, 6)]
    flow.run(nodes, workers=0)
    found = verified(flow, nodes)
    assert found.checked == 6
    assert sorted(each.item for each in found.differing) == ["1", "3", "5"]


def test_rows_are_computed_with_the_sampled_items_only(flow: Flow, tmp_path: Path) -> None:
    node = flow.map(unsteady.once, range(50), marker=str(tmp_path / "marker"))
    flow.run(node, workers=0)
    (tmp_path / "marker").touch()
    found = verified(flow, node, 0.1)
    assert found.checked == len(found.differing) == 5
    assert {each.computed for each in found.differing} == {"ValueError: only once"}


def test_results_that_are_not_final_are_not_compared(flow: Flow, tmp_path: Path) -> None:
    node = flow.map(unsteady.settled, range(4), marker=str(tmp_path / "marker"))
    flow.run(node, workers=0)
    (tmp_path / "marker").touch()
    assert verified(flow, node) == Recomputed(0, ())


@pytest.mark.parametrize("fraction", [-0.1, 1.5, float("nan")])
def test_what_is_no_fraction_is_refused(flow: Flow, fraction: float) -> None:
    with pytest.raises(BadSettings, match="from 0 to 1"):
        flow.run(graph(flow), workers=0, verify=fraction)
    assert not (Path(flow.store.location) / "entries" / "total").exists()


def test_output_in_the_order_of_a_hash_seed_is_found_by_another_process(tmp_path: Path) -> None:
    said = []
    for seed in "112":
        environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests/flows'}", "PYTHONHASHSEED": seed}
        command = [sys.executable, "-m", "unsteady", str(tmp_path / "store")]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
        said.append(json.loads(done.stdout))
    assert said == [[0, []], [1, []], [1, ["unsteady:in_hash_order"]]]

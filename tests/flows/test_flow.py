"""Flows in one process: keys, early cutoff, sharing, failures, faults of the store."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import stages

from flows import Flow, Node, NodeFailed
from flows.clock import Clock
from flows.errors import StaleCode
from flows.execution.executor import InProcess
from flows.execution.room import Room
from flows.memo import Call, Failed, Job, StoreAt, execute
from store import Store
from store.backend.local import LocalBackend


@pytest.fixture
def flow(tmp_path: Path) -> Flow:
    return Flow(Store(tmp_path / "store"))


def again(flow: Flow) -> Flow:
    """The same flow as another process would open it."""
    return Flow(Store(Path(flow.store.location)))


def test_a_node_is_computed_once_ever(flow: Flow) -> None:
    first = flow.run(flow.node(stages.double, 21), workers=0)
    later = again(flow)
    second = later.run(later.node(stages.double, 21), workers=0)
    assert (first.value, second.value) == (42, 42)
    assert (first.executed["double"], second.executed["double"]) == (1, 0)
    assert second.hits["double"] == 1


def test_a_call_and_a_node_share_their_result(flow: Flow) -> None:
    flow.store.call(stages.double, 21)
    assert flow.run(flow.node(stages.double, 21), workers=0).executed.total() == 0


def test_nodes_are_found_inside_lists_tuples_and_dicts(flow: Flow) -> None:
    a, b = flow.node(stages.numbers, 3), flow.node(stages.numbers, 4)
    assert flow.run(flow.node(stages.gathered, {"a": a, "b": b}), workers=0).value == 3 + 6
    inner = [flow.node(stages.double, 1), flow.node(stages.double, 2)]
    assert flow.run(flow.node(stages.total, inner), workers=0).value == 6


def test_a_list_of_nodes_gives_a_list_of_values(flow: Flow) -> None:
    nodes = [flow.node(stages.double, number) for number in range(100)]
    run = flow.run(nodes, workers=0)
    assert run.value == [2 * number for number in range(100)]
    assert run.executed["double"] == 100


def test_an_equal_upstream_value_stops_the_rerun(flow: Flow) -> None:
    first = flow.run(flow.node(stages.double, flow.node(stages.parity, 3)), workers=0)
    second = flow.run(flow.node(stages.double, flow.node(stages.parity, 5)), workers=0)
    assert first.executed == {"parity": 1, "double": 1}
    assert second.executed == {"parity": 1}
    assert second.hits == {"double": 1}


def test_a_field_keys_by_its_own_value(flow: Flow) -> None:
    def evens(values: list[int]) -> Node:
        parted = flow.node(stages.split, values)
        return flow.map(stages.scaled, parted.field("evens"), factor=10)

    assert flow.run(evens([1, 2, 3, 4]), workers=0).value == [20, 40]
    second = flow.run(evens([2, 4, 5]), workers=0)
    assert second.executed == {"split": 1}
    assert second.rows_hit == {"scaled": 2}


def test_a_map_computes_each_distinct_missing_item_once(flow: Flow, tmp_path: Path) -> None:
    log = tmp_path / "log"
    run = flow.run(flow.map(stages.logged, [1, 2, 2, 3], log=str(log)), workers=0)
    wider = flow.run(flow.map(stages.logged, [3, 4, 1, 4], log=str(log)), workers=0)
    assert (run.value, wider.value) == ([1, 4, 4, 9], [9, 16, 1, 16])
    assert sorted(log.read_text().split()) == ["1", "2", "3", "4"]
    assert (wider.rows_executed["logged"], wider.rows_hit["logged"]) == (1, 2)


def test_maps_over_equal_items_with_other_arguments_do_not_meet(flow: Flow) -> None:
    nodes = [flow.map(stages.scaled, [1, 2, 3], factor=factor) for factor in (10, 100, 1000)]
    run = flow.run(nodes, workers=0)
    assert run.value == [[10, 20, 30], [100, 200, 300], [1000, 2000, 3000]]
    assert run.rows_executed["scaled"] == 9


def test_rows_that_two_nodes_need_are_computed_once(flow: Flow, tmp_path: Path) -> None:
    log = tmp_path / "log"
    nodes = [flow.map(stages.logged, items, log=str(log)) for items in ([1, 2, 3], [2, 3, 4], [3, 1])]
    run = flow.run(nodes, workers=0)
    assert run.value == [[1, 4, 9], [4, 9, 16], [9, 1]]
    assert sorted(log.read_text().split()) == ["1", "2", "3", "4"]
    assert (run.rows_executed["logged"], run.rows_hit["logged"]) == (4, 4)


def test_an_unkeyed_argument_changes_no_key(flow: Flow) -> None:
    flow.run(flow.map(stages.scaled, [1, 2], factor=2, unkeyed={"batch": 1}), workers=0)
    run = flow.run(flow.map(stages.scaled, [1, 2], factor=2, unkeyed={"batch": 9}), workers=0)
    assert run.executed.total() == 0


def test_the_code_that_an_item_names_belongs_to_its_key(flow: Flow) -> None:
    def node(deps: dict[int, object]) -> Node:
        return flow.map(stages.scaled, [1, 2, 3], lambda item: (deps[item],), factor=2)

    flow.run(node({1: stages.double, 2: stages.double, 3: stages.parity}), workers=0)
    run = flow.run(node({1: stages.double, 2: stages.parity, 3: stages.parity}), workers=0)
    assert (run.rows_executed["scaled"], run.rows_hit["scaled"]) == (1, 2)


def test_a_stage_that_raises_fails_its_target_and_keeps_the_others(flow: Flow) -> None:
    nodes = [
        flow.node(stages.double, 1),
        flow.node(stages.double, flow.node(stages.refuse, 7)),
        flow.node(stages.double, 2),
    ]
    with pytest.raises(NodeFailed, match="ValueError: no 7 here") as caught:
        flow.run(nodes, workers=0)
    assert isinstance(caught.value.__cause__, ValueError)
    assert flow.run([nodes[0], nodes[2]], workers=0).executed.total() == 0


def test_a_provisional_row_is_used_and_tried_again(flow: Flow) -> None:
    node = flow.node(stages.odd_values, flow.map(stages.provisional, [1, 2, 3]))
    first = flow.run(node, workers=0)
    second = flow.run(node, workers=0)
    assert first.value == second.value == 3
    assert (first.rows_executed["provisional"], second.rows_executed["provisional"]) == (3, 1)
    assert second.executed == {"provisional": 1}


@pytest.mark.parametrize("lost", ["entries/numbers", "rows/scaled", "entries/target"])
def test_results_that_vanish_are_computed_again(flow: Flow, lost: str) -> None:
    node = flow.node(stages.total, flow.map(stages.scaled, flow.node(stages.numbers, 5), factor=2))
    flow.run(node, workers=0)
    shutil.rmtree(Path(flow.store.location) / lost)
    later = again(flow)
    assert later.run(node, workers=0).value == 20
    assert again(flow).run(node, workers=0).executed.total() == 0


def no_space(backend: LocalBackend, name: str, data: bytes) -> bool:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_values_pass_by_hand_where_the_store_takes_none(flow: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    node = flow.node(stages.total, flow.map(stages.scaled, flow.node(stages.numbers, 5), factor=2))
    monkeypatch.setattr(LocalBackend, "put", no_space)
    run = flow.run(node, workers=0)
    assert run.value == 20
    assert flow.store.stats()["write_errors"] > 0
    assert flow.store.write_error is not None


def test_a_map_takes_nodes_among_its_items(flow: Flow) -> None:
    items = [flow.node(stages.double, 1), 10, flow.node(stages.double, 3)]
    assert flow.run(flow.map(stages.scaled, items, factor=2), workers=0).value == [4, 20, 12]


def test_a_node_where_it_cannot_be_found_is_refused(flow: Flow) -> None:
    with pytest.raises(NodeFailed, match="Unencodable"):
        flow.run(flow.node(stages.total, {flow.node(stages.double, 1)}), workers=0)


def test_an_unkeyed_argument_cannot_replace_a_keyed_one(flow: Flow) -> None:
    with pytest.raises(TypeError, match="factor"):
        flow.map(stages.scaled, [1], unkeyed={"factor": 9}, factor=2)


@pytest.mark.parametrize("stage", [stages.table, stages.nothing])
def test_a_map_over_what_is_no_list_fails_alone(flow: Flow, stage: Callable[[], object]) -> None:
    nodes = [flow.map(stages.scaled, flow.node(stage), factor=2), flow.node(stages.double, 4)]
    with pytest.raises(NodeFailed, match="maps over a"):
        flow.run(nodes, workers=0)
    assert flow.run(nodes[1], workers=0).executed.total() == 0


def test_fields_of_results_that_differ_outside_equality_do_not_meet(flow: Flow) -> None:
    nodes = [flow.node(stages.double, flow.node(stages.measured, 1, note).field("note")) for note in (10, 20)]
    assert flow.run(nodes, workers=0).value == [20, 40]


def test_a_call_that_changes_its_argument_changes_no_other(flow: Flow) -> None:
    given = np.zeros(3)
    assert flow.run([flow.node(stages.bump, given), flow.node(stages.array_sum, given)], workers=0).value == [
        3.0,
        0.0,
    ]


def test_a_failed_row_fails_only_the_nodes_that_need_it(flow: Flow) -> None:
    nodes = [flow.map(stages.picky, [1, 2, 99]), flow.map(stages.picky, [1, 2])]
    with pytest.raises(NodeFailed, match="1 target"):
        flow.run(nodes, workers=0)
    assert flow.run(nodes[1], workers=0).executed.total() == 0


def test_an_error_that_cannot_be_pickled_still_names_itself(flow: Flow) -> None:
    with pytest.raises(NodeFailed, match="Awkward: one and two"):
        flow.run(flow.node(stages.raise_awkward, 1), workers=0)


def test_what_a_worker_loaded_before_an_edit_is_not_run_under_the_new_key(flow: Flow) -> None:
    node = flow.node(stages.double, 21)
    call = Call(stages.double, (21,), {}, (b"k" * 16,), code="0" * 32)
    (result,) = execute(Job("double", (call,), StoreAt.of(flow.store))).results
    assert isinstance(result, Failed)
    assert isinstance(result.error, StaleCode)
    assert flow.plan(node).nodes[0].status == "run"


def test_of_two_writers_the_first_one_counts(flow: Flow) -> None:
    one, two = flow.store, Store(Path(flow.store.location))
    digests = [one.keys.value(value) for value in (1, 2)]
    assert one.keep_entry("stage", b"k" * 16, 1, digests[0], stages.double, 0.0) == digests[0]
    assert two.keep_entry("stage", b"k" * 16, 2, digests[1], stages.double, 0.0) == digests[0]


def test_what_hit_for_one_target_and_ran_for_another_counts_as_run(flow: Flow) -> None:
    numbers = flow.node(stages.numbers, 5)
    flow.run(flow.node(stages.total, numbers), workers=0)
    shutil.rmtree(Path(flow.store.location) / "entries" / "numbers")
    later = again(flow)
    run = later.run([later.node(stages.total, numbers), later.node(stages.split, numbers)], workers=0)
    assert run.executed == {"numbers": 1, "split": 1}
    assert run.hits == {"total": 1}


def test_what_runs_for_a_failed_target_counts_for_the_next(flow: Flow) -> None:
    shared = flow.node(stages.numbers, 4)
    failing = flow.node(stages.gathered, {"a": flow.node(stages.refuse, 7), "b": shared})
    runner = flow.runner(InProcess, Clock(), Room(window=1))
    members = [member for finished in runner.stream([failing, shared]) for member in finished.members]
    assert [(member.stage, member.executed) for member in members] == [("numbers", 1)]

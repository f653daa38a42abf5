"""Plans name the cause of each node and row that would run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
import stages

from flows import Flow
from flows.node import Node
from flows.plan import PlanNode, Why
from store import Store
from store.cause import Cause


@dataclass(frozen=True)
class Limits:
    """What a stage may use: a setting."""

    seconds: float
    label: str = ""


def bounded(values: list[int], limits: Limits, seed: int = 0) -> list[int]:
    return values[: int(limits.seconds)]


def drawn(items: list[int], limits: Limits, values: list[int]) -> list[int]:
    return [item + len(values) for item in items]


def counted(path: Path, seed: int) -> int:
    return len(path.read_bytes()) + seed


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def ran(store: Path, make: Callable[[Flow], Node | list[Node]]) -> None:
    flow = Flow(Store(store))
    flow.run(make(flow), workers=0)


def fates(store: Path, make: Callable[[Flow], Node | list[Node]]) -> list[PlanNode]:
    flow = Flow(Store(store))
    return list(flow.plan(make(flow)).nodes)


def reasons(nodes: Iterable[PlanNode]) -> list[tuple[str, str]]:
    return [(node.stage, node.reason) for node in nodes]


def chain(count: int, limits: Limits, seed: int = 0) -> Callable[[Flow], Node]:
    def make(flow: Flow) -> Node:
        return flow.node(
            stages.total, flow.node(bounded, flow.node(stages.numbers, count), limits, seed=seed)
        )

    return make


def test_what_never_ran_is_new(store: Path) -> None:
    assert reasons(fates(store, chain(9, Limits(5.0)))) == [
        ("numbers", "new"),
        ("bounded", "waits for numbers"),
        ("total", "waits for bounded"),
    ]


def test_settings_that_changed_are_named(store: Path) -> None:
    ran(store, chain(9, Limits(5.0)))
    assert reasons(fates(store, chain(9, Limits(6.0))))[1] == ("bounded", "settings limits changed")
    assert reasons(fates(store, chain(9, Limits(5.0), 1)))[1] == ("bounded", "settings seed changed")
    both = reasons(fates(store, chain(9, Limits(6.0), 1)))[1]
    assert both == ("bounded", "settings limits changed, settings seed changed")


def test_an_input_that_changed_is_named_with_its_stage(store: Path) -> None:
    ran(store, chain(9, Limits(5.0)))
    flow = Flow(Store(store))
    flow.run(flow.node(stages.numbers, 8), workers=0)
    nodes = fates(store, chain(8, Limits(5.0)))
    assert reasons(nodes)[1] == ("bounded", "input values changed (from numbers)")
    ((cause,),) = [each.causes for each in nodes[1].why]
    assert (cause.kind, cause.name, cause.where) == ("input", "values", "numbers")
    assert cause.old != cause.new


def test_an_input_that_another_node_has_now_is_not_what_this_one_had(store: Path) -> None:
    """A puzzle more is new; it is not another one changed."""
    make = [lambda flow, end=end: flow.node(bounded, list(range(end)), Limits(5.0)) for end in (3, 4, 5)]
    ran(store, lambda flow: [each(flow) for each in make[:2]])
    fresh = fates(store, lambda flow: [each(flow) for each in make])
    assert [node.reason for node in fresh] == ["hit", "hit", "new"]
    edited = fates(store, lambda flow: [make[0](flow), make[2](flow)])
    assert [node.reason for node in edited] == ["hit", "input values changed"]


def test_one_that_changed_is_found_among_many_that_did_not(store: Path) -> None:
    def make(ends: Iterable[int]) -> Callable[[Flow], list[Node]]:
        return lambda flow: [flow.node(bounded, list(range(end)), Limits(5.0)) for end in ends]

    ran(store, make(range(50)))
    edited = fates(store, make([*range(49), 99]))
    assert [node.reason for node in edited] == [*["hit"] * 49, "input values changed"]


def test_the_same_holds_where_targets_are_looked_up_node_by_node(store: Path) -> None:
    make = [lambda flow, end=end: flow.node(bounded, list(range(end)), Limits(5.0)) for end in (3, 4, 5)]
    ran(store, lambda flow: [each(flow) for each in make[:2]])
    for record in (store / "entries" / "target").rglob("*/*"):
        record.unlink()
    fresh = fates(store, lambda flow: [each(flow) for each in make])
    assert [node.reason for node in fresh] == ["hit", "hit", "new"]


def rows(limits: Limits, count: int, items: tuple[int, ...] = (1, 2, 3)) -> Callable[[Flow], Node]:
    def make(flow: Flow) -> Node:
        return flow.map(drawn, items, limits=limits, values=flow.node(stages.numbers, count))

    return make


def test_a_common_argument_of_rows_that_changed_is_named(store: Path) -> None:
    ran(store, rows(Limits(5.0), 4))
    flow = Flow(Store(store))
    flow.run(flow.node(stages.numbers, 5), workers=0)
    node = fates(store, rows(Limits(6.0), 4, (1, 2, 9)))[1]
    assert dict(node.causes) == {"settings limits changed": 2, "new": 1}
    assert (node.rows, node.missing) == (3, 3)
    assert node.reason == "2 rows: settings limits changed; 1 rows: new"
    node = fates(store, rows(Limits(5.0), 5))[1]
    assert dict(node.causes) == {"input values changed (from numbers)": 3}


def test_new_items_are_new_whatever_else_is_there(store: Path) -> None:
    ran(store, rows(Limits(5.0), 4))
    node = fates(store, rows(Limits(5.0), 4, (1, 2, 3, 4)))[1]
    assert (node.causes, node.missing, node.rows) == ((("new", 1),), 1, 4)


def test_a_path_whose_content_changed_is_a_changed_file(store: Path, tmp_path: Path) -> None:
    file = tmp_path / "data.txt"
    file.write_text("one")
    ran(store, lambda flow: flow.node(counted, file, 3))
    file.write_text("three")
    (node,) = fates(store, lambda flow: flow.node(counted, file, 3))
    assert node.reason == f"file {file} changed"


def test_rows_of_a_damaged_segment_are_corrupt(store: Path) -> None:
    ran(store, rows(Limits(5.0), 4))
    segments = list((store / "rows" / "drawn").rglob("*.seg"))
    for segment in segments:
        segment.write_bytes(b"damaged")
    for record in (store / "entries" / "target").rglob("*/*"):
        record.unlink()
    for _ in range(2):
        node = fates(store, rows(Limits(5.0), 4))[1]
        assert node.causes == (("corrupt", 3),)
        (why,) = node.why
        assert any(segment.name in why.causes[0].name for segment in segments)


def test_causes_with_one_reason_are_counted_together() -> None:
    why = (Why((Cause("corrupt", "a"),), 2), Why((Cause("new"),), 4), Why((Cause("corrupt", "b"),), 3))
    assert PlanNode("s", "run", "", 9, 9, why).causes == (("corrupt", 5), ("new", 4))


def test_a_node_that_cannot_be_looked_up_is_planned_to_fail(store: Path) -> None:
    ran(store, lambda flow: flow.node(stages.double, 3))
    nodes = fates(store, lambda flow: flow.map(stages.scaled, flow.node(stages.double, 3), factor=2))
    assert [node.status for node in nodes] == ["hit", "run"]
    assert "maps over a int" in nodes[1].reason

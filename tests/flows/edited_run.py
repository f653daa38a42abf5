"""The flow over the edited project, planned, run, repeated and checked in a fresh process.

Runs in a child of the fork server. `step` says what happened and judges nothing.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from flows import Flow
from flows.node import Field, Node, replace_nodes
from store import Store
from store.encode import encode

__all__ = ["TARGETS", "step"]

Log = list[list[Any]]
"""What ran, in order: stage and what it was given."""

TARGETS = ("last", "labelled", "picture", "priced", "report", "both")

_ran: Log | None = None


class Direct:
    """A flow's `node` and `map` over the plain functions, each called once where it is needed."""

    def node(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> Node:
        return Node(cache(lambda: func(*_plain(list(args)), **_plain(kwargs))))

    def map(self, func: Callable[..., Any], items: Any, deps: object = None, **common: Any) -> Node:
        return self.node(func, items, **common)


def _plain(argument: Any) -> Any:
    def value(node: Node | Field) -> Any:
        return getattr(node.node.func(), node.name) if isinstance(node, Field) else node.func()

    return replace_nodes(argument, value)


def nodes(flow: Any, stages: ModuleType, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The targets by name, over a flow or over `Direct`."""
    programs = [tuple(program) for program in inputs["programs"]]
    numbers = flow.node(stages.numbers, inputs["count"])
    priced = flow.map(stages.priced, numbers, rate=inputs["rate"])
    others = flow.map(stages.priced, inputs["sizes"], rate=inputs["rate"])
    labelled = flow.map(stages.labelled, flow.node(stages.split, numbers).field("evens"))
    evaluated = flow.map(
        stages.evaluated, programs, stages.named, where="edited.primitives", start=inputs["start"]
    )
    picture = flow.node(stages.stacked, evaluated)
    digits = flow.node(stages.digits, numbers)
    report = flow.node(stages.report, digits, {"labels": labelled, "prices": [priced, others]})
    return {
        "last": flow.node(stages.LAST, [report, (digits, picture)]),
        "labelled": labelled,
        "picture": picture,
        "priced": others,
        "report": report,
        "both": flow.node(stages.report, digits, parts={"a": priced, "b": evaluated}),
    }


def step(folder: str, cold: str, inputs: dict[str, Any], targets: list[str], planned: bool) -> dict[str, Any]:
    """Plan and run on the folder's store, then again, then on an empty one, then without any."""
    sys.path.insert(0, folder)
    sys.addaudithook(_listen)
    stages = importlib.import_module("edited.stages")
    with _listening() as needed:
        made = nodes(Direct(), stages, inputs)
        expected = [_plain(made[name]) for name in targets]
    flow = Flow(Store(Path(folder, "store")))
    first, values = _run(flow, nodes(flow, stages, inputs), targets, planned)
    second, again = _run(flow, nodes(flow, stages, inputs), targets, True)
    empty = Flow(Store(cold))
    third, computed = _run(empty, nodes(empty, stages, inputs), targets, True)
    return {
        "needed": needed,
        "warm": first,
        "again": second,
        "cold": third,
        "values": [[encode(value).hex() for value in each] for each in (expected, values, again, computed)],
    }


def _run(
    flow: Flow, made: dict[str, Any], targets: list[str], planned: bool
) -> tuple[dict[str, Any], list[Any]]:
    chosen = [made[name] for name in targets]
    with _listening() as while_planning:
        plan = flow.plan(chosen).nodes if planned else ()
    with _listening() as ran:
        run = flow.run(chosen, workers=0)
    account = {
        "plan": [[node.stage, node.status, node.rows, node.missing] for node in plan],
        "planned": while_planning,
        "ran": ran,
        "executed": run.executed,
        "hits": run.hits,
        "rows_executed": run.rows_executed,
        "rows_hit": run.rows_hit,
    }
    return account, run.value


@contextmanager
def _listening() -> Iterator[Log]:
    global _ran
    _ran = []
    try:
        yield _ran
    finally:
        _ran = None


def _listen(event: str, args: tuple[Any, ...]) -> None:
    if event == "ran" and _ran is not None:
        stage, given = args
        _ran.append([stage, json.dumps(given, default=np.ndarray.tolist)])

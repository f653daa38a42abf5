"""Flows: nodes with their order, planned and run over a store.

Owns: `Flow.node`, `map`, `plan`, `visualize`, `run`, and `Run`, what one execution did.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.clock import Clock
from flows.errors import BadSettings, NodeFailed
from flows.execution.deadline import Deadline
from flows.execution.executor import Executor, InProcess
from flows.execution.room import Room
from flows.memo import StoreAt
from flows.node import Deps, Field, Node, nodes_in
from flows.progress.live import Live
from flows.runner import Runner
from flows.state.resolve import Resolver
from flows.state.target import Finished, Member
from store import Store

if TYPE_CHECKING:
    from flows.graph import Graph
    from flows.plan import Plan
    from flows.recompute import Recomputed

__all__ = ["Flow", "Run", "Tally"]


@dataclass
class Tally:
    """What was executed and what hit, by stage, for nodes and for rows; each node counts once."""

    _members: dict[bytes, Member] = field(default_factory=dict)

    def add(self, members: Iterable[Member]) -> None:
        """Take the nodes of a finished target. What hit for one may have been executed for another."""
        for member in members:
            known = self._members.setdefault(member.recipe, member)
            if known.executed < member.executed:
                self._members[member.recipe] = member

    def knows(self, recipe: bytes) -> bool:
        """Whether a node is counted."""
        return recipe in self._members

    @property
    def executed(self) -> Counter[str]:
        return Counter(member.stage for member in self._members.values() if member.executed)

    @property
    def hits(self) -> Counter[str]:
        return Counter(member.stage for member in self._members.values() if not member.executed)

    @property
    def saved_s(self) -> float:
        """The seconds that hits took when they were computed."""
        return sum(member.saved_s for member in self._members.values())

    @property
    def rows_executed(self) -> Counter[str]:
        return self._rows(lambda member, rows: member.executed)

    @property
    def rows_hit(self) -> Counter[str]:
        return self._rows(lambda member, rows: rows - member.executed)

    def _rows(self, count: Callable[[Member, int], int]) -> Counter[str]:
        counts: Counter[str] = Counter()
        for member in self._members.values():
            if member.rows is not None:
                counts[member.stage] += count(member, member.rows)
        return +counts


@dataclass(frozen=True)
class Run:
    """One execution: the value (or values) asked for, and counters by stage; `verified` is what
    came of hits that were computed again, if that was asked for."""

    value: Any
    executed: Counter[str]
    hits: Counter[str]
    rows_executed: Counter[str]
    rows_hit: Counter[str]
    verified: Recomputed | None = None

    def __repr__(self) -> str:
        return f"<Run {self.executed.total()} nodes executed, {self.hits.total()} hit>"

    def _repr_html_(self) -> str:
        from flows.notebook import run_html

        return run_html(self)


class Flow:
    """Nodes over one store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def node(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> Node:
        """`func` applied to arguments; those may be nodes, also inside lists, tuples and dicts."""
        return Node(func, args, kwargs)

    def map(
        self,
        func: Callable[..., Any],
        items: Iterable[Any] | Node | Field,
        deps: Deps | None = None,
        *,
        unkeyed: Mapping[str, Any] | None = None,
        **common: Any,
    ) -> Node:
        """`func(list_of_items, **common)`, memoized per item, as `Store.map` does.

        `unkeyed` arguments are passed to `func` but are no part of any key: only for what
        cannot change a result.
        """
        free = dict(unkeyed or {})
        if free.keys() & common.keys() or any(nodes_in(free)):
            raise TypeError(f"{sorted(free)}: an unkeyed argument is a plain value under a name of its own")
        source = items if isinstance(items, Node | Field) else list(items)
        if not isinstance(source, Node | Field) and any(nodes_in(source)):
            source = self.node(_gathered, source)
        return Node(func, (source,), common, True, deps, free)

    def plan(self, nodes: Node | Sequence[Node]) -> Plan:
        """What `run` would do, and why; runs nothing and starts nothing."""
        from flows.plan import make_plan  # what runs, is not planned

        return make_plan(self.resolver(), _targets(nodes))

    def visualize(self, nodes: Node | Sequence[Node], filename: str | Path | None = None) -> Graph:
        """The graph of some nodes, coloured by whether they hit, run or wait; runs nothing. A notebook
        shows it; with a name it is written too, as .svg or .dot, with Graphviz installed as .png or .pdf.
        """
        from flows.graph import graph_of

        graph = graph_of(self.resolver(), _targets(nodes))
        if filename is not None:
            graph.save(Path(filename))
        return graph

    def run(
        self,
        nodes: Node | Sequence[Node],
        workers: int = 4,
        scheduler: str | None = None,
        verify: float = 0.0,
    ) -> Run:
        """Compute what is missing, on local workers (0: in this process) or a Dask scheduler.

        A fraction `verify` of the hits is computed again and compared. Raises NodeFailed, from the
        stage's own error, when all that could be computed was; BadSettings where workers could not
        open the store.
        """
        targets = _targets(nodes)
        from flows.recompute import check_fraction, recompute  # as above: seldom asked for

        check_fraction(verify)
        runner = self.runner(self.starter(workers, scheduler), Clock())
        runner.executed = set() if verify else None
        tally, values, failed = Tally(), [None] * len(targets), []
        live = Live(runner, tally, len(targets))
        for finished in runner.stream(targets):
            tally.add(finished.members)
            live.took(finished.error)
            values[finished.index] = finished.value
            if finished.error is not None:
                failed.append(finished)
        if failed:
            raise_failure(failed, targets)
        value = values[0] if isinstance(nodes, Node) else values
        verified = recompute(runner, targets, verify) if verify else None
        return Run(value, tally.executed, tally.hits, tally.rows_executed, tally.rows_hit, verified)

    def resolver(self) -> Resolver:
        """Digests for one run over this flow's store."""
        return Resolver(self.store, StoreAt.of(self.store))

    def starter(
        self,
        workers: int,
        scheduler: str | None = None,
        dashboard: str = "127.0.0.1:0",
        worker_memory: int = 0,
    ) -> Callable[[], Executor]:
        """What makes the executor of a run; `worker_memory` is what a local worker may hold, in bytes
        (0: no limit). Raises `BadSettings` where workers could not open the store."""
        for backend in self.store.backends:
            if not backend.shared and (workers or scheduler):
                raise BadSettings(
                    backend.location,
                    "lies in the memory of this process, which workers cannot reach; "
                    "use 0 workers, or a store at a directory or URL",
                )
        return functools.partial(_executor, workers, scheduler, dashboard, worker_memory)

    def runner(
        self,
        start: Callable[[], Executor],
        clock: Clock,
        room: Room | None = None,
        deadline: Deadline | None = None,
        resolver: Resolver | None = None,
    ) -> Runner:
        """A runner for one execution, for callers that stream; with the resolver of a plan that was
        made before."""
        resolver = resolver or self.resolver()
        resolver.room = room or resolver.room
        return Runner(resolver, start, clock, deadline or Deadline(0, clock))


def _executor(workers: int, scheduler: str | None, dashboard: str, worker_memory: int) -> Executor:
    """This process for 0 workers, else Dask, which is imported only here and now."""
    if workers == 0 and scheduler is None:
        return InProcess()
    if scheduler is None:
        from flows.execution.forkserver import start_forkserver

        start_forkserver()
    from flows.execution.cluster import Cluster

    return Cluster(workers, scheduler, dashboard, worker_memory)


def _gathered(items: list[Any]) -> list[Any]:
    """The items of a map that are results of nodes, as one value."""
    return items


def _targets(nodes: Node | Sequence[Node]) -> list[Node]:
    targets = [nodes] if isinstance(nodes, Node) else list(nodes)
    for target in targets:
        if not isinstance(target, Node):
            raise TypeError(f"plan and run take a node or a list of nodes, not {type(target).__name__}")
    return targets


def raise_failure(failed: list[Finished], targets: list[Node]) -> None:
    """Raise the first failure's error as the cause of a NodeFailed."""
    first = failed[0]
    text = f"{type(first.error).__name__}: {first.error}"
    raise NodeFailed(targets[first.index].stage, text, len(failed)) from first.error

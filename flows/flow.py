"""Flows: nodes with their order, planned and run over a store.

Owns: `Flow.node`, `map`, `plan`, `run`, and `Run`, what one execution did.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flows.clock import Clock
from flows.errors import BadSettings, NodeFailed
from flows.frontier import Finished
from flows.memo import StoreAt
from flows.node import Deps, Field, Node, nodes_in
from flows.resolve import Resolver
from flows.runner import Executor, InProcess, Runner
from flows.target import Member
from store import Store

if TYPE_CHECKING:
    from flows.plan import Plan
    from flows.recompute import Recomputed

__all__ = ["Flow", "Run", "Tally"]

WINDOW = 32
"""Targets in flight at once: enough to fill jobs for some dozens of workers, few enough to hold."""


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

    @property
    def executed(self) -> Counter[str]:
        return Counter(member.stage for member in self._members.values() if member.executed)

    @property
    def hits(self) -> Counter[str]:
        return Counter(member.stage for member in self._members.values() if not member.executed)

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
        start = self.starter(workers, scheduler)
        runner = self.runner(start, Clock())
        runner.executed = set() if verify else None
        tally, values, failed = Tally(), [None] * len(targets), []
        for finished in runner.stream(targets):
            tally.add(finished.members)
            values[finished.index] = finished.value
            if finished.error is not None:
                failed.append(finished)
        if failed:
            raise_failure(failed, targets)
        value = values[0] if isinstance(nodes, Node) else values
        executed = runner.executed
        verified = None
        if executed is not None:
            verified = recompute(runner.resolver, targets, verify, executed, start)
        return Run(value, tally.executed, tally.hits, tally.rows_executed, tally.rows_hit, verified)

    def resolver(self) -> Resolver:
        """Digests for one run over this flow's store."""
        return Resolver(self.store, StoreAt.of(self.store))

    def starter(
        self, workers: int, scheduler: str | None = None, dashboard: str = "127.0.0.1:0"
    ) -> Callable[[], Executor]:
        """What makes the executor of a run. Raises `BadSettings` where workers could not open the
        store."""
        for backend in self.store.backends:
            if not backend.shared and (workers or scheduler):
                raise BadSettings(
                    backend.location,
                    "lies in the memory of this process, which workers cannot reach; "
                    "use 0 workers, or a store at a directory or URL",
                )
        return functools.partial(_executor, workers, scheduler, dashboard)

    def runner(self, start: Callable[[], Executor], clock: Clock, window: int = WINDOW) -> Runner:
        """A runner for one execution, for callers that stream."""
        return Runner(self.resolver(), start, clock, window)


def _executor(workers: int, scheduler: str | None, dashboard: str) -> Executor:
    """This process for 0 workers, else Dask, which is imported only here and now."""
    if workers == 0 and scheduler is None:
        return InProcess()
    if scheduler is None:
        from flows.forkserver import start_forkserver

        start_forkserver()
    from flows.cluster import Cluster

    return Cluster(workers, scheduler, dashboard)


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

"""Plans: what a run would do, and why, found without running anything.

Owns: `Plan` and its nodes, and the reasons of reruns by node and by row. A node is `hit`, `run`
(some of its rows may hit), or `pending` on a node that runs; a pending node may still turn out to
hit where the new input equals the old one (early cutoff).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flows.frontier import Frontier
from flows.node import Node
from flows.refs import Missing, fetch
from flows.resolve import Resolver
from flows.state import CallState, RowsState, State, Status
from store import Store
from store.history import RowPlace, explain_call, explain_row
from store.key import name_of

__all__ = ["Plan", "PlanNode", "make_plan"]


@dataclass(frozen=True)
class PlanNode:
    """A node's fate. `causes` counts the missing rows (or the one call) by reason."""

    stage: str
    status: str
    reason: str
    rows: int | None = None
    missing: int = 0
    causes: tuple[tuple[str, int], ...] = ()

    def __iter__(self) -> Iterator[str]:
        """Unpacks as (stage, status, reason)."""
        return iter((self.stage, self.status, self.reason))


@dataclass(frozen=True)
class Plan:
    """The nodes of some targets, inputs before what reads them, each once."""

    nodes: tuple[PlanNode, ...]

    def count(self, status: str) -> int:
        """How many nodes have a status."""
        return sum(node.status == status for node in self.nodes)

    def __repr__(self) -> str:
        fates = ", ".join(f"{self.count(name)} {name}" for name in ("hit", "run", "pending"))
        return f"<Plan {fates}>"


def make_plan(resolver: Resolver, targets: Iterable[Node]) -> Plan:
    """What a run of these targets would do. Writes nothing to the store; what it finds damaged there
    is set aside, as whoever reads it does, and planned anew."""
    targets, before = list(targets), None
    while True:
        frontier = Frontier(resolver, dry=True)
        plan = _planned(frontier, targets)
        if plan == before or not _finds_damage(frontier, targets):
            return plan
        before = plan


def _planned(frontier: Frontier, targets: list[Node]) -> Plan:
    nodes: dict[bytes, PlanNode] = {}
    for index, target in enumerate(targets):
        frontier.admit(index, target)
        for finished in frontier.take_finished():
            for member in finished.members:
                nodes.setdefault(member.recipe, PlanNode(member.stage, "hit", "hit", rows=member.rows))
    claimed = frontier.claimed()
    nodes |= {state.recipe: _fate(state, claimed[state], frontier.resolver) for state in frontier.states()}
    return Plan(tuple(nodes.values()))


def _finds_damage(frontier: Frontier, targets: list[Node]) -> bool:
    """Fetch whatever the run will fetch; whether some of it cannot be had."""
    resolver, asked = frontier.resolver, {frontier.resolver.recipe(target) for target in targets}
    needed = [(pending.call.args, dict(pending.call.kwargs)) for pending in frontier.take_calls()]
    for state in frontier.states():
        is_read = state.recipe in asked or any(user.status is Status.WAITING for user in state.users)
        if is_read and state.status in (Status.DONE, Status.RUNNING):
            needed.append(state.stored_ref())
    # All of it in one go: each plan that is made anew costs as much as the first.
    return sum(_is_damaged(argument, resolver.store) for argument in needed) > 0


def _is_damaged(argument: Any, store: Store) -> bool:
    try:
        fetch(argument, store)
    except Missing:
        return True
    return False


def _fate(state: State, claimed: list[bytes], resolver: Resolver) -> PlanNode:
    stage = state.node.stage
    rows = state.size() if state.node.rows else None
    if state.status is Status.DONE:
        return PlanNode(stage, "hit", "hit", rows=rows)
    if state.status is Status.WAITING:
        below = [each.node.stage for each in state.inputs.values() if each.status is not Status.DONE]
        return PlanNode(stage, "pending", f"waits for {', '.join(dict.fromkeys(below))}")
    if state.status is Status.FAILED:
        return PlanNode(stage, "run", f"fails: {type(state.error).__name__}: {state.error}", rows)
    if not claimed:
        return PlanNode(stage, "pending", f"waits for another {stage} that needs the same", rows)
    if isinstance(state, RowsState):
        causes = Counter(_row_causes(state, set(claimed), resolver))
    else:
        causes = Counter([_call_cause(state, resolver)])
    reason = "; ".join(_counted(cause, count, state) for cause, count in causes.most_common())
    return PlanNode(stage, "run", reason, rows, causes.total(), tuple(causes.most_common()))


def _counted(cause: str, count: int, state: State) -> str:
    return f"{count} rows: {cause}" if isinstance(state, RowsState) else cause


def _call_cause(state: State, resolver: Resolver) -> str:
    if not isinstance(state, CallState):
        raise TypeError(f"{state.node!r} maps over rows")
    code = resolver.store.keys.code(state.node.func)
    name = name_of(state.node.func)
    return explain_call(
        resolver.store, state.node.stage, name, code, state.input_digests(), state.node.func
    ).reason


def _row_causes(state: RowsState, claimed: set[bytes], resolver: Resolver) -> Iterator[str]:
    """The cause of each row that is computed for this node."""
    store, node = resolver.store, state.node
    code, name = store.keys.code(node.func), name_of(node.func)
    common = state.common_digest()
    for index, key in enumerate(state.keys):
        if key in claimed:
            claimed.discard(key)
            deps = tuple(node.deps(state.item(index))) if node.deps is not None else ()
            place = RowPlace(node.func, node.stage, name, code, common, state.items[index], deps)
            yield explain_row(store, place).reason

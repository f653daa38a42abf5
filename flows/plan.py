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

from flows.memo import Call
from flows.node import Node, nodes_in
from flows.state.causes import causes_of, is_current
from flows.state.frontier import Frontier
from flows.state.nodes import State, Status
from flows.state.order import inputs_first
from flows.state.refs import is_whole
from flows.state.resolve import Resolver
from store.cause import Cause, describe
from store.history import Explainer

__all__ = ["Plan", "PlanNode", "Why", "make_plan", "planned"]


@dataclass(frozen=True)
class Why:
    """The causes that some missing rows (or one call) have in common, and how many those are."""

    causes: tuple[Cause, ...]
    count: int

    @property
    def reason(self) -> str:
        return describe(self.causes)


@dataclass(frozen=True)
class PlanNode:
    """A node's fate. `why` counts the missing rows (or the one call) by their causes; `notes` say
    what was widened in the fingerprint of the node's function."""

    stage: str
    status: str
    reason: str
    rows: int | None = None
    missing: int = 0
    why: tuple[Why, ...] = ()
    notes: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[str]:
        """Unpacks as (stage, status, reason)."""
        return iter((self.stage, self.status, self.reason))

    def told(self) -> str:
        """The reason, with old and new digests of what changed."""
        return _told(self.why, self.rows is not None, digests=True) or self.reason

    @property
    def causes(self) -> tuple[tuple[str, int], ...]:
        """The missing rows (or the one call) counted by reason."""
        counts = Counter[str]()
        for each in self.why:
            counts[each.reason] += each.count
        return tuple(counts.most_common())


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

    def _repr_html_(self) -> str:
        from flows.notebook import plan_html

        return plan_html(self)


def make_plan(resolver: Resolver, targets: Iterable[Node]) -> Plan:
    """What a run of these targets would do. Writes nothing to the store; what it finds damaged there
    is set aside, as whoever reads it does, and planned anew."""
    return Plan(tuple(planned(resolver, targets).values()))


def planned(resolver: Resolver, targets: Iterable[Node]) -> dict[bytes, PlanNode]:
    """The nodes of a plan by recipe, inputs before what reads them."""
    targets, before = list(targets), None
    while True:
        needs = _Needs(Frontier(resolver, dry=True), targets)
        nodes = _fates(needs, targets)
        if nodes == before or not needs.damaged:
            return nodes
        before = nodes


def _fates(needs: _Needs, targets: list[Node]) -> dict[bytes, PlanNode]:
    frontier = needs.frontier
    resolver, nodes = frontier.resolver, dict[bytes, PlanNode]()
    for index, target in enumerate(targets):
        frontier.admit(index, target)
        for finished in frontier.take_finished():
            notes = _notes_below(target, resolver) if finished.members else {}
            for member in finished.members:
                said = notes.get(member.recipe, ())
                nodes.setdefault(member.recipe, PlanNode(member.stage, "hit", "hit", member.rows, notes=said))
        needs.look_below(target)
    needs.look_again()
    claimed, states = frontier.claimed(), list(frontier.states())
    explainer = Explainer(resolver.store, is_current(states, list(nodes)))
    return nodes | {state.recipe: _fate(state, claimed[state], explainer) for state in states}


class _Needs:
    """What a run would fetch, looked for while it is planned: what is `damaged` will be missing.

    All damage is found in one go, since each plan that is made anew costs as much as the first; and
    target by target, while the store has their rows at hand.
    """

    def __init__(self, frontier: Frontier, targets: list[Node]) -> None:
        self.frontier = frontier
        self.damaged = False
        self._asked = {frontier.resolver.recipe(target) for target in targets}
        self._seen: dict[State, bool] = {}
        """Whether what the store has of a node's result was looked for."""

    def look_below(self, target: Node) -> None:
        """Look for what the newest target needs."""
        self._look_for([(call.args, dict(call.kwargs)) for call in self._new_calls()])
        top = self.frontier.state(target)
        if top is not None:
            for state in inputs_first(top, lambda user: user.inputs.values(), self._seen.__contains__):
                self._seen[state] = False
                self._look_at(state)

    def look_again(self) -> None:
        """Look for what is needed of a node since others read it."""
        for state, looked_for in self._seen.items():
            if not looked_for:
                self._look_at(state)

    def _new_calls(self) -> Iterator[Call]:
        return (pending.call for pending in self.frontier.take_calls())

    def _look_at(self, state: State) -> None:
        is_read = state.recipe in self._asked or any(user.status is Status.WAITING for user in state.users)
        if is_read and state.status in (Status.DONE, Status.RUNNING):
            self._seen[state] = True
            self._look_for(state.stored_ref())

    def _look_for(self, argument: Any) -> None:
        self.damaged |= not is_whole(argument, self.frontier.resolver.store)


def _notes_below(target: Node, resolver: Resolver) -> dict[bytes, tuple[str, ...]]:
    """The notes of each function that a target is made with, by its node's recipe."""
    found: dict[bytes, tuple[str, ...]] = {}
    left = [target]
    while left:
        node = left.pop()
        recipe = resolver.recipe(node)
        if recipe not in found:
            found[recipe] = resolver.store.keys.code(node.func).notes
            left.extend(nodes_in([node.args, dict(node.kwargs)]))
    return found


def _fate(state: State, claimed: list[bytes], explainer: Explainer) -> PlanNode:
    stage = state.node.stage
    notes = explainer.store.keys.code(state.node.func).notes
    rows = state.size() if state.node.rows else None
    if state.status is Status.DONE:
        return PlanNode(stage, "hit", "hit", rows, notes=notes)
    if state.status is Status.WAITING:
        below = [each.node.stage for each in state.inputs.values() if each.status is not Status.DONE]
        reason = f"waits for {', '.join(dict.fromkeys(below))}"
        return PlanNode(stage, "pending", reason, notes=notes)
    if state.status is Status.FAILED:
        reason = f"fails: {type(state.error).__name__}: {state.error}"
        return PlanNode(stage, "run", reason, rows, notes=notes)
    if not claimed:
        reason = f"waits for another {stage} that needs the same"
        return PlanNode(stage, "pending", reason, rows, notes=notes)
    why = _why(state, set(claimed), explainer)
    reason = _told(why, state.node.rows)
    return PlanNode(stage, "run", reason, rows, sum(each.count for each in why), why, notes)


def _told(why: Iterable[Why], counted: bool, digests: bool = False) -> str:
    """All causes of a node's misses in a line, with the count of their rows where it has rows."""
    said = [(each.count, describe(each.causes, digests)) for each in why]
    return "; ".join(f"{count} rows: {reason}" if counted else reason for count, reason in said)


def _why(state: State, claimed: set[bytes], explainer: Explainer) -> tuple[Why, ...]:
    """The causes of what is missing of a node and computed for it, the most frequent first."""
    counts = Counter(causes_of(state, claimed, explainer))
    return tuple(Why(causes, count) for causes, count in counts.most_common())

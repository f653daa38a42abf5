"""The frontier of a run: which nodes are known, which must run, which wait. A pure state machine.

Owns: keys of nodes, their lookup in the store, the jobs for what is missing, and the rule that one
key is computed once per run however many nodes need it. Events go in (`admit`, `accept`), jobs come
out (`take_calls`), finished targets come out (`take_finished`). It starts no process and imports no
Dask.

A *target* is a node whose value was asked for. Its record, `entries/target/`, is found by recipe:
the digest of the fingerprints and literal inputs of everything upstream. It answers with one read
for a whole subgraph in which nothing changed; where it is missing, the nodes are looked up one by
one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flows.memo import Call, Failed, Result
from flows.node import Node, inputs_of
from flows.refs import Missing
from flows.resolve import Resolver
from flows.state import CallState, RowsState, State, Status
from flows.target import Member, Target, find_target, keep_target
from store import MemoflowError

__all__ = ["Finished", "Frontier", "Pending"]

_BAD_DATA = (MemoflowError, TypeError, AttributeError, ValueError, LookupError)
"""What a node's inputs can raise when they are looked at here: that node's failure, not the run's."""

_ATTEMPTS = 10
"""How often a node is planned again because something vanished from the store. After two times its
result is handed on and cannot vanish, so that a run ends however often somebody removes things."""


@dataclass(frozen=True)
class Finished:
    """A target with its value, or with the error that stopped it. `members` are the nodes it is
    made of."""

    index: int
    value: Any
    error: Exception | None
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Pending:
    """A call to make, and the state that is waiting for it, in that state's `attempt`."""

    state: State
    call: Call
    attempt: int


class Frontier:
    """Nodes of one run by recipe, from admission until their targets are finished."""

    def __init__(self, resolver: Resolver, dry: bool = False) -> None:
        self.resolver = resolver
        self.dry = dry
        self._states: dict[bytes, State] = {}
        self._targets: dict[bytes, list[Target]] = {}
        self._calls: deque[Pending] = deque()
        self._finished: deque[Finished] = deque()
        self._in_flight: dict[tuple[bytes, bytes], list[State]] = {}
        self.open = 0

    # -- events in ---------------------------------------------------------------------------

    def admit(self, index: int, node: Node) -> None:
        """Take a target: finished at once where its record is found, else looked up node by
        node."""
        try:
            record = find_target(self.resolver.store, self.resolver.recipe(node), node)
        except MemoflowError as error:
            self._finished.append(Finished(index, None, error, ()))
            return
        if record is not None:
            self._finished.append(Finished(index, record.value, None, record.members))
            return
        self.open += 1
        state = self._expand(node)
        target = Target(index, state)
        if state.status in (Status.DONE, Status.FAILED):
            self._finish(target)
        else:
            self._targets.setdefault(state.recipe, []).append(target)

    def accept(self, pending: Pending, outcome: Result | Failed) -> None:
        """Take what a call gave."""
        group = pending.state.group
        waiting = [state for key in pending.call.keys for state in self._in_flight.pop((group, key), [])]
        others = [state for state in dict.fromkeys(waiting) if state is not pending.state]
        if isinstance(outcome, Failed):
            if outcome.missing is None or pending.attempt == pending.state.attempts:
                self._fail(pending.state, outcome)
                again = others
            else:
                again = list(dict.fromkeys(waiting))
            for state in again:
                # Their rows were only company: they are looked up, and computed, by themselves.
                if state.status is Status.RUNNING:
                    self._look_up(state)
            return
        pending.state.ran(outcome)
        for state in (pending.state, *others):
            state.learn(outcome)
            self._settle(state)

    # -- what comes out ----------------------------------------------------------------------

    def take_calls(self) -> Iterator[Pending]:
        """The calls that became ready since the last time."""
        while self._calls:
            yield self._calls.popleft()

    def take_finished(self) -> Iterator[Finished]:
        """The targets that were finished since the last time."""
        while self._finished:
            yield self._finished.popleft()

    def has_finished(self) -> bool:
        return bool(self._finished)

    def states(self) -> Iterator[State]:
        """Every node that was expanded and whose targets are not all finished."""
        yield from self._states.values()

    # -- inside ------------------------------------------------------------------------------

    def _expand(self, node: Node) -> State:
        recipe = self.resolver.recipe(node)
        state = self._states.get(recipe)
        if state is not None:
            return state
        kind = RowsState if node.rows else CallState
        state = kind(node, recipe, self.resolver)
        for below in dict.fromkeys(self._expand(upstream) for upstream in inputs_of(node)):
            state.inputs.append(below)
            below.users.append(state)
            if below.status is Status.FAILED:
                state.status, state.error = Status.FAILED, below.error
            elif below.status is not Status.DONE:
                state.undone.add(below.recipe)
        self._states[recipe] = state
        if not state.undone and state.status is Status.WAITING:
            self._look_up(state)
        return state

    def _look_up(self, state: State) -> None:
        """All inputs are known: find the result, or make calls for what is missing."""
        try:
            missing = state.look_up()
            # Row keys mean nothing outside their group.
            places = {key: (state.group, key) for key in missing}
            mine = [key for key in missing if state.carried or places[key] not in self._in_flight]
            calls = state.calls(mine) if mine and not self.dry else []
        except Missing as gone:
            self._fail(state, Failed(gone, gone.ref))
            return
        except _BAD_DATA as error:
            self._fail(state, Failed(error))
            return
        if not missing:
            self._settle(state)
            return
        state.status = Status.RUNNING
        if self.dry:
            return
        for key in places.keys() - mine:
            self._in_flight[places[key]].append(state)
        for key in mine:
            self._in_flight.setdefault(places[key], [])
        self._calls.extend(Pending(state, call, state.attempts) for call in calls)

    def _settle(self, state: State) -> None:
        if not state.complete() or state.status in (Status.DONE, Status.FAILED):
            return
        state.status = Status.DONE
        for user in state.users:
            user.undone.discard(state.recipe)
            if not user.undone and user.status is Status.WAITING:
                self._look_up(user)
        self._finish_targets(state)

    def _fail(self, state: State, failed: Failed) -> None:
        if failed.missing is not None and state.attempts < _ATTEMPTS:
            self._retry(state)
            return
        if state.status is Status.FAILED:
            return
        state.status, state.error = Status.FAILED, failed.error
        for user in state.users:
            self._fail(user, Failed(failed.error))
        self._finish_targets(state)

    def _retry(self, state: State) -> None:
        """An input vanished after it was found: look the inputs up again, then this node."""
        state.attempts += 1
        state.status = Status.WAITING
        done = [below for below in state.inputs if below.status is Status.DONE]
        again = [below for below in done if below.kept or not below.carried]
        for below in again:
            below.forget()
            below.status = Status.WAITING
            below.attempts += 1
        settled = (Status.DONE, Status.FAILED)
        state.undone = {below.recipe for below in state.inputs if below.status not in settled}
        for below in again:
            self._look_up(below)
        if not state.undone and state.status is Status.WAITING:
            self._look_up(state)

    def _finish_targets(self, state: State) -> None:
        for target in self._targets.pop(state.recipe, []):
            self._finish(target)

    def _finish(self, target: Target) -> None:
        self.open -= 1
        state = target.state
        members = tuple(target.members())
        if self.dry:
            self._finished.append(Finished(target.index, None, None, ()))
            return
        value, error = None, state.error
        if state.status is not Status.FAILED:
            try:
                value = keep_target(self.resolver.store, state, members)
            except Missing as gone:
                if state.attempts < _ATTEMPTS:
                    self._again(target)
                    return
                error = gone
        self._finished.append(Finished(target.index, value, error, members))
        self._release(state)

    def _again(self, target: Target) -> None:
        """A target's value vanished after it was found."""
        self.open += 1
        self._targets.setdefault(target.state.recipe, []).append(target)
        self._retry(target.state)

    def _release(self, state: State) -> None:
        """Forget the nodes that only finished targets needed, so that memory stays bounded."""
        if any(user.recipe in self._states for user in state.users):
            return
        if state.recipe in self._targets or self._states.pop(state.recipe, None) is None:
            return
        for below in dict.fromkeys(state.inputs):
            below.users = [user for user in below.users if user is not state]
            self._release(below)

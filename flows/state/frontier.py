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

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass

from flows.memo import Call, Failed, Result
from flows.node import Node
from flows.state.nodes import CallState, State, Status
from flows.state.order import inputs_first
from flows.state.refs import Missing
from flows.state.resolve import Resolver
from flows.state.rows import RowsState
from flows.state.target import Finished, Target, find_target, keep_target
from store import MemoflowError

__all__ = ["Frontier", "Pending"]

_BAD_DATA = (MemoflowError, TypeError, AttributeError, ValueError, LookupError)
"""What a node's inputs can raise when they are looked at here: that node's failure, not the run's."""

_ATTEMPTS = 10
"""How often a node is planned again because something vanished from the store. After two times its
result is handed on and cannot vanish, so that a run ends however often somebody removes things."""


@dataclass(frozen=True)
class Pending:
    """A call to make, and the state that is waiting for it, in that state's `attempt`."""

    state: State
    call: Call
    attempt: int


class Frontier:
    """Nodes of one run by recipe, from admission until their targets are finished.

    A `dry` one looks up, and keeps what it knows: it finishes only targets whose records are found.
    """

    def __init__(self, resolver: Resolver, dry: bool = False) -> None:
        self.resolver = resolver
        self.dry = dry
        self._states: dict[bytes, State] = {}
        self._targets: dict[State, list[Target]] = {}
        self._due: deque[State] = deque()
        self._calls: deque[Pending] = deque()
        self._finished: deque[Finished] = deque()
        self._claims: dict[tuple[bytes, bytes], list[State]] = {}
        self.open = 0

    # -- events in ---------------------------------------------------------------------------

    def answer(self, index: int, node: Node) -> bool:
        """Finish a target at once where its record is found; whether that is so."""
        try:
            recipe = self.resolver.recipe(node)
            record = find_target(self.resolver.store, recipe, node.func)
        except MemoflowError as error:
            self._finished.append(Finished(index, None, error, ()))
            return True
        if record is not None:
            self._finished.append(Finished(index, record.value, None, record.members, recipe, recorded=True))
        return record is not None

    def admit(self, index: int, node: Node) -> None:
        """Take a target: finished at once where its record is found, else looked up node by
        node."""
        if not self.answer(index, node):
            self.begin(index, node)

    def begin(self, index: int, node: Node) -> None:
        """Look a target that has no record up node by node."""
        self.open += 1
        if not self.dry:
            self.resolver.record_code()
        state = self._expand(node, index)
        self._targets.setdefault(state, []).append(Target(index, state))
        if state.status in (Status.DONE, Status.FAILED):
            self._finish_targets(state)
        self._look_up_due()

    def accept(self, pending: Pending, outcome: Result | Failed) -> None:
        """Take what a call gave."""
        group = pending.state.group
        waiting = [state for key in pending.call.keys for state in self._claims.pop((group, key), [])]
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
        else:
            pending.state.ran(outcome)
            for state in (pending.state, *others):
                state.learn(outcome)
                self._settle(state)
        self._look_up_due()

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

    def look_into(self, node: Node) -> State:
        """Look a node and those below it up one by one, whatever its target's record says."""
        state = self._expand(node)
        self._look_up_due()
        return state

    def state(self, node: Node) -> State | None:
        """The state of a node, if it was expanded and not all of its targets are finished."""
        return self._states.get(self.resolver.recipe(node))

    def states(self) -> Iterator[State]:
        """Every node that was expanded and whose targets are not all finished."""
        yield from self._states.values()

    def claimed(self) -> dict[State, list[bytes]]:
        """The keys that are being computed, by the node that was the first to need them."""
        claimed = defaultdict(list)
        for (_, key), waiting in self._claims.items():
            claimed[waiting[0]].append(key)
        return claimed

    # -- inside ------------------------------------------------------------------------------

    def _expand(self, node: Node, target: int = 0) -> State:
        """The state of a node, made with those of all that it reads where they are not known yet."""
        recipe = self.resolver.recipe
        for new in inputs_first(node, self.resolver.inputs, lambda each: recipe(each) in self._states):
            self._add(new, target)
        return self._states[recipe(node)]

    def _add(self, node: Node, target: int) -> None:
        recipe, kind = self.resolver.recipe, RowsState if node.rows else CallState
        state = kind(node, recipe(node), self.resolver)
        self._states[state.recipe], state.target = state, target
        for below in dict.fromkeys(self._states[recipe(each)] for each in self.resolver.inputs(node)):
            state.inputs[below.recipe] = below
            below.users.append(state)
            if below.status is Status.FAILED:
                state.status, state.error = Status.FAILED, below.error
            elif below.status is not Status.DONE:
                state.undone.add(below.recipe)
        self._due.append(state)

    def _look_up_due(self) -> None:
        """Look up what has become ready, and what becomes ready by that."""
        while self._due:
            state = self._due.popleft()
            if state.status is Status.WAITING and not state.undone:
                self._look_up(state)

    def _look_up(self, state: State) -> None:
        """All inputs are known: find the result, or make calls for what is missing."""
        try:
            missing = state.look_up()
            # Row keys mean nothing outside their group.
            places = {key: (state.group, key) for key in missing}
            mine = [key for key in missing if state.carried or not self._claims.get(places[key])]
            calls = state.calls(mine)
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
        for place in places.values():
            self._claims.setdefault(place, []).append(state)
        self._calls.extend(Pending(state, call, state.attempts) for call in calls)

    def _settle(self, state: State) -> None:
        if not state.complete() or state.status in (Status.DONE, Status.FAILED):
            return
        state.status = Status.DONE
        for user in state.users:
            user.undone.discard(state.recipe)
        self._due.extend(state.users)
        self._finish_targets(state)
        self._release(state)

    def _fail(self, state: State, failed: Failed) -> None:
        if failed.missing is not None and state.attempts < _ATTEMPTS:
            self._retry(state)
            return
        failing = [state]
        while failing:
            each = failing.pop()
            if each.status is not Status.FAILED:
                each.status, each.error = Status.FAILED, failed.error
                failing.extend(each.users)
                self._finish_targets(each)
                self._release(each)

    def _retry(self, state: State) -> None:
        """An input vanished after it was found: look the inputs up again, then this node."""
        state.attempts += 1
        state.status = Status.WAITING
        done = [below for below in state.inputs.values() if below.status is Status.DONE]
        again = [below for below in done if below.kept or not below.carried]
        for below in again:
            below.forget()
            below.status = Status.WAITING
            below.attempts += 1
        settled = (Status.DONE, Status.FAILED)
        state.undone = {key for key, below in state.inputs.items() if below.status not in settled}
        self._due.extend([*again, state])

    def _finish_targets(self, state: State) -> None:
        for target in self._targets.pop(state, []):
            self._finish(target)

    def _finish(self, target: Target) -> None:
        self.open -= 1
        state = target.state
        if self.dry:
            return
        members = tuple(target.members())
        value, error = None, state.error
        if state.status is not Status.FAILED:
            try:
                value = state.value()
            except Missing as gone:
                if state.attempts < _ATTEMPTS:
                    self._again(target)
                    return
                error = gone
        if error is None:
            keep_target(self.resolver.store, state, value, members)
        self._finished.append(Finished(target.index, value, error, members, state.recipe))
        self._release(state)

    def _again(self, target: Target) -> None:
        """A target's value vanished after it was found."""
        self.open += 1
        self._targets.setdefault(target.state, []).append(target)
        self._retry(target.state)

    def _release(self, state: State) -> None:
        """Forget the nodes that only finished targets needed, so that memory stays bounded. What runs is
        kept until it ends, for targets to come."""
        releasing = [] if self.dry else [state]
        while releasing:
            each = releasing.pop()
            if each in self._targets or each.status is Status.RUNNING or not self._knows(each):
                continue
            if any(map(self._knows, each.users)):
                continue
            del self._states[each.recipe]
            for below in each.inputs.values():
                below.users.remove(each)
                releasing.append(below)

    def _knows(self, state: State) -> bool:
        """Whether a state is in use: another one of its recipe may have taken its place."""
        return self._states.get(state.recipe) is state

"""What is known of one node during a run: its key, what the store has, what is missing.

Owns: what all nodes share, and `CallState` for a node with one result; `flows.state.rows` has those that
map over items. All answer the same questions: what is missing, which calls compute it, is it
complete, how others refer to it.
"""

from __future__ import annotations

import enum
from typing import Any

from flows.memo import Call, Result
from flows.node import Field, Known, Node, replace_nodes
from flows.state.refs import EntryRef, FieldRef, Missing, fetch
from flows.state.resolve import Resolver
from store.key import call_key
from store.reads import Read

__all__ = ["CallState", "State", "Status", "known"]


class Status(enum.Enum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class State:
    """A node in a run, its `inputs` by recipe, of which `undone` are those that are not done;
    `target` is the index of the target that was the first to need it.

    `spent_s` are the seconds that computing took in this run; `saved_s` those that it took when what
    was found was computed.
    """

    def __init__(self, node: Node, recipe: bytes, resolver: Resolver) -> None:
        self.node = node
        self.recipe = recipe
        self.resolver = resolver
        self.status = Status.WAITING
        self.error: Exception | None = None
        self.inputs: dict[bytes, State] = {}
        self.users: list[State] = []
        self.undone: set[bytes] = set()
        self.attempts = 0
        self.target = 0
        self.executed = 0
        self.spent_s = 0.0
        self.saved_s = 0.0
        self.kept = True
        self.digest: bytes | None = None
        self.group = b""
        self.reads: set[Read] = set()

    # What the two kinds of node answer.
    def look_up(self) -> list[bytes]:
        """Find the result in the store; the keys that are missing."""
        raise NotImplementedError

    def calls(self, keys: list[bytes], most: int | None = None) -> list[Call]:
        """The calls that compute some missing keys, with at most so many keys each."""
        raise NotImplementedError

    def learn(self, result: Result) -> None:
        """Take from a result what this node needs."""
        raise NotImplementedError

    def complete(self) -> bool:
        return self.digest is not None

    def size(self) -> int:
        """Rows of the node; 0 for a call."""
        return 0

    def ref(self) -> Any:
        """How a job refers to the result: by key, or the value itself where it is not in the
        store."""
        raise NotImplementedError

    def stored_ref(self) -> Any:
        """How a job would refer to what the store has of the result; None where that is nothing."""
        raise NotImplementedError

    # What they share.
    @property
    def carried(self) -> bool:
        """Whether the result is computed anew and handed on: it, or what it reads, kept vanishing."""
        return self.attempts > 1

    def ran(self, result: Result) -> None:
        """Count what was executed for this node."""
        self.executed += result.executed
        self.spent_s += result.seconds
        self.resolver.saw(self.node.stage, result.seconds, result.executed)
        self.resolver.room.saw(self.node.stage, result.executed)

    def value(self) -> Any:
        """The result itself. Raises `Missing` where it vanished."""
        return fetch(self.ref(), self.resolver.store)

    def input_digest(self, argument: Node | Field) -> bytes:
        if isinstance(argument, Field):
            state = self._below(argument.node)
            return self.resolver.field(state.place, argument.name, state.value).digest
        return known(self._below(argument))

    def input_ref(self, argument: Node | Field | Known) -> Any:
        if isinstance(argument, Known):
            return argument.load()
        if isinstance(argument, Field):
            return FieldRef(self._below(argument.node).ref(), argument.name)
        return self._below(argument).ref()

    @property
    def place(self) -> bytes:
        """What tells this result from any other, also from one that is equal by digest."""
        raise NotImplementedError

    def forget(self) -> None:
        """Drop what this process remembers of the store, which has turned out to be wrong."""

    def _below(self, node: Node) -> State:
        return self.inputs[self.resolver.recipe(node)]

    def _ref_args(self) -> tuple[Any, ...]:
        return tuple(map(self._ref, self.node.args))

    def _ref_kwargs(self) -> dict[str, Any]:
        """The keyword arguments of calls, also those that are no part of keys."""
        return {**{name: self._ref(value) for name, value in self.node.kwargs.items()}, **self.node.unkeyed}

    def _ref(self, argument: Any) -> Any:
        """An argument as a job has it."""
        if self.resolver.is_literal(argument):  # of hundreds of programs, say
            return argument
        return replace_nodes(argument, self.input_ref)


class CallState(State):
    """A node with one result."""

    key = b""
    local: Any = None

    @property
    def place(self) -> bytes:
        return self.key + known(self)

    def input_digests(self) -> list[bytes]:
        return self.resolver.arguments(self.node, self.input_digest)

    def look_up(self) -> list[bytes]:
        stage, store = self.node.stage, self.resolver.store
        self.key = call_key(stage, self.resolver.code(self.node.func), self.input_digests())
        found = store.find_entry(stage, self.key, self.node.func) if not self.carried else None
        self.digest = found.value_digest if found is not None else None
        self.reads = set(found.segment.made.reads) if found is not None else set()
        self.saved_s = found.segment.made.seconds if found is not None else 0.0
        store.count(found is not None, found is None)
        return [self.key] if found is None else []

    def calls(self, keys: list[bytes], most: int | None = None) -> list[Call]:
        args, kwargs, carry = self._ref_args(), self._ref_kwargs(), self.carried
        code = self.resolver.code(self.node.func)
        return [Call(self.node.func, args, kwargs, (key,), code, carry=carry) for key in keys]

    def learn(self, result: Result) -> None:
        self.digest = result.digests.get(self.key, self.digest)
        self.reads.update(result.reads)
        if self.key in result.local:
            self.local, self.kept = result.local[self.key], False

    def ref(self) -> Any:
        return EntryRef(self.node.stage, self.key, self.node.func) if self.kept else self.local

    def stored_ref(self) -> Any:
        return self.ref() if self.complete() else None


def known(state: State) -> bytes:
    if state.digest is None:
        raise Missing(state.ref())
    return state.digest

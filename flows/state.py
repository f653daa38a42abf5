"""What is known of one node during a run: its key, what the store has, what is missing.

Owns: `CallState` for a node with one result and `RowsState` for a node that maps over items. Both
answer the same questions: what is missing, which calls compute it, is it complete, how others refer
to it.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any

import numpy as np

from flows.memo import Call, Result
from flows.node import Field, Node, replace_nodes
from flows.refs import EntryRef, FieldRef, Missing, RowsRef, fetch
from flows.resolve import Resolver
from store.encode import hash_bytes
from store.key import call_key, group_key, row_key
from store.reads import Read

__all__ = ["CHUNK_SECONDS", "CallState", "RowsState", "State", "Status"]

CHUNK_SECONDS = 0.25
"""Work in one chunk of rows: well above the 1 to 2 ms that a Dask task costs, short enough to spread."""

_BLIND_CHUNKS = 4
"""Chunks that rows are cut into where nothing is known of their cost: they may be hours each."""


class Status(enum.Enum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class State:
    """A node in a run. `undone` are the recipes of the inputs that are not done."""

    def __init__(self, node: Node, recipe: bytes, resolver: Resolver) -> None:
        self.node = node
        self.recipe = recipe
        self.resolver = resolver
        self.status = Status.WAITING
        self.error: Exception | None = None
        self.inputs: list[State] = []
        self.users: list[State] = []
        self.undone: set[bytes] = set()
        self.attempts = 0
        self.executed = 0
        self.kept = True
        self.digest: bytes | None = None
        self.group = b""
        self.reads: set[Read] = set()

    # What the two kinds of node answer.
    def look_up(self) -> list[bytes]:
        """Find the result in the store; the keys that are missing."""
        raise NotImplementedError

    def calls(self, keys: list[bytes]) -> list[Call]:
        """The calls that compute some missing keys."""
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

    # What they share.
    def ran(self, result: Result) -> None:
        """Count what was executed for this node."""
        self.executed += result.executed
        self.resolver.saw(self.node.stage, result.seconds, result.executed)

    def value(self) -> Any:
        """The result itself. Raises `Missing` where it vanished."""
        return fetch(self.ref(), self.resolver.store)

    def input_digest(self, argument: Node | Field) -> bytes:
        if isinstance(argument, Field):
            state = self._below(argument.node)
            return self.resolver.field(state.place, argument.name, state.value).digest
        return _known(self._below(argument))

    def input_ref(self, argument: Node | Field) -> Any:
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
        recipe = self.resolver.recipe(node)
        return next(state for state in self.inputs if state.recipe == recipe)

    def _refs(self, arguments: Any) -> Any:
        return replace_nodes(arguments, self.input_ref)


class CallState(State):
    """A node with one result."""

    key = b""
    local: Any = None

    @property
    def place(self) -> bytes:
        return self.key + _known(self)

    def input_digests(self) -> list[bytes]:
        return self.resolver.arguments(self.node, self.input_digest)

    def look_up(self) -> list[bytes]:
        stage, store = self.node.stage, self.resolver.store
        self.key = call_key(stage, self.resolver.code(self.node.func), self.input_digests())
        found = store.find_entry(stage, self.key, self.node.func)
        self.digest = found.value_digest if found is not None else None
        self.reads = set(found.segment.made.reads) if found is not None else set()
        store.count(found is not None, found is None)
        return [self.key] if found is None else []

    def calls(self, keys: list[bytes]) -> list[Call]:
        kwargs = {**self._refs(dict(self.node.kwargs)), **self.node.unkeyed}
        code = self.resolver.code(self.node.func)
        return [Call(self.node.func, self._refs(self.node.args), kwargs, (key,), code) for key in keys]

    def learn(self, result: Result) -> None:
        self.digest = result.digests.get(self.key, self.digest)
        self.reads.update(result.reads)
        if self.key in result.local:
            self.local, self.kept = result.local[self.key], False

    def ref(self) -> Any:
        return EntryRef(self.node.stage, self.key, self.node.func) if self.kept else self.local


class RowsState(State):
    """A node that maps over items, each with its own key."""

    def __init__(self, node: Node, recipe: bytes, resolver: Resolver) -> None:
        super().__init__(node, recipe, resolver)
        self.keys: list[bytes] = []
        self.items: list[bytes] = []
        self.found: dict[bytes, bytes] = {}
        self.local: dict[bytes, Any] = {}

    @property
    def place(self) -> bytes:
        return self.group + _known(self)

    def forget(self) -> None:
        self.resolver.store.forget(self.node.stage, self.group)

    def size(self) -> int:
        return len(set(self.keys))

    def common_digest(self) -> bytes:
        return self.resolver.keywords(self.node, self.input_digest)

    def look_up(self) -> list[bytes]:
        code = self.resolver.code(self.node.func)
        self.group = group_key(self.node.stage, code, self.common_digest())
        self.items = self._item_digests()
        self.keys = [row_key(item, self.deps(index)) for index, item in enumerate(self.items)]
        rows = self.resolver.store.group(self.node.stage, self.group, self.node.func).rows
        hits = {key: rows[key] for key in self.keys if key in rows}
        self.found = {key: row.value_digest for key, row in hits.items()}
        self.reads = {read for row in hits.values() for read in row.segment.made.reads}
        self.digest = None
        self._conclude()
        missing = [key for key in dict.fromkeys(self.keys) if key not in self.found]
        self.resolver.store.count(len(self.found), len(missing))
        return missing

    def deps(self, index: int) -> bytes:
        if self.node.deps is None:
            return b""
        return self.resolver.deps(self.node.deps, self.items[index], lambda: self.item(index))

    def item(self, index: int) -> Any:
        """One item's value."""
        source = self.node.args[0]
        if isinstance(source, Node):
            below = self._below(source)
            if isinstance(below, RowsState):
                return fetch(below.ref_to([below.keys[index]]), self.resolver.store)[0]
        return self._source_items()[index]

    def calls(self, keys: list[bytes]) -> list[Call]:
        if not keys:
            return []
        places = {key: index for index, key in reversed(list(enumerate(self.keys)))}
        seconds = self._row_seconds()
        per_call = max(1, int(CHUNK_SECONDS / seconds)) if seconds else -(-len(keys) // _BLIND_CHUNKS)
        count = -(-len(keys) // per_call)
        kwargs = {**self._refs(dict(self.node.kwargs)), **self.node.unkeyed}
        chunks = [keys[start::count] for start in range(count)]
        return [
            Call(
                self.node.func,
                (self._items_ref([places[key] for key in chunk]),),
                kwargs,
                tuple(chunk),
                self.resolver.code(self.node.func),
                self.group,
            )
            for chunk in chunks
        ]

    def learn(self, result: Result) -> None:
        mine = set(self.keys)
        self.reads.update(result.reads)
        self.found.update((key, d) for key, d in result.digests.items() if key in mine)
        local = {key: value for key, value in result.local.items() if key in mine}
        if local:
            self.local.update(local)
            self.kept = False
        self._conclude()

    def ref(self) -> Any:
        return self.ref_to(self.keys)

    def ref_to(self, keys: list[bytes]) -> RowsRef:
        local = {key: self.local[key] for key in keys if key in self.local}
        return RowsRef(self.node.stage, self.group, tuple(keys), self.node.func, local)

    def _conclude(self) -> None:
        if all(key in self.found for key in self.keys):
            self.digest = hash_bytes(b"rows\0" + b"".join(self.found[key] for key in self.keys))

    def _row_seconds(self) -> float:
        """From earlier rows of the same group where there are any, else from the run so far; 0 where
        nothing is known."""
        rows = self.resolver.store.group(self.node.stage, self.group, self.node.func, ()).rows.values()
        segments = {row.segment.name: row.segment for row in rows}.values()
        count = sum(segment.rows for segment in segments)
        if count:
            return max(sum(segment.made.seconds for segment in segments) / count, 1e-6)
        stage = self.node.stage
        return max(self.resolver.pace(stage), 1e-6) if self.resolver.knows(stage) else 0.0

    def _item_digests(self) -> list[bytes]:
        source = self.node.args[0]
        if isinstance(source, Node):
            below = self._below(source)
            if isinstance(below, RowsState):
                return [below.found[key] for key in below.keys]
        owner = (
            self.input_digest(source) if isinstance(source, Node | Field) else self.resolver.literal(source)
        )
        return self.resolver.items(owner, self._source_items())

    def _source_items(self) -> Any:
        source = self.node.args[0]
        if isinstance(source, Field):
            state = self._below(source.node)
            values = self.resolver.field(state.place, source.name, state.value).value
        else:
            values = self._below(source).value() if isinstance(source, Node) else source
        if not isinstance(values, Sequence | np.ndarray):
            raise TypeError(f"{self.node.stage} maps over a {type(values).__name__}; it needs a list")
        return values

    def _items_ref(self, places: list[int]) -> Any:
        source = self.node.args[0]
        if isinstance(source, Node):
            below = self._below(source)
            if isinstance(below, RowsState):
                return below.ref_to([below.keys[place] for place in places])
        items = self._source_items()
        return [items[place] for place in places]


def _known(state: State) -> bytes:
    if state.digest is None:
        raise Missing(state.ref())
    return state.digest

"""What is known of a node that maps over items: its rows by key, those found, those missing.

Owns: `RowsState`, and how missing rows are cut into calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from flows.memo import Call, Result
from flows.node import Field, Node
from flows.state.nodes import State, known
from flows.state.refs import RowsRef, fetch
from flows.state.resolve import Resolver
from store.encode import hash_bytes
from store.key import group_key, row_key
from store.segment import Segment

__all__ = ["RowsState"]


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
        return self.group + known(self)

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
        self.keys = self._row_keys()
        rows = self.resolver.store.group(self.node.stage, self.group, self.node.func).rows
        hits = {key: rows[key] for key in self.keys if key in rows and not self.carried}
        self.found = {key: row.value_digest for key, row in hits.items()}
        self.reads = {read for row in hits.values() for read in row.segment.made.reads}
        # The rows of a segment were computed together.
        self.saved_s = sum(row.segment.made.seconds / row.segment.rows for row in hits.values())
        self.digest = None
        self._conclude()
        missing = [key for key in dict.fromkeys(self.keys) if key not in self.found]
        self.resolver.store.count(len(self.found), len(missing))
        return missing

    def _row_keys(self) -> list[bytes]:
        if self.node.deps is None:
            return [row_key(item, b"") for item in self.items]
        return self.resolver.row_keys(self.node.deps, self.items, self.item)

    def dependencies(self, index: int) -> tuple[object, ...]:
        """What an item depends on beside its function."""
        if self.node.deps is None:
            return ()
        return self.resolver.dependencies(self.node.deps, self.items[index], lambda: self.item(index))

    def item(self, index: int) -> Any:
        """One item's value."""
        source = self.node.args[0]
        if isinstance(source, Node):
            below = self._below(source)
            if isinstance(below, RowsState):
                return fetch(below.ref_to([below.keys[index]]), self.resolver.store)[0]
        return self._source_items()[index]

    def calls(self, keys: list[bytes], most: int | None = None) -> list[Call]:
        if not keys:
            return []
        places = {key: index for index, key in reversed(list(enumerate(self.keys)))}
        count = -(-len(keys) // (most or self._rows_per_call(len(keys))))
        kwargs = self._ref_kwargs()
        chunks = [keys[start::count] for start in range(count)]
        func, code = self.node.func, self.resolver.code(self.node.func)
        items = [self._items_ref([places[key] for key in chunk]) for chunk in chunks]
        return [
            Call(func, (part,), kwargs, tuple(chunk), code, self.group, self.carried)
            for part, chunk in zip(items, chunks, strict=True)
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

    def stored_ref(self) -> RowsRef:
        return self.ref_to([key for key in self.keys if key in self.found])

    def ref_to(self, keys: list[bytes]) -> RowsRef:
        local = {key: self.local[key] for key in keys if key in self.local}
        return RowsRef(self.node.stage, self.group, tuple(keys), self.node.func, local)

    def _conclude(self) -> None:
        if all(key in self.found for key in self.keys):
            self.digest = hash_bytes(b"rows\0" + b"".join(self.found[key] for key in self.keys))

    def _rows_per_call(self, missing: int) -> int:
        """As many rows as are worth a chunk, and as there is room for."""
        segments = [*self.resolver.store.group(self.node.stage, self.group, self.node.func, ()).segments()]
        seconds, room = self._row_seconds(segments), self.resolver.room
        if seconds:
            wanted = max(1, int(room.chunk_seconds / seconds))
        else:
            wanted = -(-missing // self.resolver.blind_chunks(self.node.stage))
        most = room.most(self.node.stage, max((segment.rows for segment in segments), default=0))
        return wanted if most is None else min(wanted, most)

    def _row_seconds(self, segments: Sequence[Segment]) -> float:
        """From earlier rows of the same group where there are any, else from the run so far; 0 where
        nothing is known."""
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

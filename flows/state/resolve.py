"""What a run knows about digests: of code, of literals, of items, of fields of results.

Owns: recipes of nodes, keys' inputs, and the bounded caches that keep planning at microseconds a
row. Every cache is keyed by identity of an object it holds on to, or by content, so none can be
stale within a run.
"""

from __future__ import annotations

import functools
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from flows.execution.room import Room
from flows.memo import Report, StoreAt
from flows.node import Deps, Field, Known, Node, nodes_in, replace_nodes
from flows.state.order import inputs_first
from store import Store
from store.encode import hash_bytes
from store.fingerprint import Fingerprint
from store.key import keywords, name_of, row_key

__all__ = ["Resolver"]

_ITEMS = 4096
_FIELDS = 64
_DEPS = 1 << 18
_ROW_SECONDS = 0.0005
"""Assumed for a row of a stage of which nothing was measured yet."""
_BLIND_CHUNKS, _BLIND_NODES = 4, 4
"""Of the first nodes of a stage of which nothing was measured, rows are cut into so many chunks: they may
be hours each. Those of further nodes stay together, as these are chunks enough to spread."""

_Value = TypeVar("_Value")


class _Bounded(Generic[_Value]):
    """The `size` results that were used last, by key."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[Hashable, _Value] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], _Value]) -> _Value:
        value = self.find(key)
        if value is None:
            value = self._values[key] = make()
            if len(self._values) > self._size:
                self._values.popitem(last=False)
        return value

    def find(self, key: Hashable) -> _Value | None:
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def __contains__(self, key: Hashable) -> bool:
        return key in self._values


@dataclass(frozen=True, slots=True)
class _Digested:
    """Stands in a structure for a value whose digest is known."""

    digest: bytes

    def __memo__(self) -> bytes:
        return self.digest


@dataclass(frozen=True)
class _FieldValue:
    value: Any
    digest: bytes


@dataclass(frozen=True)
class _Depended:
    """What an item depends on, and the key of its row. Holding `deps` keeps its id from being given
    to another one."""

    deps: Deps
    key: bytes
    named: tuple[object, ...]


class Resolver:
    """Digests for one run over one store."""

    def __init__(self, store: Store, at: StoreAt) -> None:
        self.store = store
        self.at = at
        self.room = Room()
        self._recipes: WeakKeyDictionary[Node, bytes] = WeakKeyDictionary()
        self._literals: _Bounded[tuple[object, bytes]] = _Bounded(_ITEMS)
        self._fields: _Bounded[_FieldValue] = _Bounded(_FIELDS)
        self._items: _Bounded[list[bytes]] = _Bounded(_ITEMS)
        self._depended: dict[tuple[int, bytes], _Depended] = {}
        self._pace: dict[str, float] = {}
        self._blind: Counter[str] = Counter()
        self._codes: dict[int, tuple[object, str]] = {}
        self._noted: set[str] = set()
        self._unrecorded: dict[str, Fingerprint] = {}
        self.counts: dict[str, float] = {}
        self.write_error: str | None = None

    # -- code and literals -------------------------------------------------------------------

    def code(self, func: object) -> str:
        """The fingerprint of a function, as hexadecimal digits."""
        known = self._codes.get(id(func))
        if known is None:
            fingerprint = self.store.keys.code(func)
            self._note(name_of(func), fingerprint)
            # Holding the function keeps its id from being given to another one.
            known = self._codes[id(func)] = (func, fingerprint.digest)
        return known[1]

    def functions(self) -> dict[str, str]:
        """The fingerprints of the functions that were asked for, by name."""
        return {name_of(func): digest for func, digest in self._codes.values()}

    def record_code(self) -> None:
        """Note in the ledger which code is about to run, so that later misses can be explained."""
        if self._unrecorded:
            self.store.ledger.record_code(self._unrecorded)
            self._unrecorded = {}

    def _note(self, name: str, code: Fingerprint) -> None:
        if name not in self._noted:
            self._noted.add(name)
            self._unrecorded[name] = code

    def is_literal(self, value: object) -> bool:
        """Whether a value is known to be an argument that holds no node."""
        return id(value) in self._literals

    def literal(self, value: object) -> bytes:
        """The digest of an argument that holds no node; one object is digested once."""
        if isinstance(value, Known):
            return value.digest
        # Holding the value keeps its id from being given to another one.
        return self._literals.get(id(value), lambda: (value, self.store.keys.value(value)))[1]

    def recipe(self, node: Node) -> bytes:
        """The digest of all code and literals that a node's result can depend on."""
        if node not in self._recipes:
            for each in inputs_first(node, self.inputs, self._recipes.__contains__):
                self._recipes[each] = self._make_recipe(each)
        return self._recipes[node]

    def inputs(self, node: Node) -> Iterator[Node]:
        """The nodes that a node reads, each as often as it reads it."""
        for argument in (*node.args, *node.kwargs.values()):
            if isinstance(argument, Node):
                yield argument
            elif isinstance(argument, Field):
                yield argument.node
            # An argument that is known as a literal holds no node, and need not be searched again.
            elif not isinstance(argument, Known) and not self.is_literal(argument):
                found = list(nodes_in(argument))
                if not found:
                    self.literal(argument)
                yield from found

    def _make_recipe(self, node: Node) -> bytes:
        deps = self.code(node.deps) if node.deps is not None else ""
        head = f"recipe\0{node.stage}\0{self.code(node.func)}\0{deps}\0{node.rows}\0"
        return hash_bytes(head.encode() + b"".join(self.arguments(node, self._recipe_of)))

    def arguments(self, node: Node, known: Callable[[Node | Field], bytes]) -> list[bytes]:
        """The digest of each argument, where `known` gives those of nodes and fields."""
        digests = [self._argument(arg, known) for arg in node.args]
        if node.kwargs:
            digests.append(self.keywords(node, known))
        return digests

    def keywords(self, node: Node, known: Callable[[Node | Field], bytes]) -> bytes:
        """The digest of a node's keyword arguments."""
        return keywords({name: self._argument(arg, known) for name, arg in node.kwargs.items()})

    def _argument(self, argument: Any, known: Callable[[Node | Field], bytes]) -> bytes:
        literal = self._literals.find(id(argument))
        if literal is not None:
            return literal[1]
        if isinstance(argument, Node | Field):
            return known(argument)
        if not isinstance(argument, Known):
            replaced = replace_nodes(argument, lambda each: _Digested(self._argument(each, known)))
            if replaced is not argument:
                return self.store.keys.value(replaced)
        return self.literal(argument)

    def _recipe_of(self, argument: Node | Field) -> bytes:
        if isinstance(argument, Field):
            return hash_bytes(f"field\0{argument.name}\0".encode() + self.recipe(argument.node))
        return self.recipe(argument)

    # -- values ------------------------------------------------------------------------------

    def field(self, owner: bytes, name: str, load: Callable[[], Any]) -> _FieldValue:
        """An attribute of the result at the place `owner`, and the attribute's digest."""

        def make() -> _FieldValue:
            value = getattr(load(), name)
            return _FieldValue(value, self.store.keys.value(value))

        return self._fields.get((owner, name), make)

    def items(self, owner: bytes, values: Sequence[Any]) -> list[bytes]:
        """The digest of each item of the sequence whose own digest is `owner`."""
        return self._items.get(owner, lambda: [self.store.keys.value(item) for item in values])

    def row_keys(self, deps: Deps, items: Sequence[bytes], load: Callable[[int], Any]) -> list[bytes]:
        """The keys of rows from the digests of their items, which `load` gives by place: what an item
        depends on is in the key. The same programs are tried on each puzzle, so most are known."""
        known, of = self._depended, id(deps)
        return [
            (known.get((of, item)) or self._depend(deps, item, functools.partial(load, place))).key
            for place, item in enumerate(items)
        ]

    def dependencies(self, deps: Deps, item: bytes, load: Callable[[], Any]) -> tuple[object, ...]:
        """What an item depends on, as `deps` names it, in that order."""
        return (self._depended.get((id(deps), item)) or self._depend(deps, item, load)).named

    def _depend(self, deps: Deps, item: bytes, load: Callable[[], Any]) -> _Depended:
        found, named = [], tuple(deps(load()))
        for dep in named:
            name, digest = self.store.keys.dependency(dep)
            code = self.store.keys.dependency_code(dep)
            if code is not None:
                self._note(name, code)
            found.append(digest)
        if len(self._depended) >= _DEPS:
            self._depended.clear()
        key = row_key(item, "".join(found).encode())
        made = self._depended[id(deps), item] = _Depended(deps, key, named)
        return made

    def heard(self, report: Report) -> None:
        """Add what a job's store did to the run's account."""
        for name, count in report.counts.items():
            self.counts[name] = self.counts.get(name, 0) + count
        self.write_error = self.write_error or report.write_error

    # -- pace --------------------------------------------------------------------------------

    def knows(self, stage: str) -> bool:
        """Whether anything of a stage was measured in this run."""
        return stage in self._pace

    def pace(self, stage: str) -> float:
        """Seconds that a row or call of a stage takes, from those seen so far."""
        return self._pace.get(stage, _ROW_SECONDS)

    def blind_chunks(self, stage: str) -> int:
        """How many chunks the rows of one more node are cut into, when nothing of its stage was measured."""
        self._blind[stage] += 1
        return _BLIND_CHUNKS if self._blind[stage] <= _BLIND_NODES else 1

    def saw(self, stage: str, seconds: float, count: int) -> None:
        """Learn from work that was done."""
        if count:
            new = seconds / count
            self._pace[stage] = 0.7 * self._pace.get(stage, new) + 0.3 * new

"""Nodes: a stage applied to inputs, before anything is known about results.

Owns: what stands for a value among the arguments, also inside lists, tuples and dicts, and how that
is replaced: another node, a field of one, or a value that is known by its digest. A node holds no
result and no key; `flows.state.frontier` finds those.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from store import Unencodable
from store.key import stage_of

__all__ = ["Deps", "Field", "Known", "Node", "nodes_in", "replace_nodes"]

Deps = Callable[[Any], Iterable[object]]
"""Gives the functions and constants whose fingerprints belong to an item's key."""


@dataclass(frozen=True, eq=False)
class Node:
    """`func` applied to arguments, or, where `rows`, to the items of its first argument.

    `unkeyed` are keyword arguments that cannot change a result (a batch size) and so stay out of
    the key.
    """

    func: Callable[..., Any]
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    rows: bool = False
    deps: Deps | None = None
    unkeyed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def stage(self) -> str:
        return stage_of(self.func)

    def field(self, name: str) -> Field:
        """One attribute of this node's result, as an argument of other nodes."""
        return Field(self, name)

    def __memo__(self) -> NoReturn:
        """A node is no value: whatever keys one by mistake (inside a set, say) is refused."""
        raise Unencodable(f"node {self.stage}", "an argument (use it in a list, tuple or dict, or alone)")

    def __repr__(self) -> str:
        return f"<Node {self.stage}>"


@dataclass(frozen=True)
class Field:
    """An attribute of a node's result. It keys by its own value, so that the rest may change."""

    node: Node
    name: str

    def __memo__(self) -> NoReturn:
        """As for a node."""
        raise Unencodable(f"field {self.name}", "an argument (use it in a list, tuple or dict, or alone)")


@dataclass(frozen=True, eq=False)
class Known:
    """A value whose digest is known: it is loaded only where something computes with it."""

    digest: bytes
    load: Callable[[], Any]

    def __memo__(self) -> NoReturn:
        """As for a node."""
        raise Unencodable("known value", "an argument (use it in a list, tuple or dict, or alone)")


def nodes_in(value: Any) -> Iterator[Node]:
    """The nodes in an argument: itself, or inside lists, tuples and dicts."""
    if isinstance(value, Node):
        yield value
    elif isinstance(value, Field):
        yield value.node
    elif type(value) in (list, tuple):
        for item in value:
            yield from nodes_in(item)
    elif type(value) is dict:
        for item in value.values():
            yield from nodes_in(item)


def replace_nodes(value: Any, replace: Callable[[Node | Field | Known], Any]) -> Any:
    """An argument with whatever stands for a value in it replaced; the same object where nothing
    does."""
    if isinstance(value, Node | Field | Known):
        return replace(value)
    if type(value) in (list, tuple):
        items = [replace_nodes(item, replace) for item in value]
        return type(value)(items) if _differ(items, value) else value
    if type(value) is dict:
        items = [replace_nodes(item, replace) for item in value.values()]
        return dict(zip(value, items, strict=True)) if _differ(items, value.values()) else value
    return value


def _differ(new: Iterable[Any], old: Iterable[Any]) -> bool:
    """Whether two rows of objects are of other objects."""
    return any(map(operator.is_not, new, old))

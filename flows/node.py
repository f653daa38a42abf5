"""Nodes: a stage applied to inputs, before anything is known about results.

Owns: how arguments name other nodes, also inside lists, tuples and dicts, and how those are
replaced. A node holds no result and no key; `flows.frontier` finds those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from store import Unencodable
from store.key import stage_of

__all__ = ["Deps", "Field", "Node", "nodes_in", "replace_nodes"]

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


def replace_nodes(value: Any, replace: Callable[[Node | Field], Any]) -> Any:
    """An argument with each node and field in it replaced; the same object where it holds none."""
    if isinstance(value, Node | Field):
        return replace(value)
    if type(value) in (list, tuple) and any(True for _ in nodes_in(value)):
        return type(value)(replace_nodes(item, replace) for item in value)
    if type(value) is dict and any(True for _ in nodes_in(value)):
        return {key: replace_nodes(item, replace) for key, item in value.items()}
    return value

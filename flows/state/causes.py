"""Which arguments a node has, one by one: to note them when it runs, and to say why it must.

Owns: telling `settings` (a scalar, or a dataclass of scalars, that the flow's author wrote) from
other inputs, and the stage that an input comes from.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from flows.node import Node, nodes_in
from flows.state.nodes import CallState, State, Status
from flows.state.refs import Missing
from flows.state.rows import RowsState
from store.cause import Cause
from store.history import Argument, CallPlace, Explainer, labels
from store.key import name_of
from store.past import DIGEST, PastCall
from store.rows import GroupPlace, RowCauses

__all__ = ["causes_of", "is_current", "record_inputs"]

_SCALARS = (bool, int, float, complex, str, bytes, type(None), enum.Enum)


def record_inputs(state: State) -> None:
    """Note in the ledger with which arguments a node is about to run."""
    node, resolver = state.node, state.resolver
    try:
        digests = _digests(state)
    except Missing:
        return  # an input that is gone: the call itself will say so
    code = resolver.code(node.func)
    resolver.store.ledger.record_call(name_of(node.func), code, digests, state.group, state.recipe)


def causes_of(state: State, missing: set[bytes], explainer: Explainer) -> Iterator[tuple[Cause, ...]]:
    """The causes of each missing row, or of the one call, that is computed for a node."""
    if isinstance(state, RowsState):
        causes, left = RowCauses(explainer, _group_place(state)), set(missing)
        for index, key in enumerate(state.keys):
            if key in left:
                left.discard(key)
                yield causes.of(key, state.items[index], state.dependencies(index))
    elif isinstance(state, CallState):
        yield explainer.call(_call_place(state))
    else:
        raise TypeError(f"{state.node!r} is neither a call nor maps over rows")


def _call_place(state: CallState) -> CallPlace:
    """What keys a node's call, for an explanation."""
    node, resolver = state.node, state.resolver
    code, inputs = resolver.store.keys.code(node.func), state.input_digests()
    return CallPlace(node.func, node.stage, name_of(node.func), code, inputs, _arguments(state))


def _group_place(state: RowsState) -> GroupPlace:
    """What keys a node's rows, for an explanation."""
    node, resolver = state.node, state.resolver
    code, common = resolver.store.keys.code(node.func), state.common_digest()
    return GroupPlace(node.func, node.stage, name_of(node.func), code, common, _arguments(state))


def is_current(states: Iterable[State], recipes: Iterable[bytes]) -> Callable[[PastCall], bool]:
    """Whether a remembered call is that of one of these nodes, by what it read or by its recipe."""

    @functools.cache
    def known() -> tuple[set[object], set[str]]:
        ready = (state for state in states if not state.undone and state.status is not Status.FAILED)
        return {_identity(state) for state in ready}, {recipe[:DIGEST].hex() for recipe in recipes}

    def current(call: PastCall) -> bool:
        identities, known_recipes = known()
        return call.recipe in known_recipes or (call.function, call.arguments) in identities

    return current


def _identity(state: State) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A node's call as the ledger remembers it: function and arguments."""
    short = {place: digest[:DIGEST].hex() for place, digest in _digests(state).items()}
    return name_of(state.node.func), tuple(short.items())


def _values(state: State) -> dict[str, Any]:
    """The arguments of a node by place or name; for one that maps over items, the common ones."""
    node = state.node
    placed = () if node.rows else node.args
    return {**{str(place): value for place, value in enumerate(placed)}, **node.kwargs}


def _digests(state: State) -> dict[str, bytes]:
    values = _values(state)
    alone = Node(state.node.func, tuple(values.values()))
    return dict(zip(values, state.resolver.arguments(alone, state.input_digest), strict=True))


def _arguments(state: State) -> dict[str, Argument]:
    values = _values(state)
    names = labels(state.node.func, values)
    return {
        place: _argument(values[place], digest, names[place]) for place, digest in _digests(state).items()
    }


def _argument(value: Any, digest: bytes, name: str) -> Argument:
    if isinstance(value, Path):
        return Argument(digest, name, "file", str(value))
    if _is_setting(value):
        return Argument(digest, name, "settings")
    stages = dict.fromkeys(node.stage for node in nodes_in(value))
    return Argument(digest, name, "input", ", ".join(stages))


def _is_setting(value: Any) -> bool:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return all(_is_setting(getattr(value, field.name)) for field in dataclasses.fields(value))
    return isinstance(value, _SCALARS)

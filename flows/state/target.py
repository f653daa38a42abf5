"""Targets: nodes whose values were asked for, and the one record that answers for a whole subgraph.

Owns: `entries/target/<recipe>`: the value, and the nodes below with their rows, so that a repeat
can count what it did not do. A record is kept only where everything below it is final and in the
store.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flows.state.nodes import State, Status
from flows.state.order import inputs_first
from store import Corrupt, Store, Unencodable
from store.encode import DIGEST_SIZE
from store.layout import is_digest
from store.reads import in_order

__all__ = ["Finished", "Member", "Record", "Target", "find_target", "keep_target", "kept_targets"]

_STAGE = "target"
_NO_DIGEST = bytes(DIGEST_SIZE)
"""No node has a target's record as input, so that nobody asks for the digest of its value."""


@dataclass(frozen=True)
class Member:
    """A node below a target: how many rows it has (None for a call), and how much was executed for
    it, in how many seconds; `saved_s` are those that its hits took when they were computed."""

    recipe: bytes
    stage: str
    rows: int | None
    executed: int = 0
    spent_s: float = 0.0
    saved_s: float = 0.0

    @property
    def seconds(self) -> float:
        """What all of it took, whenever it was computed."""
        return self.spent_s + self.saved_s


@dataclass(frozen=True)
class Record:
    """What the store answers for a target in which nothing changed."""

    value: Any
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Finished:
    """A target with its value, or with the error that stopped it. `members` are the nodes it is
    made of; where its record lies follows from its `recipe`. `recorded`: it hit as a whole, by that
    record."""

    index: int
    value: Any
    error: Exception | None
    members: tuple[Member, ...]
    recipe: bytes = b""
    recorded: bool = False


@dataclass(frozen=True)
class Target:
    """A node whose value was asked for, as the `index`-th of its run."""

    index: int
    state: State

    def members(self) -> Iterator[Member]:
        """The nodes below that are done or were begun, each once, inputs first."""
        for state in _below(self.state):
            if state.status is Status.DONE or state.executed:
                rows = state.size() if state.node.rows else None
                yield Member(
                    state.recipe, state.node.stage, rows, state.executed, state.spent_s, state.saved_s
                )


def find_target(store: Store, recipe: bytes, func: object) -> Record | None:
    """The record of a target that a function makes; None where there is none, or a bad one."""
    row = store.find_entry(_STAGE, recipe, func)
    if row is None:
        return None
    try:
        value, plain = store.entry_value(row, func)
        # Records of before seconds were noted have none.
        members = tuple(
            Member(recipe, stage, rows, saved_s=sum(seconds)) for recipe, stage, rows, *seconds in plain
        )
        store.count(sum(1 if member.rows is None else member.rows for member in members), 0)
        return Record(value, members)
    except (Corrupt, TypeError, ValueError):
        return None


def kept_targets(store: Store) -> frozenset[bytes]:
    """The recipes of all targets that have a record."""
    top = f"entries/{_STAGE}"
    names = [
        name
        for backend in store.backends
        for start in backend.names(top)
        for name in backend.names(f"{top}/{start}")
    ]
    return frozenset(bytes.fromhex(name) for name in names if is_digest(name))


def keep_target(store: Store, state: State, value: Any, members: tuple[Member, ...]) -> None:
    """Keep the record of a finished target where all of it may be believed next time."""
    if all(below.kept for below in _below(state)):
        plain = [(each.recipe, each.stage, each.rows, round(each.seconds, 6)) for each in members]
        reads = in_order(read for below in _below(state) for read in below.reads)
        # An unencodable one is in the store under its own key; only this short cut is not to be had.
        with contextlib.suppress(Unencodable):
            store.keep_entry(_STAGE, state.recipe, (value, plain), _NO_DIGEST, state.node.func, 0.0, reads)


def _below(state: State) -> list[State]:
    seen: dict[State, None] = {}
    for each in inputs_first(state, lambda user: user.inputs.values(), seen.__contains__):
        seen[each] = None
    return list(seen)

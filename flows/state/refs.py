"""References: how a job names results that lie in the store.

Owns: references to a call's result, to rows of a map, and to an attribute of a result; reading the
values that an argument refers to, and finding out beforehand whether that will go well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from store import Corrupt, Store
from store.segment import Row

__all__ = ["EntryRef", "FieldRef", "Missing", "RowsRef", "fetch", "is_whole"]


@dataclass(frozen=True)
class EntryRef:
    """The result of a call."""

    stage: str
    key: bytes
    func: Callable[..., Any]


@dataclass(frozen=True)
class RowsRef:
    """The results of a map, in the order of `keys`; `local` holds those that are not in the
    store."""

    stage: str
    group: bytes
    keys: tuple[bytes, ...]
    func: Callable[..., Any]
    local: Mapping[bytes, Any]


@dataclass(frozen=True)
class FieldRef:
    """An attribute of a result."""

    ref: Any
    name: str


class Missing(Exception):
    """An input that the plan found in the store and that is not there any more."""

    def __init__(self, ref: EntryRef | RowsRef) -> None:
        super().__init__(ref)
        self.ref = ref

    def __str__(self) -> str:
        return f"results of {self.ref.stage} vanished from the store during the run; run again"


def fetch(argument: Any, store: Store) -> Any:
    """An argument with its references replaced by values. Raises `Missing`."""
    if isinstance(argument, EntryRef):
        return _fetch_entry(argument, store)
    if isinstance(argument, RowsRef):
        return _fetch_rows(argument, store)
    if isinstance(argument, FieldRef):
        return getattr(fetch(argument.ref, store), argument.name)
    if type(argument) in (list, tuple):
        return type(argument)(fetch(item, store) for item in argument)
    if type(argument) is dict:
        return {key: fetch(item, store) for key, item in argument.items()}
    if type(argument) in (set, bytearray) or (type(argument) is np.ndarray and argument.flags.writeable):
        # What one call does to its argument must not reach another.
        return argument.copy()
    return argument


def _fetch_entry(ref: EntryRef, store: Store) -> Any:
    row = store.find_entry(ref.stage, ref.key, ref.func)
    if row is None:
        raise Missing(ref)
    try:
        return store.entry_value(row, ref.func)
    except Corrupt:
        raise Missing(ref) from None


def _fetch_rows(ref: RowsRef, store: Store) -> list[Any]:
    kept = [key for key in ref.keys if key not in ref.local]
    group = store.group(ref.stage, ref.group, ref.func, kept)
    values = group.values(kept, store.types(ref.func)) | dict(ref.local)
    try:
        return [values[key] for key in ref.keys]
    except KeyError:
        raise Missing(ref) from None


def is_whole(argument: Any, store: Store) -> bool:
    """Whether `fetch` would have all of an argument; what it would set aside is set aside.

    Values are decoded only where a stack is bad: what a checked record holds is as it was written,
    and the function that wrote it is the one that is asked for.
    """
    if isinstance(argument, EntryRef):
        row = store.find_entry(argument.stage, argument.key, argument.func)
        return row is not None and _are_whole((row,), argument, store)
    if isinstance(argument, RowsRef):
        kept = [key for key in argument.keys if key not in argument.local]
        rows = store.group(argument.stage, argument.group, argument.func, kept).rows
        there = [rows[key] for key in kept if key in rows]
        return _are_whole(there, argument, store) and len(there) == len(kept)
    if isinstance(argument, FieldRef):
        return is_whole(argument.ref, store)
    parts = argument.values() if type(argument) is dict else argument
    if type(argument) in (list, tuple, dict):
        # Each of them, so that all damage is found at once.
        return all([is_whole(part, store) for part in parts])  # noqa: C419  # as said
    return True


def _are_whole(rows: Iterable[Row], ref: EntryRef | RowsRef, store: Store) -> bool:
    """Whether the arrays that rows refer to can be had."""
    stacks = {stack for segment in {row.segment for row in rows} for stack in segment.stacks}
    if all(map(store.layers.has_stack, stacks)):
        return True
    try:
        fetch(ref, store)
    except Missing:
        return False
    return True

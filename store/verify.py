"""Checking a whole store: every record to its last value, every stack against its name.

Owns: what is bad, and what is litter, which nothing needs, bad or not. Nothing is changed. Stacks
come first, in processes where there are many: checking one is about a millisecond of Python, which
threads only slow down. A record costs a seventh of that.

Does not promise: to see what is written or removed while it looks.
"""

from __future__ import annotations

import functools
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from store.array import read_stack
from store.backend import Backend
from store.backend.many import over
from store.backend.objects import ObjectBackend
from store.codec import check
from store.errors import Corrupt
from store.layout import ARRAYS, MARKER, RUNS, SOURCES, is_result, piece_of, stack_folder
from store.location import open_layer
from store.ndarray import AnyArray
from store.record import unseal
from store.segment import unpack_rows

__all__ = ["Litter", "Verified", "verify"]

_STACKS_A_PROCESS = 500
"""Checking so many takes as long as starting a process does."""
_BATCH = 50
_RESULTS = ("entries", "rows", ARRAYS)
_OTHERS = (MARKER, RUNS, "leases")

_Outcome = int | None | Corrupt
"""What a stack is: of so many arrays, missing, or bad."""


class Litter(NamedTuple):
    """Something in a store that nothing needs, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Verified:
    """How many records and stacks were checked, what is wrong with the bad ones, what is litter."""

    checked: int
    bad: tuple[Corrupt, ...]
    litter: tuple[Litter, ...]


def verify(backend: Backend, names: Iterable[str], advance: Callable[[], None] = lambda: None) -> Verified:
    """Check the objects of a store, given by name; `advance` is called for each that is done."""
    pieces, bad, litter = _sorted_out(names)
    stacks = [piece.partition("/")[2] for piece in pieces if piece.startswith(f"{ARRAYS}/")]
    records = [piece for piece in pieces if not piece.startswith(f"{ARRAYS}/")]
    found: dict[str, _Outcome] = {}
    for stack, outcome in zip(stacks, _check_stacks(backend, stacks), strict=True):
        found[stack] = outcome
        if isinstance(outcome, Corrupt):
            bad.append(outcome)
        advance()
    named: set[str] = set()
    for stacks_named in over(backend, lambda name: _check_record(backend, name, found), records):
        if isinstance(stacks_named, Corrupt):
            bad.append(stacks_named)
        else:
            named.update(stacks_named)
        advance()
    for stack, outcome in found.items():
        if stack not in named and not isinstance(outcome, Corrupt):
            litter.append(Litter(stack_folder(stack), "no record names it"))
    return Verified(len(pieces), tuple(bad), tuple(sorted(litter)))


def _sorted_out(names: Iterable[str]) -> tuple[list[str], list[Corrupt], list[Litter]]:
    """What is to be checked, each once; names that no object has; what is no part of a store."""
    pieces: dict[str, None] = {}
    bad, litter = [], []
    for name in names:
        kind = name.partition("/")[0]
        if is_result(name):
            pieces[piece_of(name)] = None
        elif kind in _RESULTS:
            bad.append(Corrupt(name, "no object of a store has such a name"))
        elif kind not in _OTHERS:
            litter.append(Litter(name, "it was set aside" if kind == "aside" else "it is no part of a store"))
    return list(pieces), bad, litter


def _check_stacks(backend: Backend, stacks: Sequence[str]) -> Iterator[_Outcome]:
    """What each stack is, in their order."""
    processes = min(os.cpu_count() or 1, len(stacks) // _STACKS_A_PROCESS)
    if processes > 1 and backend.shared and not isinstance(backend, ObjectBackend):
        context = multiprocessing.get_context("forkserver")
        with ProcessPoolExecutor(processes, mp_context=context) as pool:
            yield from pool.map(functools.partial(_stack_at, backend.location), stacks, chunksize=_BATCH)
    else:
        yield from over(backend, functools.partial(_check_stack, backend), stacks)


def _stack_at(location: str, stack: str) -> _Outcome:
    return _check_stack(_opened(location), stack)


_opened = functools.cache(open_layer)


def _check_stack(backend: Backend, stack: str) -> _Outcome:
    try:
        array = read_stack(backend, stack)
    except Corrupt as error:
        return error
    return len(array) if array is not None else None


def _check_record(backend: Backend, name: str, stacks: Mapping[str, _Outcome]) -> Sequence[str] | Corrupt:
    """The stacks that a record names, or what is wrong with it."""
    try:
        data = backend.read(name)
        payload = unseal(name, data) if data is not None else None
        if payload is None or name.startswith(SOURCES):
            return ()
        rows = unpack_rows(name, payload)
        segment = next(iter(rows.values())).segment
        there = {stack: _present(backend, name, stack, stacks) for stack in segment.stacks}
        source = _Lengths([there[stack] for stack in segment.stacks])
        for row in rows.values():
            check(row.payload, source)
    except StopIteration:
        return Corrupt(name, "it holds no rows")
    except Corrupt as error:
        return error if error.where == name else Corrupt(name, f"a {error.where} of it {error.reason}")
    return segment.stacks


def _present(backend: Backend, name: str, stack: str, stacks: Mapping[str, _Outcome]) -> _Outcome:
    """A stack that a record names. Raises `Corrupt` where it is missing."""
    if not is_result(f"{stack_folder(stack)}/zarr.json"):
        raise Corrupt(name, "it names a stack that no store has")
    # One that was written after the listing is looked at now.
    outcome = stacks[stack] if stack in stacks else _check_stack(backend, stack)
    if outcome is None:
        raise Corrupt(name, f"its stack {stack_folder(stack)} is missing")
    return outcome


class _Lengths:
    """Stands for a record's stacks (a codec's `ArraySource`): only whether an array is there counts."""

    def __init__(self, stacks: Sequence[_Outcome]) -> None:
        self._stacks = stacks

    def get(self, stack: int, index: int) -> AnyArray:
        length = self._stacks[stack] if 0 <= stack < len(self._stacks) else 0
        # Of a bad stack nothing is known; it is told of by itself.
        if type(length) is int and not 0 <= index < length:
            raise Corrupt("value", f"refers to array {index} of stack {stack}, which is not there")
        return np.empty(0)

"""Jobs: what one Dask task, or one step in this process, computes and keeps.

Owns: the worker's side. A job's calls name their inputs by key; the worker reads those from the
store, runs the functions, keeps the results, and reports digests. A value travels in the report
only where it could not be kept.

Does not promise: exactly-once. A job that is run twice leaves equal records.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from flows.clock import children_cpu
from flows.errors import StageRaised, StaleCode
from store import Corrupt, MemoflowError, Store
from store.key import name_of
from store.memo import check_length, is_final

__all__ = [
    "Call",
    "EntryRef",
    "Failed",
    "FieldRef",
    "Job",
    "Missing",
    "Report",
    "Result",
    "RowsRef",
    "StoreAt",
    "execute",
    "fetch",
]


@dataclass(frozen=True)
class StoreAt:
    """Where a job finds its store."""

    location: str
    layers: tuple[str, ...] = ()
    register: tuple[type, ...] = ()

    @staticmethod
    def of(store: Store) -> StoreAt:
        """Where an open store lies; in this process its jobs use that very object."""
        layers = tuple(backend.location for backend in store.backends[1:])
        at = StoreAt(store.backends[0].location, layers, store.registered)
        _open_stores[at] = store
        return at

    def open(self) -> Store:
        """The store, opened once per process."""
        if self not in _open_stores:
            _open_stores[self] = Store(self.location, self.layers, register=self.register)
        return _open_stores[self]


_open_stores: dict[StoreAt, Store] = {}


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


_PLAIN = (str, int, float, bool, bytes, type(None))


class Missing(Exception):
    """An input that the plan found in the store and that is not there any more."""

    def __init__(self, ref: EntryRef | RowsRef) -> None:
        super().__init__(ref)
        self.ref = ref

    def __str__(self) -> str:
        return f"results of {self.ref.stage} vanished from the store during the run; run again"


@dataclass(frozen=True)
class Call:
    """One result to compute (`keys` has one key), or some rows of a group (one key per item).

    `code` is the function's fingerprint that the keys were made from.
    """

    func: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    keys: tuple[bytes, ...]
    code: str
    group: bytes | None = None


@dataclass(frozen=True)
class Job:
    """Calls of one stage, enough of them to be worth a task. Without `keep` nothing is stored: only
    the digests of final results are wanted."""

    stage: str
    calls: tuple[Call, ...]
    at: StoreAt
    keep: bool = True


@dataclass(frozen=True)
class Failed:
    """A call that raised, or whose input is missing (`missing`)."""

    error: Exception
    missing: EntryRef | RowsRef | None = None


@dataclass(frozen=True)
class Result:
    """What a call gave: value digests by key; values that are not kept; seconds of work."""

    digests: Mapping[bytes, bytes]
    local: Mapping[bytes, Any]
    seconds: float


@dataclass(frozen=True)
class Report:
    """A job's results in the order of its calls, and what it cost: CPU of the process and of its
    descendants."""

    results: tuple[Result | Failed, ...]
    cpu_s: float
    children_cpu_s: float
    write_error: str | None = None
    counts: Mapping[str, float] = field(default_factory=dict)


def execute(job: Job) -> Report:
    """Compute a job's calls one after another and keep what they give."""
    cpu, children = time.process_time(), children_cpu()
    store = job.at.open()
    before = store.stats()
    results = tuple(_attempt(job, call, store) for call in job.calls)
    after = store.stats()
    return Report(
        results,
        time.process_time() - cpu,
        children_cpu() - children,
        store.write_error if after["write_errors"] > before["write_errors"] else None,
        {name: after[name] - before[name] for name in after},
    )


def _attempt(job: Job, call: Call, store: Store) -> Result | Failed:
    try:
        _check_code(call, store)
        args = fetch(call.args, store)
        kwargs = fetch(dict(call.kwargs), store)
    except Missing as missing:
        return Failed(missing, missing.ref)
    except StaleCode as stale:
        return Failed(stale)
    try:
        started = time.perf_counter()
        value = call.func(*args, **kwargs)
        seconds = time.perf_counter() - started
        if not job.keep:
            return _digests(call, value, store, seconds)
        if call.group is None:
            return _keep_call(job.stage, call, value, store, seconds)
        return _keep_rows(job.stage, call, call.group, value, store, seconds)
    except Exception as error:  # the memo's edge: whatever a stage raises is its result
        return Failed(_portable(error))


def _check_code(call: Call, store: Store) -> None:
    """Raise `StaleCode` where this process would run other code than the keys were made from.

    A function of the user's script travels by value and is what it was.
    """
    if call.func.__module__ != "__main__" and store.keys.code(call.func).digest != call.code:
        raise StaleCode(name_of(call.func))


def _portable(error: Exception) -> Exception:
    """The error, or one that says the same where it might not survive the way to the client."""
    plain = all(type(argument) in _PLAIN for argument in error.args)
    if isinstance(error, MemoflowError) or (type(error).__module__ == "builtins" and plain):
        return error
    return StageRaised(type(error).__name__, str(error))


def _digests(call: Call, value: Any, store: Store, seconds: float) -> Result:
    values = [value] if call.group is None else value
    check_length(call.func, values, len(call.keys))
    found = zip(call.keys, values, strict=True)
    return Result({key: store.keys.value(each) for key, each in found if is_final(each)}, {}, seconds)


def _keep_call(stage: str, call: Call, value: Any, store: Store, seconds: float) -> Result:
    (key,) = call.keys
    digest = store.keys.value(value)
    kept = store.keep_entry(stage, key, value, digest, call.func, seconds)
    return Result({key: kept or digest}, {} if kept else {key: value}, seconds)


def _keep_rows(stage: str, call: Call, group: bytes, values: Any, store: Store, seconds: float) -> Result:
    check_length(call.func, values, len(call.keys))
    computed = dict(zip(call.keys, values, strict=True))
    kept = store.keep_rows(store.group(stage, group), computed, call.func, seconds)
    digests = {key: kept[key] if key in kept else store.keys.value(value) for key, value in computed.items()}
    local = {key: value for key, value in computed.items() if key not in kept}
    return Result(digests, local, seconds)


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
    row = store.find_entry(ref.stage, ref.key)
    if row is None:
        raise Missing(ref)
    try:
        return store.entry_value(ref.stage, ref.key, row, ref.func)
    except Corrupt:
        raise Missing(ref) from None


def _fetch_rows(ref: RowsRef, store: Store) -> list[Any]:
    group = store.group(ref.stage, ref.group)
    try:
        return [
            ref.local[key] if key in ref.local else store.row_value(group, group.rows[key], ref.func)
            for key in ref.keys
        ]
    except (KeyError, Corrupt):
        raise Missing(ref) from None

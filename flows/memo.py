"""Jobs: what one Dask task, or one step in this process, computes and keeps.

Owns: the worker's side. A job's calls name their inputs by key; the worker reads those from the
store, runs the functions, keeps the results, and reports digests. A value travels in the report
only where it could not be kept.

Does not promise: exactly-once. A job that is run twice leaves equal records.
"""

from __future__ import annotations

import functools
import gc
import heapq
import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any

from flows.clock import Descendants
from flows.errors import StageRaised, StaleCode
from flows.state.refs import EntryRef, Missing, RowsRef, fetch
from store import MemoflowError, Store
from store.key import name_of
from store.layout import entry_name, group_folder
from store.memo import check_length, is_final
from store.reads import Read, in_order
from store.segment import Row

__all__ = [
    "Call",
    "Failed",
    "Job",
    "Report",
    "Result",
    "StoreAt",
    "execute",
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
        """The store, opened once per process: where that is here, the process is a worker."""
        if self not in _open_stores:
            _collect_seldom()
            _open_stores[self] = Store(self.location, self.layers, register=self.register)
        return _open_stores[self]


_open_stores: dict[StoreAt, Store] = {}


def _collect_seldom() -> None:
    """Results by the thousand are no cycles, and what is imported stays: looking through both for
    garbage costs a worker as much as storing them."""
    gc.freeze()
    gc.set_threshold(200_000, 10, 10)


_SLOWEST = 3
"""Rows of a call that are told of as slow."""

_PLAIN = (str, int, float, bool, bytes, type(None))


@dataclass(frozen=True)
class Call:
    """One result to compute (`keys` has one key), or some rows of a group (one key per item).

    `code` is the function's fingerprint that the keys were made from. `carry`: compute it whatever
    the store has, and report the values too, since kept ones keep vanishing.
    """

    func: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    keys: tuple[bytes, ...]
    code: str
    group: bytes | None = None
    carry: bool = False


@dataclass(frozen=True)
class Job:
    """Calls of one stage, enough of them to be worth a task; `label` says for people for whom. Without
    `keep` nothing is stored: only the digests of final results are wanted."""

    stage: str
    calls: tuple[Call, ...]
    at: StoreAt
    keep: bool = True
    label: str = ""


@dataclass(frozen=True)
class Failed:
    """A call that raised, or whose input is missing (`missing`)."""

    error: Exception
    missing: EntryRef | RowsRef | None = None


@dataclass(frozen=True)
class Result:
    """What a call gave: value digests by key; values that are not kept; seconds of work; what was
    read besides the arguments; how many results were computed here; the rows that used the most CPU,
    and how much, where values tell."""

    digests: Mapping[bytes, bytes]
    local: Mapping[bytes, Any]
    seconds: float
    reads: tuple[Read, ...]
    executed: int
    slowest: tuple[tuple[bytes, float], ...] = ()


@dataclass(frozen=True)
class Report:
    """A job's results in the order of its calls, and what it cost: CPU of the process and of its
    descendants. `peak` is the most bytes that the process ever held."""

    results: tuple[Result | Failed, ...]
    cpu_s: float
    children_cpu_s: float
    write_error: str | None = None
    counts: Mapping[str, float] = field(default_factory=dict)
    peak: int = 0


def execute(job: Job) -> Report:
    """Compute a job's calls one after another and keep what they give."""
    cpu, children = time.process_time(), _descendants()
    store = job.at.open()
    before = store.stats()
    results = tuple(_attempt(job, call, store) for call in job.calls)
    after = store.stats()
    return Report(
        results,
        time.process_time() - cpu,
        children.since(),
        store.write_error if after["write_errors"] > before["write_errors"] else None,
        {name: after[name] - before[name] for name in after},
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10,
    )


@functools.cache
def _descendants() -> Descendants:
    """Of this process, between jobs idle: to look once a job is enough, and each look costs as much as
    planning a hundred rows."""
    return Descendants()


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
        if not job.keep:
            return _digests(call, call.func(*args, **kwargs), store)
        with store.lease(_lease_name(job.stage, call)):
            return _compute(job.stage, call, args, kwargs, store)
    except Exception as error:  # the memo's edge: whatever a stage raises is its result
        return Failed(_portable(error))


def _lease_name(stage: str, call: Call) -> str:
    if call.group is None:
        return entry_name(stage, call.keys[0].hex())
    return f"{group_folder(stage, call.group)}/{min(call.keys).hex()}"


def _compute(stage: str, call: Call, args: tuple[Any, ...], kwargs: dict[str, Any], store: Store) -> Result:
    """Make a call, but for what another process has computed since this run looked."""
    there = {} if call.carry else _there(stage, call, store)
    missing = [place for place, key in enumerate(call.keys) if key not in there]
    if not missing:
        return Result({key: row.value_digest for key, row in there.items()}, {}, 0.0, _reads_of(there), 0)
    if call.group is not None:
        args = ([args[0][place] for place in missing],)
    started = time.perf_counter()
    with store.recorder(call.func) as recorder:
        value = call.func(*args, **kwargs)
    seconds = time.perf_counter() - started
    reads = in_order([*recorder.reads(), *_reads_of(there)])
    if call.group is None:
        return _keep_call(stage, call, value, store, seconds, reads)
    keys = tuple(call.keys[place] for place in missing)
    made = _keep_rows(stage, call, keys, value, store, seconds, reads)
    found = {key: row.value_digest for key, row in there.items()}
    return replace(made, digests={**found, **made.digests})


def _there(stage: str, call: Call, store: Store) -> dict[bytes, Row]:
    """What the store has of a call's results by now."""
    if call.group is None:
        row = store.find_entry(stage, call.keys[0], call.func)
        return {call.keys[0]: row} if row is not None else {}
    rows = store.group(stage, call.group, call.func).rows
    return {key: rows[key] for key in call.keys if key in rows}


def _reads_of(rows: Mapping[bytes, Row]) -> tuple[Read, ...]:
    return in_order(read for row in rows.values() for read in row.segment.made.reads)


def _check_code(call: Call, store: Store) -> None:
    """Raise `StaleCode` where this process would run other code than the keys were made from."""
    if store.keys.code(call.func).digest != call.code:
        raise StaleCode(name_of(call.func))


def _portable(error: Exception) -> Exception:
    """The error, or one that says the same where it might not survive the way to the client."""
    plain = all(type(argument) in _PLAIN for argument in error.args)
    if isinstance(error, MemoflowError) or (type(error).__module__ == "builtins" and plain):
        return error
    return StageRaised(type(error).__name__, str(error))


def _digests(call: Call, value: Any, store: Store) -> Result:
    values = [value] if call.group is None else value
    check_length(call.func, values, len(call.keys))
    found = zip(call.keys, values, strict=True)
    digests = {key: store.keys.value(each) for key, each in found if is_final(each)}
    return Result(digests, {}, 0.0, (), len(call.keys))


def _keep_call(
    stage: str, call: Call, value: Any, store: Store, seconds: float, reads: tuple[Read, ...]
) -> Result:
    (key,) = call.keys
    digest = store.keys.value(value)
    kept = store.keep_entry(stage, key, value, digest, call.func, seconds, reads)
    if kept is None or call.carry:
        return Result({key: digest}, {key: value}, seconds, reads, 1)
    return Result({key: kept}, {}, seconds, reads, 1)


def _keep_rows(
    stage: str,
    call: Call,
    keys: tuple[bytes, ...],
    values: Any,
    store: Store,
    seconds: float,
    reads: tuple[Read, ...],
) -> Result:
    assert call.group is not None, "rows have a group"
    check_length(call.func, values, len(keys))
    computed = dict(zip(keys, values, strict=True))
    group = store.group(stage, call.group, call.func)
    kept = store.keep_rows(group, computed, call.func, seconds, reads)
    if call.carry:
        kept = {}
    digests = {key: kept[key] if key in kept else store.keys.value(value) for key, value in computed.items()}
    local = {key: value for key, value in computed.items() if key not in kept}
    return Result(digests, local, seconds, reads, len(keys), _slowest(computed))


def _slowest(values: Mapping[bytes, Any]) -> tuple[tuple[bytes, float], ...]:
    """The rows that used the most CPU, among those whose values say so in a field `cpu_s`."""
    used = [(key, float(value.cpu_s)) for key, value in values.items() if hasattr(value, "cpu_s")]
    return tuple(heapq.nlargest(_SLOWEST, used, key=itemgetter(1)))

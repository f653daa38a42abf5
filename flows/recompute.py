"""Recomputing a sample of a run's hits: functions that are not deterministic show themselves.

Owns: which hits are in the sample (drawn with a fixed seed, so that the same run draws the same),
and the comparison of what they give now with the digests that the store has. What is stored stays.

Does not promise: to find a function that is not deterministic where its answer happened to be the
same. A result that is not final (a wall clock decided) is not compared.
"""

from __future__ import annotations

import itertools
import random
import reprlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flows.errors import BadSettings, StaleCode
from flows.execution.deadline import Deadline
from flows.execution.executor import Executor
from flows.memo import Call, Failed, Job, Report, Result
from flows.node import Node
from flows.runner import Executed, Runner
from flows.state.frontier import Frontier
from flows.state.nodes import CallState, State, Status
from flows.state.resolve import Resolver
from flows.state.rows import RowsState
from store import MemoflowError
from store.key import name_of

__all__ = ["Differing", "Recomputed", "check_fraction", "recompute"]

_SEED = 0


@dataclass(frozen=True)
class Differing:
    """A hit that gives something else now: its function and where that lies; the target (by index)
    and the item (for a row) that it was found for; the digests, `computed` saying how it fails
    where it does."""

    function: str
    where: str
    target: int
    item: str
    stored: str
    computed: str

    def __str__(self) -> str:
        what = f" for {self.item}" if self.item else ""
        place = f" ({self.where})" if self.where else ""
        return f"{self.function}{place} is not deterministic{what}: {self.computed} now, {self.stored} stored"


@dataclass(frozen=True)
class Recomputed:
    """How many hits were computed again, which of them came out differently, and the CPU that
    workers used for it."""

    checked: int
    differing: tuple[Differing, ...]
    cpu_s: float = 0.0


@dataclass(frozen=True)
class _Hit:
    """A result that was not computed in this run."""

    state: State
    key: bytes
    target: int


def check_fraction(fraction: float) -> None:
    """Raise `BadSettings` for what is no fraction of the hits."""
    if not 0 <= fraction <= 1:
        raise BadSettings("verify", f"is a fraction of the hits, from 0 to 1, not {fraction}")


def recompute(runner: Runner, targets: Sequence[Node], fraction: float) -> Recomputed:
    """Compute a fraction of the hits of a run again, at least one where there are any; fewer where its
    deadline comes first.

    Raises StaleCode where the code is not what the results were looked up with.
    """
    resolver = runner.resolver
    hits = list(_hits(resolver, targets, runner.executed or set()))
    size = min(len(hits), max(1, round(fraction * len(hits)))) if fraction else 0
    sample = {(hit.state.group, hit.key): hit for hit in random.Random(_SEED).sample(hits, size)}
    jobs = list(_jobs(sample.values(), resolver))
    if not jobs:
        return Recomputed(0, ())
    executor = runner.start()
    try:
        reports = _run(executor, jobs, runner.deadline)
    finally:
        cpu_s = executor.close()
    given = {
        (call.group or b"", key): digest
        for job, report in reports
        for call, key, digest in _given(job, report)
    }
    differing = [
        _differing(sample[place], digest)
        for place, digest in given.items()
        if digest != _stored(sample[place]).hex()
    ]
    return Recomputed(len(given), tuple(differing), 0.0 if executor.here else cpu_s)


def _hits(resolver: Resolver, targets: Sequence[Node], executed: Executed) -> Iterator[_Hit]:
    """Every result below the targets that is in the store and was not computed in this run, once
    however many nodes have it."""
    frontier, known, seen = Frontier(resolver, dry=True), 0, set(executed)
    for index, target in enumerate(targets):
        try:
            frontier.look_into(target)
        except MemoflowError:
            continue  # such a target has no results
        for state in itertools.islice(frontier.states(), known, None):
            known += 1
            for key in _found(state):
                if (state.group, key) not in seen:
                    seen.add((state.group, key))
                    yield _Hit(state, key, index)


def _found(state: State) -> Sequence[bytes]:
    if isinstance(state, RowsState):
        return list(state.found)
    return [state.key] if isinstance(state, CallState) and state.status is Status.DONE else []


def _jobs(hits: Iterable[_Hit], resolver: Resolver) -> Iterator[Job]:
    """The calls that compute the hits of each node again."""
    keys: dict[State, list[bytes]] = {}
    for hit in hits:
        keys.setdefault(hit.state, []).append(hit.key)
    for state, of_state in keys.items():
        yield Job(state.node.stage, tuple(state.calls(of_state)), resolver.at, keep=False)


def _run(executor: Executor, jobs: Sequence[Job], deadline: Deadline) -> list[tuple[Job, Report | Exception]]:
    """What each job gave that ended in time."""
    reports: dict[int, Report | Exception] = {}
    waiting = iter(enumerate(jobs))
    flying = 0
    while len(reports) < len(jobs) and not deadline.passed():
        for number, job in itertools.islice(waiting, executor.slots - flying):
            executor.submit(number, job)
            flying += 1
        ended = executor.wait(deadline.left())
        flying -= len(ended)
        reports.update(ended)
    return [(jobs[number], reports[number]) for number in sorted(reports)]


def _given(job: Job, report: Report | Exception) -> Iterator[tuple[Call, bytes, str]]:
    """The digests that a job's calls gave, or how they failed; nothing for what is not final."""
    results = report.results if isinstance(report, Report) else [Failed(report)] * len(job.calls)
    for call, result in zip(job.calls, results, strict=True):
        if isinstance(result, Result):
            yield from ((call, key, digest.hex()) for key, digest in result.digests.items())
        elif isinstance(result.error, StaleCode):
            raise result.error
        elif result.missing is None:
            failure = f"{type(result.error).__name__}: {result.error}"
            yield from ((call, key, failure) for key in call.keys)


def _stored(hit: _Hit) -> bytes:
    stored = hit.state.found[hit.key] if isinstance(hit.state, RowsState) else hit.state.digest
    return stored or b""


def _differing(hit: _Hit, computed: str) -> Differing:
    state, name = hit.state, name_of(hit.state.node.func)
    parts = state.resolver.store.keys.code(state.node.func).parts
    where = next((part.where for part in parts if part.name == name), "")
    return Differing(name, where, hit.target, _item(hit), _stored(hit).hex(), computed)


def _item(hit: _Hit) -> str:
    """The item of a row, shortened."""
    if not isinstance(hit.state, RowsState):
        return ""
    return reprlib.repr(hit.state.item(hit.state.keys.index(hit.key)))

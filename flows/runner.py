"""Runs: targets streamed through a frontier and an executor.

Owns: the loop that admits a window of targets, packs ready calls into jobs worth a task, hands
those to an executor and feeds reports back. Results are kept by whoever computes them, so that
ending this loop at any point, also by Ctrl-C or SIGKILL, loses only work in flight.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from flows.clock import Clock, children_cpu
from flows.frontier import Finished, Frontier, Pending
from flows.memo import Failed, Job, Report, execute
from flows.node import Node
from flows.resolve import Resolver

__all__ = ["TASK_SECONDS", "Batch", "Executed", "Executor", "InProcess", "Runner"]

Executed = set[tuple[bytes, bytes]]
"""What was computed, as (group, key); the group of a call is empty."""

TASK_SECONDS = 0.05
"""Work that one task carries at least, where there is that much."""


class Executor(Protocol):
    """Runs jobs somewhere."""

    slots: int
    """How many jobs to keep submitted, so that no worker idles while the client thinks."""
    here: bool
    """Whether `wait` itself does the work, in this process."""

    def submit(self, number: int, job: Job) -> None:
        """Start a job, or queue it."""

    def wait(self) -> list[tuple[int, Report | Exception]]:
        """The jobs that ended since the last call; blocks until there is one."""

    def close(self) -> float:
        """End what was started, jobs in flight included; CPU seconds that all of it used."""


class InProcess:
    """Runs jobs here, one after another (`workers=0`)."""

    slots = 1
    here = True

    def __init__(self) -> None:
        self._queue: deque[tuple[int, Job]] = deque()

    def submit(self, number: int, job: Job) -> None:
        self._queue.append((number, job))

    def wait(self) -> list[tuple[int, Report | Exception]]:
        number, job = self._queue.popleft()
        return [(number, execute(job))]

    def close(self) -> float:
        self._queue.clear()
        return children_cpu()


@dataclass(frozen=True)
class Batch:
    """The calls of one job, and for whom they are."""

    job: Job
    calls: tuple[Pending, ...]
    alone: bool = False


class Runner:
    """One execution of some targets. `start` makes the executor when the first call must be made.
    `executed` collects what was computed, for callers that put a set there."""

    def __init__(self, resolver: Resolver, start: Callable[[], Executor], clock: Clock, window: int) -> None:
        self.resolver = resolver
        self.frontier = Frontier(resolver)
        self.clock = clock
        self.window = window
        self.cluster_cpu = 0.0
        self.executed: Executed | None = None
        self._make_executor = start
        self._executor: Executor | None = None
        self._ready: dict[str, deque[Pending]] = defaultdict(deque)
        self._flying: dict[int, Batch] = {}
        self._suspects: deque[Pending] = deque()
        self._number = 0
        self._noted: set[bytes] = set()

    def stream(self, targets: Iterable[Node]) -> Iterator[Finished]:
        """Finished targets as they finish. Closing the generator ends the run."""
        waiting = enumerate(targets)
        more = True
        try:
            while more or self.frontier.open:
                with self.clock.phase("plan"):
                    more = more and self._admit(waiting)
                    self._collect()
                yield from self.frontier.take_finished()
                with self.clock.phase("plan"):
                    self._submit()
                if self._flying:
                    self._wait()
            yield from self.frontier.take_finished()
        finally:
            self._close()

    def stats(self) -> dict[str, float]:
        """What the stores of this process and of the workers did, together."""
        stats = self.resolver.store.stats()
        if self._executor is not None and not self._executor.here:
            for name, count in self.resolver.counts.items():
                stats[name] = stats.get(name, 0) + count
        return stats

    def write_error(self) -> str | None:
        """Why results could not be kept, if so."""
        return self.resolver.store.write_error or self.resolver.write_error

    def _admit(self, waiting: Iterator[tuple[int, Node]]) -> bool:
        """Fill the window; whether targets are left. Targets that hit do not fill it."""
        while self.frontier.open < self.window:
            following = next(waiting, None)
            if following is None:
                return False
            self.frontier.admit(*following)
            if self.frontier.has_finished():
                return True
        return True

    def _collect(self) -> None:
        for pending in self.frontier.take_calls():
            self._ready[pending.state.node.stage].append(pending)

    def _submit(self) -> None:
        """Send full jobs; send part-filled ones only where workers would idle without, and suspects
        when nothing else can come to harm."""
        if any(batch.alone for batch in self._flying.values()):
            return
        for stage, queue in self._ready.items():
            while self.resolver.knows(stage) and self._work(stage) >= TASK_SECONDS:
                self._send(stage, queue)
        while any(self._ready.values()) and self._has_room():
            stage = max(self._ready, key=self._work)
            self._send(stage, self._ready[stage])
        if self._suspects and not self._flying:
            suspect = self._suspects.popleft()
            self._start(suspect.state.node.stage, (suspect,), alone=True)

    def _has_room(self) -> bool:
        return self._executor is None or len(self._flying) < self._executor.slots

    def _work(self, stage: str) -> float:
        return sum(map(self._seconds, self._ready[stage]))

    def _seconds(self, pending: Pending) -> float:
        return len(pending.call.keys) * self.resolver.pace(pending.state.node.stage)

    def _send(self, stage: str, queue: deque[Pending]) -> None:
        """Make a job of the first calls in a queue, as many as are worth a task: of one, where
        nothing is known of its cost."""
        calls = [queue.popleft()]
        seconds = self._seconds(calls[0])
        while queue and self.resolver.knows(stage) and seconds < TASK_SECONDS:
            calls.append(queue.popleft())
            seconds += self._seconds(calls[-1])
        self._start(stage, tuple(calls))

    def _start(self, stage: str, calls: tuple[Pending, ...], alone: bool = False) -> None:
        if self._executor is None:
            with self.clock.phase("cluster start"):
                self._executor = self._make_executor()
        with self.clock.phase("submit"):
            self.resolver.record_code()
            self._record_inputs(calls)
            job = Job(stage, tuple(pending.call for pending in calls), self.resolver.at)
            self._number += 1
            self._flying[self._number] = Batch(job, calls, alone)
            self._executor.submit(self._number, job)

    def _record_inputs(self, calls: tuple[Pending, ...]) -> None:
        """Note with which arguments nodes run, each node once."""
        from flows.causes import record_inputs  # where all hits, there is nothing to note

        for state in dict.fromkeys(pending.state for pending in calls):
            if state.recipe not in self._noted:
                self._noted.add(state.recipe)
                record_inputs(state)

    def _wait(self) -> None:
        assert self._executor is not None, "a job is in flight, so something runs it"
        stages = [batch.job.stage for batch in self._flying.values()]
        with self.clock.waiting(stages):
            ended = self._executor.wait()
        with self.clock.phase("plan"):
            for number, report in ended:
                self._accept(self._flying.pop(number), report)

    def _accept(self, batch: Batch, report: Report | Exception) -> None:
        if isinstance(report, Exception):
            self._lost(batch, report)
            return
        remote = self._executor is not None and not self._executor.here
        self.clock.worked(batch.job.stage, report.children_cpu_s + (report.cpu_s if remote else 0.0))
        self.resolver.heard(report)
        for pending, result in zip(batch.calls, report.results, strict=True):
            if self.executed is not None:
                self.executed.update((pending.state.group, key) for key in pending.call.keys)
            self.frontier.accept(pending, result)

    def _lost(self, batch: Batch, error: Exception) -> None:
        """A job came to nothing, say because its workers died: its calls are run again, each alone
        on the cluster, so that only a guilty one fails."""
        if batch.alone:
            self.frontier.accept(batch.calls[0], Failed(error))
        else:
            self._suspects.extend(batch.calls)

    def _close(self) -> None:
        self.resolver.store.ledger.flush()
        if self._executor is not None:
            with self.clock.phase("cluster stop"):
                self.cluster_cpu = self._executor.close()

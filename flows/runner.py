"""Runs: targets streamed through a frontier and an executor.

Owns: the loop that admits a window of targets, packs ready calls into jobs worth a task, hands
those to an executor and feeds reports back. Results are kept by whoever computes them, so that
ending this loop at any point, also by Ctrl-C or SIGKILL, loses only work in flight.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from flows.clock import Clock
from flows.execution.deadline import Deadline
from flows.execution.executor import Executor
from flows.instances.admission import Admission
from flows.memo import Failed, Job, Report
from flows.node import Node
from flows.state.frontier import Frontier, Pending
from flows.state.resolve import Resolver
from flows.state.target import Finished

if TYPE_CHECKING:
    from flows.memo import Result
    from flows.progress.snapshot import Snapshot

__all__ = ["TASK_SECONDS", "Batch", "Executed", "Runner", "Watcher"]

Executed = set[tuple[bytes, bytes]]
"""What was computed, as (group, key); the group of a call is empty."""

TASK_SECONDS = 0.05
"""Work that one task carries at least, where there is that much."""


class Watcher(Protocol):
    """Is told what happens while something is executed."""

    def worked(self, pending: Pending, result: Result | Failed) -> None:
        """A call came back; its state has not taken the result yet."""

    def turned(self) -> None:
        """Some jobs ended."""

    def ended(self) -> None:
        """Nothing more will be executed."""


@dataclass(frozen=True)
class Batch:
    """The calls of one job, and for whom they are."""

    job: Job
    calls: tuple[Pending, ...]
    alone: bool = False


class Runner:
    """One execution of some targets. `start` makes the executor when the first call must be made.
    `executed` collects what was computed, for callers that put a set there; `missed` is told of calls
    before they are made; `at_end`, where they put a function, is asked of the workers, and `answers`
    are theirs; a `watcher` is told what happens; `label` names a target to people."""

    def __init__(
        self, resolver: Resolver, start: Callable[[], Executor], clock: Clock, deadline: Deadline
    ) -> None:
        self.resolver = resolver
        self.frontier = Frontier(resolver)
        self.clock = clock
        self.deadline = deadline
        self.cluster_cpu = 0.0
        self.executed: Executed | None = None
        self.missed: Callable[[Sequence[Pending]], None] | None = None
        self.at_end: Callable[[], Any] | None = None
        self.answers: list[Any] = []
        self.watcher: Watcher | None = None
        self.label: Callable[[int], str] = "target {}".format
        self.start = start
        self._executor: Executor | None = None
        self._ready: dict[str, deque[Pending]] = defaultdict(deque)
        self._flying: dict[int, Batch] = {}
        self._suspects: deque[Pending] = deque()
        self._number = 0
        self._noted: set[bytes] = set()

    def stream(
        self, targets: Iterable[Node], lease_of: Callable[[int], str] | None = None
    ) -> Iterator[Finished]:
        """Finished targets as they finish, those that the deadline leaves time for. Closing the
        generator ends the run. `lease_of` names, by index, the leases of targets that other runs work
        on too."""
        admission = Admission(targets, self.frontier, self.resolver.store.leases, lease_of)
        try:
            while self._goes_on(admission):
                with self.clock.phase("plan"):
                    self._admit(admission)
                    self._collect()
                yield from self._take_finished(admission)
                with self.clock.phase("plan"):
                    self._submit()
                if self._flying:
                    self._wait()
                elif admission.held_up and not self.frontier.open:
                    with self.clock.phase("wait for others"):
                        admission.wait()
            yield from self._take_finished(admission)
        finally:
            try:
                self._close()
            finally:
                admission.close()

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

    def page(self) -> str:
        """Where people see how the run stands, if there is such a place."""
        return self._executor.page if self._executor is not None else ""

    def show(self, snapshot: Snapshot) -> None:
        """Put a snapshot on that page."""
        if self._executor is not None:
            self._executor.show(snapshot)

    def _goes_on(self, admission: Admission) -> bool:
        """Whether there is something to do, and time for it."""
        if self.frontier.open:
            return not self.deadline.passed()
        return admission.left and self.deadline.admits()

    def _admit(self, admission: Admission) -> None:
        """Fill the window, where there is time. Targets that hit do not fill it."""
        while self.frontier.open < self.resolver.room.window and self.deadline.admits():
            if not admission.admit() or self.frontier.has_finished():
                return

    def _take_finished(self, admission: Admission) -> Iterator[Finished]:
        for finished in self.frontier.take_finished():
            admission.finished(finished.index)
            yield finished

    def _collect(self) -> None:
        calls = list(self.frontier.take_calls())
        for pending in calls:
            self._ready[pending.state.node.stage].append(pending)
        if calls and self.missed is not None:
            with self.clock.phase("explain"):
                self.missed(calls)

    def _submit(self) -> None:
        """Send full jobs; send part-filled ones only where workers would idle without, and suspects
        when nothing else can come to harm."""
        if any(batch.alone for batch in self._flying.values()):
            return
        full = {} if self.resolver.room.short else self._ready
        for stage, queue in full.items():
            while self.resolver.knows(stage) and self._work(stage) >= TASK_SECONDS:
                self._send(stage, queue)
        while any(self._ready.values()) and self._has_room():
            stage = max(self._ready, key=self._work)
            self._send(stage, self._ready[stage])
        if self._suspects and not self._flying:
            suspect = self._suspects.popleft()
            self._start(suspect.state.node.stage, (suspect,), alone=True)

    def _has_room(self) -> bool:
        if self._executor is None:
            return True
        slots, room = self._executor.slots, self.resolver.room
        return len(self._flying) < (min(slots, room.window) if room.short else slots)

    def _work(self, stage: str) -> float:
        return sum(map(self._seconds, self._ready[stage]))

    def _seconds(self, pending: Pending) -> float:
        return len(pending.call.keys) * self.resolver.pace(pending.state.node.stage)

    def _send(self, stage: str, queue: deque[Pending]) -> None:
        """Make a job of the first calls in a queue, as many as are worth a task: of one, where
        nothing is known of its cost."""
        calls = [self._next(stage, queue)]
        seconds = self._seconds(calls[0])
        while queue and self.resolver.knows(stage) and seconds < TASK_SECONDS:
            calls.append(self._next(stage, queue))
            seconds += self._seconds(calls[-1])
        self._start(stage, tuple(calls))

    def _next(self, stage: str, queue: deque[Pending]) -> Pending:
        """The first call of a queue; cut again where it was made when there was room for more."""
        queue.extendleft(reversed(self._cut(queue.popleft(), self.resolver.room.most(stage))))
        return queue.popleft()

    def _start(self, stage: str, calls: tuple[Pending, ...], alone: bool = False) -> None:
        if self._executor is None:
            with self.clock.phase("cluster start"):
                self._executor = self.start()
        with self.clock.phase("submit"):
            self.resolver.record_code()
            self._record_inputs(calls)
            made = tuple(pending.call for pending in calls)
            job = Job(stage, made, self.resolver.at, label=self._for(calls))
            self._number += 1
            self._flying[self._number] = Batch(job, calls, alone)
            self._executor.submit(self._number, job)

    def _for(self, calls: tuple[Pending, ...]) -> str:
        """For which targets calls are made, the first of them by name."""
        first, *others = dict.fromkeys(pending.state.target for pending in calls)
        return f"{self.label(first)} and {len(others)} more" if others else self.label(first)

    def _record_inputs(self, calls: tuple[Pending, ...]) -> None:
        """Note with which arguments nodes run, each node once."""
        from flows.state.causes import record_inputs  # where all hits, there is nothing to note

        for state in dict.fromkeys(pending.state for pending in calls):
            if state.recipe not in self._noted:
                self._noted.add(state.recipe)
                record_inputs(state)

    def _wait(self) -> None:
        assert self._executor is not None, "a job is in flight, so something runs it"
        stages = [batch.job.stage for batch in self._flying.values()]
        with self.clock.waiting(stages):
            ended = self._executor.wait(self.deadline.left())
        with self.clock.phase("plan"):
            for number, report in ended:
                self._accept(self._flying.pop(number), report)
        if self.watcher is not None:
            with self.clock.phase("report"):
                self.watcher.turned()

    def _accept(self, batch: Batch, report: Report | Exception) -> None:
        if isinstance(report, Exception):
            self._lost(batch, report)
            return
        assert self._executor is not None, "the job was run by something"
        remote = not self._executor.here
        self.resolver.room.heard(report.peak, self._executor.memory)
        self.clock.worked(batch.job.stage, report.children_cpu_s + (report.cpu_s if remote else 0.0))
        self.resolver.heard(report)
        for pending, result in zip(batch.calls, report.results, strict=True):
            if self.executed is not None:
                self.executed.update((pending.state.group, key) for key in pending.call.keys)
            if self.watcher is not None:
                self.watcher.worked(pending, result)
            self.frontier.accept(pending, result)

    def _lost(self, batch: Batch, error: Exception) -> None:
        """A job came to nothing, say because its workers died: its calls are run again, each alone
        on the cluster, so that only a guilty one fails; those of many rows in halves, since they may
        have been too large together."""
        if batch.alone and len(batch.calls[0].call.keys) == 1:
            self.frontier.accept(batch.calls[0], Failed(error))
            return
        for pending in batch.calls:
            self._suspects.extend(self._cut(pending, max(1, len(pending.call.keys) // 2)))

    def _cut(self, pending: Pending, most: int | None) -> list[Pending]:
        """The call, or several that do its work with `most` rows each."""
        keys = list(pending.call.keys)
        if most is None or len(keys) <= most:
            return [pending]
        return [replace(pending, call=call) for call in pending.state.calls(keys, most)]

    def _close(self) -> None:
        self.resolver.store.ledger.flush()
        if self.watcher is not None:
            self.watcher.ended()
        if self._executor is not None:
            with self.clock.phase("cluster stop"):
                if self.at_end is not None:
                    self.answers = self._executor.ask(self.at_end)
                self.cluster_cpu = self._executor.close()

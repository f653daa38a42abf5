"""How a run stands while it goes on: looked at about once a second, told to whoever shows it.

Owns: when to look, what counts as hit, executed, waiting and failed while targets are unfinished, the
slowest rows, and the guess of the time left. Looking costs the run less than a two-hundredth of its
time, by waiting longer where a look takes longer; where nothing is executed nobody looks, and what only
looks need is not imported.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from flows.memo import Failed, Result
from flows.state.frontier import Pending
from flows.state.nodes import Status
from flows.state.refs import Missing
from flows.state.rows import RowsState

if TYPE_CHECKING:
    from flows.flow import Tally
    from flows.progress.snapshot import Slow, Snapshot, StageCounts, Standing
    from flows.runner import Runner

__all__ = ["Live", "Observer"]

_SHARE = 1 / 200
"""What of this thread's time may go into looking."""
_SLOWEST = 10
_WIDTH = 120
"""Characters of an item that are told."""


class Observer(Protocol):
    """Shows how a run stands."""

    def see(self, snapshot: Snapshot) -> None: ...


class Live:
    """Watches a runner; `standing` and `tally` are of the targets that finished, of `total`. `describe`
    tells a row's item to people; looks are `every_s` seconds apart, or more."""

    def __init__(
        self,
        runner: Runner,
        tally: Tally,
        total: int,
        standing: Callable[[], Standing] | None = None,
        describe: Callable[[Any], str] = str,
        observers: Sequence[Observer] = (),
        every_s: float = 1.0,
    ) -> None:
        self.runner = runner
        self.tally = tally
        self.total = total
        self.standing = standing
        self.describe = describe
        self.observers = observers
        self.every_s = every_s
        self.finished = 0
        self.failed = 0
        self._began = time.monotonic()
        self._due = self._cost = 0.0
        self._at_start: int | None = None
        self._failed: dict[bytes, str] = {}
        self._slowest: list[Slow] = []
        self._order: dict[str, None] = {}
        self.runner.watcher = self

    def took(self, error: Exception | None) -> None:
        """A target finished, and is in the tally."""
        self.finished += 1
        self.failed += error is not None

    # -- as the runner's watcher -------------------------------------------------------------

    def worked(self, pending: Pending, result: Result | Failed) -> None:
        """A call came back."""
        if self._at_start is None:
            self._at_start = self.finished
        if isinstance(result, Failed):
            if result.missing is None:
                self._failed[pending.state.recipe] = pending.state.node.stage
            return
        for key, cpu_s in result.slowest:
            if len(self._slowest) < _SLOWEST or cpu_s > self._slowest[-1].cpu_s:
                self._remember(pending, key, cpu_s)

    def turned(self) -> None:
        """Some jobs ended."""
        if time.monotonic() >= self._due:
            self._look(ended=False)

    def ended(self) -> None:
        """Nothing more will be executed."""
        if self._at_start is not None:
            self._look(ended=True)

    # -- looking -----------------------------------------------------------------------------

    def _look(self, ended: bool) -> None:
        before = time.thread_time()
        snapshot = self._snapshot(ended)
        self.runner.show(snapshot)
        for observer in self.observers:
            observer.see(snapshot)
        cost = time.thread_time() - before
        # Of the last two, as the first imports what shows it.
        self._due = time.monotonic() + max(self.every_s, min(cost, self._cost) / _SHARE)
        self._cost = cost

    def _snapshot(self, ended: bool) -> Snapshot:
        from flows.progress.snapshot import Snapshot, Standing

        seconds = time.monotonic() - self._began
        stages = self._stages()
        return Snapshot(
            run=self.runner.resolver.store.ledger.run,
            seconds=seconds,
            targets=self.total,
            finished=self.finished,
            failed=self.failed,
            standing=self.standing() if self.standing is not None else Standing(),
            stages=stages,
            slowest=tuple(self._slowest),
            saved_s=sum(self._saved(counts) for counts in stages),
            left_s=self._left(seconds),
            page=self.runner.page(),
            ended=ended,
        )

    def _saved(self, counts: StageCounts) -> float:
        resolver = self.runner.resolver
        return counts.hit * resolver.pace(counts.stage) if resolver.knows(counts.stage) else 0.0

    def _left(self, seconds: float) -> float | None:
        """At the pace of the targets that finished since something was executed."""
        done = self.finished - (self._at_start or 0)
        return (self.total - self.finished) * seconds / done if done else None

    def _stages(self) -> tuple[StageCounts, ...]:
        """Finished targets by the tally, the nodes of others by their states."""
        from flows.progress.snapshot import StageCounts

        counts = {
            "nodes_executed": self.tally.executed,
            "nodes_hit": self.tally.hits,
            "rows_executed": self.tally.rows_executed,
            "rows_hit": self.tally.rows_hit,
            "waiting": Counter[str](),
            "failed": Counter(self._failed.values()),
        }
        for state in self.runner.frontier.states():
            stage = state.node.stage
            self._order.setdefault(stage)
            if self.tally.knows(state.recipe) or state.status is Status.FAILED:
                continue
            if state.status is Status.DONE:
                counts["nodes_executed" if state.executed else "nodes_hit"][stage] += 1
            else:
                counts["waiting"][stage] += 1
            if isinstance(state, RowsState):
                counts["rows_executed"][stage] += state.executed
                counts["rows_hit"][stage] += max(0, len(state.found) - state.executed)
        self._order |= dict.fromkeys(stage for each in counts.values() for stage in each)
        by_stage = ((stage, {kind: each[stage] for kind, each in counts.items()}) for stage in self._order)
        return tuple(StageCounts(stage, **of_stage) for stage, of_stage in by_stage)

    def _remember(self, pending: Pending, key: bytes, cpu_s: float) -> None:
        state = pending.state
        if not isinstance(state, RowsState) or key not in state.keys:
            return
        try:
            item = " ".join(self.describe(state.item(state.keys.index(key))).split())
        except Missing:
            return  # it vanished from the store
        from flows.progress.snapshot import Slow

        told = item if len(item) <= _WIDTH else f"{item[: _WIDTH - 3]}..."
        self._slowest.append(Slow(self.runner.label(state.target), told, cpu_s))
        self._slowest.sort(key=lambda slow: -slow.cpu_s)
        del self._slowest[_SLOWEST:]

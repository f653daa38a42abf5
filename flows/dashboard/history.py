"""What the page knows of runs: their last snapshots, and how counts grew.

Owns: the bound. At most 8 runs of at most 240 moments each are kept; when a run has more, every second
moment is dropped, so that its whole length stays in view.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from flows.progress.snapshot import Snapshot, StageCounts

__all__ = ["RUNS", "History", "Moment", "RunHistory"]

RUNS = 8
MOMENTS = 240


@dataclass(frozen=True)
class Moment:
    """Counts of a run after some seconds, by stage."""

    seconds: float
    stages: tuple[StageCounts, ...]

    @property
    def executed(self) -> int:
        return sum(counts.executed for counts in self.stages)

    @property
    def hit(self) -> int:
        return sum(counts.hit for counts in self.stages)


@dataclass
class RunHistory:
    """One run: its last snapshot, and moments from its begin to that."""

    last: Snapshot
    moments: list[Moment] = field(default_factory=list)

    def add(self, snapshot: Snapshot) -> None:
        self.last = snapshot
        self.moments.append(Moment(snapshot.seconds, snapshot.stages))
        if len(self.moments) > MOMENTS:
            del self.moments[-2::-2]

    def rows_per_second(self) -> list[float]:
        """What was executed from each moment to the next, by second; of the first, since the begin."""
        before = [(0.0, 0), *((moment.seconds, moment.executed) for moment in self.moments[:-1])]
        return [
            (moment.executed - executed) / max(moment.seconds - seconds, 1e-3)
            for moment, (seconds, executed) in zip(self.moments, before, strict=True)
        ]


@dataclass
class History:
    """The runs that were shown last, the newest last."""

    runs: dict[str, RunHistory] = field(default_factory=dict)

    def add(self, snapshot: Snapshot) -> None:
        run = self.runs.setdefault(snapshot.run, RunHistory(snapshot))
        run.add(snapshot)
        while len(self.runs) > RUNS:
            del self.runs[next(iter(self.runs))]

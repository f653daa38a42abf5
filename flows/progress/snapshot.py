"""Snapshots: how a run stands at one moment, as plain values for whoever shows it.

Owns: what the terminal and the dashboard's page show, and its form between processes. A snapshot is
of bounded size, whatever the size of the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

__all__ = ["Slow", "Snapshot", "StageCounts", "Standing", "from_plain"]


@dataclass(frozen=True)
class StageCounts:
    """One stage so far: nodes and rows that were executed and that hit, nodes that wait for their
    turn or are computed, nodes whose computation failed."""

    stage: str
    nodes_executed: int = 0
    nodes_hit: int = 0
    rows_executed: int = 0
    rows_hit: int = 0
    waiting: int = 0
    failed: int = 0

    @property
    def executed(self) -> int:
        """Rows, where the stage has rows, else nodes."""
        return self.rows_executed if self.has_rows else self.nodes_executed

    @property
    def hit(self) -> int:
        """As `executed`."""
        return self.rows_hit if self.has_rows else self.nodes_hit

    @property
    def hit_rate(self) -> float | None:
        known = self.executed + self.hit
        return self.hit / known if known else None

    @property
    def has_rows(self) -> bool:
        return self.rows_executed + self.rows_hit > 0


@dataclass(frozen=True)
class Slow:
    """A row that used much CPU: for which target, and what it is."""

    label: str
    item: str
    cpu_s: float


@dataclass(frozen=True)
class Standing:
    """What the targets that finished came to."""

    solved_train: int = 0
    solved_test: int = 0
    outcomes: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Snapshot:
    """A run after `seconds`: targets, stages in the order of the flow, the slowest rows, and CPU seconds
    that hits saved at the pace of this run. `left_s` is None where nothing is known yet; `page`, where
    the dashboard shows it, is empty where it does not; `ended` is true of the last one."""

    run: str
    seconds: float
    targets: int
    finished: int
    failed: int
    standing: Standing
    stages: tuple[StageCounts, ...]
    slowest: tuple[Slow, ...]
    saved_s: float
    left_s: float | None
    page: str = ""
    ended: bool = False

    @property
    def executed(self) -> int:
        """Rows, or nodes of stages without, over all stages."""
        return sum(counts.executed for counts in self.stages)

    @property
    def hit_rate(self) -> float | None:
        """Of all rows, and nodes of stages without."""
        hit = sum(counts.hit for counts in self.stages)
        return hit / (hit + self.executed) if hit + self.executed else None

    def plain(self) -> dict[str, Any]:
        """The snapshot in dicts, tuples, texts and numbers."""
        return asdict(self)


def from_plain(said: Mapping[str, Any]) -> Snapshot:
    """The snapshot that `plain` gave. Raises TypeError and KeyError for what another version sent."""
    found = {each.name: said[each.name] for each in fields(Snapshot)}
    found["standing"] = Standing(**said["standing"])
    found["stages"] = tuple(StageCounts(**each) for each in said["stages"])
    found["slowest"] = tuple(Slow(**each) for each in said["slowest"])
    return Snapshot(**found)

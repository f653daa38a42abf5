"""Where the time goes: wall clock and CPU by phase, exclusive, from the start of the process.

Owns: the clock of one run. Every moment belongs to the innermost open phase; what no phase claims
is unaccounted. While the client waits for workers, the moment is split among the stages that they
work on, so that phases add up to the wall clock. CPU of workers is added to their stage's phase.
"""

from __future__ import annotations

import contextlib
import os
import resource
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Clock", "Descendants", "Spent", "children_cpu", "process_age", "tree_cpu"]

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Spent:
    """Seconds of wall clock and of CPU."""

    wall_s: float = 0.0
    cpu_s: float = 0.0


class Clock:
    """Phases of one run. `before` seconds that passed before the clock was made count as
    `import`."""

    def __init__(self, before: float = 0.0) -> None:
        self.phases: dict[str, Spent] = {}
        self.rest = Spent()
        self._stack: list[Sequence[str]] = []
        self._wall = time.perf_counter()
        self._cpu = time.process_time()
        if before:
            self.phases["import"] = Spent(before, self._cpu)

    @contextlib.contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Claim the time inside for a phase, but for that of phases opened within."""
        with self.waiting((name,)):
            yield

    @contextlib.contextmanager
    def waiting(self, names: Sequence[str]) -> Iterator[None]:
        """Split the time inside among phases, but for that of phases opened within."""
        self._charge()
        self._stack.append(names)
        try:
            yield
        finally:
            self._charge()
            self._stack.pop()

    def worked(self, name: str, cpu_s: float) -> None:
        """Add CPU that another process used for a phase."""
        self.phases.setdefault(name, Spent()).cpu_s += cpu_s

    def total(self) -> Spent:
        """Everything up to now, by phases and unaccounted."""
        self._charge()
        spent = [*self.phases.values(), self.rest]
        return Spent(sum(each.wall_s for each in spent), sum(each.cpu_s for each in spent))

    def _charge(self) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        names = self._stack[-1] if self._stack else ()
        places = [self.phases.setdefault(name, Spent()) for name in names] or [self.rest]
        for spent in places:
            spent.wall_s += (wall - self._wall) / len(places)
            spent.cpu_s += (cpu - self._cpu) / len(places)
        self._wall, self._cpu = wall, cpu


def process_age() -> float:
    """Seconds since this process was started, as the kernel tells; 0 where it does not."""
    try:
        started = int(_stat_fields("self")[19]) / _TICKS
        return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - started)
    except (OSError, ValueError, IndexError, AttributeError):
        return 0.0


def tree_cpu() -> float:
    """CPU seconds that this process and its descendants used so far."""
    return time.process_time() + children_cpu()


def children_cpu() -> float:
    """CPU seconds of all descendants: the living, and the dead that were waited for."""
    dead = resource.getrusage(resource.RUSAGE_CHILDREN)
    tasks = (str(thread.native_id) for thread in threading.enumerate())
    children = (child for task in tasks for child in _children(f"self/task/{task}"))
    return dead.ru_utime + dead.ru_stime + sum(map(_cpu_of, children))


class Descendants:
    """The CPU that descendants of this process use from one look to the next."""

    def __init__(self) -> None:
        self._seen = children_cpu()

    def since(self) -> float:
        """CPU seconds since the last look."""
        before, self._seen = self._seen, children_cpu()
        return max(self._seen - before, 0.0)


def _children(task: str) -> list[str]:
    try:
        return Path(f"/proc/{task}/children").read_text().split()
    except OSError:
        return []


def _cpu_of(pid: str) -> float:
    """CPU seconds of a process, of its dead children, and of its living ones, which are single-threaded."""
    try:
        own = sum(int(ticks) for ticks in _stat_fields(pid)[11:15]) / _TICKS
    except (OSError, ValueError):
        return 0.0
    return own + sum(map(_cpu_of, _children(f"{pid}/task/{pid}")))


def _stat_fields(pid: str) -> list[str]:
    """Fields of /proc/PID/stat from the third on: the second, the name, may hold spaces."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()

"""Executors: what runs jobs somewhere, and the one that runs them in this process.

Owns: `Executor`, which `flows.execution.cluster` implements on Dask, and `InProcess` (`workers=0`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from flows.clock import children_cpu
from flows.memo import Job, Report, execute

if TYPE_CHECKING:
    from flows.progress.snapshot import Snapshot

__all__ = ["Executor", "InProcess"]


class Executor(Protocol):
    """Runs jobs somewhere."""

    slots: int
    """How many jobs to keep submitted, so that no worker idles while the client thinks."""
    here: bool
    """Whether `wait` itself does the work, in this process."""
    memory: int
    """Bytes that each worker may hold; 0 means no limit."""
    page: str
    """Where people see how the run stands; empty where there is no such place."""

    def submit(self, number: int, job: Job) -> None:
        """Start a job, or queue it."""

    def wait(self, seconds: float | None = None) -> list[tuple[int, Report | Exception]]:
        """The jobs that ended since the last call; blocks until there is one, but not for longer."""

    def ask(self, question: Callable[[], Any]) -> list[Any]:
        """What a function gives in each process that does the work; nothing from those that have gone."""

    def show(self, snapshot: Snapshot) -> None:
        """Put a snapshot on the page, if there is one; what goes wrong is no matter of the run."""

    def close(self) -> float:
        """End what was started, jobs in flight included; CPU seconds that all of it used."""


class InProcess:
    """Runs jobs here, one after another (`workers=0`)."""

    slots = 1
    here = True
    memory = 0
    page = ""

    def __init__(self) -> None:
        self._queue: deque[tuple[int, Job]] = deque()

    def submit(self, number: int, job: Job) -> None:
        self._queue.append((number, job))

    def wait(self, seconds: float | None = None) -> list[tuple[int, Report | Exception]]:
        number, job = self._queue.popleft()
        return [(number, execute(job))]

    def ask(self, question: Callable[[], Any]) -> list[Any]:
        return [question()]

    def show(self, snapshot: Snapshot) -> None: ...

    def close(self) -> float:
        self._queue.clear()
        return children_cpu()

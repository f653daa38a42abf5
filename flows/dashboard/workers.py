"""What workers do at this moment, from the scheduler's own state: asked only while a page is open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flows.dashboard.plugin import ANNOTATION

if TYPE_CHECKING:
    from distributed import Scheduler

__all__ = ["doing"]

_MOST = 64
"""Workers that are shown."""


def doing(scheduler: Scheduler) -> Iterator[tuple[str, str, str]]:
    """Of each worker its name, and the stage and puzzle of the task that it has had longest."""
    for worker in list(scheduler.workers.values())[:_MOST]:
        task = next(iter(worker.processing), None)
        if task is None:
            yield str(worker.name), "", "idle"
        else:
            label = (task.annotations or {}).get(ANNOTATION, "")
            yield str(worker.name), str(task.prefix.name), str(label)

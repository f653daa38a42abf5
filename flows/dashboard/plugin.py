"""The scheduler's side: takes snapshots from clients, and gives the page a place.

Owns: what the page shows, for as long as the scheduler lives. It follows no task: a run costs the
scheduler one message of some kilobytes a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from distributed.diagnostics.plugin import SchedulerPlugin

from flows.dashboard.history import History
from flows.dashboard.route import add_page
from flows.progress.snapshot import from_plain

if TYPE_CHECKING:
    from distributed import Scheduler

__all__ = ["ANNOTATION", "HANDLER", "NAME", "MemoPlugin"]

NAME = "memoflow"
HANDLER = "memoflow_show"
"""The scheduler's operation by which a client shows a snapshot."""
ANNOTATION = "memoflow"
"""The annotation of a task that says for which puzzle it works."""


class MemoPlugin(SchedulerPlugin):  # type: ignore[misc]    # distributed ships no types
    """Adds the page `memo` to a scheduler's dashboard; once, however many clients ask for it."""

    name = NAME
    idempotent = True

    async def start(self, scheduler: Scheduler) -> None:
        self.history = History()
        scheduler.handlers[HANDLER] = self.take
        add_page(scheduler, self.history)

    def take(self, snapshot: Mapping[str, Any]) -> bool:
        """Keep a snapshot; whether it could be read: clients may be of another version."""
        try:
            self.history.add(from_plain(snapshot))
        except (TypeError, KeyError):
            return False
        return True

"""The page `Memo` on Dask's dashboard.

Owns: how it comes there, by either of Dask's ways: `Client.register_plugin(MemoPlugin())`, which every
run does, or `dask scheduler --preload flows.dashboard`, where a scheduler takes no plugins from clients.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.dashboard.plugin import ANNOTATION, HANDLER, NAME, MemoPlugin
from flows.dashboard.route import PAGE

if TYPE_CHECKING:
    from distributed import Scheduler

__all__ = ["ANNOTATION", "HANDLER", "PAGE", "MemoPlugin", "dask_setup"]


async def dask_setup(scheduler: Scheduler) -> None:
    """Called by Dask's `--preload`."""
    await scheduler.register_scheduler_plugin(MemoPlugin(), NAME, idempotent=True)

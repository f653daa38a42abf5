"""The server that forks local workers, started before Dask is imported here.

Both import the same 0.4 s of modules; side by side, a run waits for that once. Nothing of this project
is loaded there: a worker loads it from where its client has it.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.forkserver
import signal
import threading
from collections.abc import Iterator

__all__ = ["ignoring_interrupts", "start_forkserver"]

_PRELOADED = ["distributed", "numpy"]


def start_forkserver() -> None:
    """Start the server unless it runs; does not wait for what it imports. A script that may not start
    processes is told so by Dask."""
    with ignoring_interrupts(), contextlib.suppress(RuntimeError):
        multiprocessing.get_context("forkserver").set_forkserver_preload(_PRELOADED)
        multiprocessing.forkserver.ensure_running()


@contextlib.contextmanager
def ignoring_interrupts() -> Iterator[None]:
    """Ctrl-C goes to every process of a terminal, and is the client's to answer: what is started
    here inherits that it is ignored, the server that forks workers included. One that comes
    in these seconds is lost; blocking it instead does not hold, as multiprocessing unblocks it."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set handlers, and only there does Ctrl-C arrive
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)

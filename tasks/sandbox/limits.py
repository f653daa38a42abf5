"""The limits of a child: CPU by two timers, memory by the size of its address space.

The soft limit is a periodic tick that raises `Overrun` in the program. It cannot interrupt C code,
and a program may swallow what it raises; the hard limit is a timer that the kernel answers by
ending the process, and each tick within the budget winds it up again. Timers fire early or late by
some milliseconds, so neither decides on its own: the caller compares the CPU used with the limit.
The clock is the thread's, since that of a process goes in steps of milliseconds while timers run.
"""

from __future__ import annotations

import math
import resource
import signal
from pathlib import Path
from time import thread_time
from types import FrameType

_SHORTEST_TICK_S, _LONGEST_TICK_S = 0.002, 0.05


class Overrun(BaseException):
    """The running program has used up its CPU; not an Exception, so that few handlers stop it."""


class Watch:
    """Watches the CPU that one program uses on one sample; one per process, in its main thread."""

    def __init__(self) -> None:
        """Takes the signals; `start` before anything is to be watched."""
        self._limit_s = self._hard_s = self._deadline = math.inf
        self._lap_began = 0.0
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.signal(signal.SIGVTALRM, self._tick)

    def start(self, limit_s: float) -> None:
        """Starts the timers for a limit in this machine's CPU seconds."""
        self._limit_s = limit_s
        self._hard_s = 1.25 * limit_s + 0.1  # beyond the limit even if it fires some ticks early
        tick_s = min(max(limit_s / 10, _SHORTEST_TICK_S), _LONGEST_TICK_S)
        signal.setitimer(signal.ITIMER_PROF, self._hard_s)
        signal.setitimer(signal.ITIMER_VIRTUAL, tick_s, tick_s)

    def begin(self) -> None:
        """A program begins: the first lap, on the first sample."""
        self._lap_began = thread_time()

    def allow(self) -> None:
        """The program comes to a sample: it may run for the limit from the last lap's end."""
        self._deadline = self._lap_began + self._limit_s

    def lap(self) -> float:
        """Ends a lap and begins the next; its CPU seconds."""
        began, self._lap_began = self._lap_began, thread_time()
        return self._lap_began - began

    def check(self, charge_s: float) -> None:
        """Raises Overrun when what a program is charged for a sample is over the limit."""
        if charge_s > self._limit_s:
            raise Overrun

    def end(self) -> None:
        """The program has ended: nothing is watched."""
        self._deadline = math.inf

    def _tick(self, _signal: int, _frame: FrameType | None) -> None:
        if thread_time() > self._deadline:
            raise Overrun
        signal.setitimer(signal.ITIMER_PROF, self._hard_s)


def limit_memory(more_bytes: int) -> None:
    """Lets the address space grow by `more_bytes` from what it is now; no core dumps."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    ceiling = pages * resource.getpagesize() + more_bytes
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        ceiling = min(ceiling, hard)
    resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

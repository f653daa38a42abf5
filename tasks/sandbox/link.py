"""The parent's end of a zygote: starts it, hands it work, watches the wall clock, ends it.

A link serves one request at a time and does not start a new zygote when its own dies: it raises
ConnectionError, and the sandbox makes another link.
"""

from __future__ import annotations

import json
import mmap
import os
import select
import signal
import socket
import subprocess
import sys
import weakref
from collections.abc import Callable
from time import monotonic
from typing import Any, NamedTuple

from tasks.errors import TaskError
from tasks.language import GridKind
from tasks.outcome import Killed, Outcome, OutOfMemory, Raised, TimedOut
from tasks.sandbox import zygote
from tasks.sandbox.progress import NOT_BEGUN, Progress, State
from tasks.sandbox.wire import Work, pack, receive, send, unpack, unpack_all

_START_S = 120.0
_END_S = 5.0
_LONGEST_WAIT_S = 1.0

_KEPT_PYTHON_SETTINGS = ("PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")
_SETTINGS = {
    "PYTHONHASHSEED": "0",  # sets have one order in every run
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


class SandboxError(TaskError):
    """The sandbox itself cannot work: the DSL's module, and the reason."""

    def __init__(self, dsl: str, reason: str) -> None:
        super().__init__(dsl, reason)
        self.dsl = dsl
        self.reason = reason

    def __str__(self) -> str:
        source = self.dsl.partition("\n")[0]  # without the digests of its files
        return f"the sandbox cannot evaluate programs over the DSL {source!r}: {self.reason}"


class Ending(NamedTuple):
    """How a child ended, and what it left: results as plain values, and where it was."""

    results: tuple[Any, ...]
    form: int
    outcome: Outcome | None
    """What the end means for the form, should it happen when that form is alone; None: all done."""
    overdue: bool
    """Whether it was ended because it stayed at one sample for too long."""
    cpu_s: float

    @property
    def began(self) -> bool:
        """Whether the child came as far as a program, or had none to run."""
        return self.outcome is None or self.form != NOT_BEGUN


class Link:
    """One running zygote."""

    def __init__(self, dsl: str, grid: GridKind) -> None:
        """Starts the zygote and waits until it is ready; raises SandboxError if it cannot be."""
        self._dsl = dsl
        self._results = os.memfd_create("results")
        progress = os.memfd_create("progress")
        os.ftruncate(progress, mmap.PAGESIZE)
        self._progress = Progress(progress)
        self._channel, theirs = socket.socketpair()
        with theirs:
            files = theirs.fileno(), progress, self._results
            self._process = subprocess.Popen(
                _command(zygote.main, dsl, grid, *files, os.getpid()),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=files,
                env=_environment(),
            )
        os.close(progress)
        self.close = weakref.finalize(self, _end, self._process, self._channel, self._results, os.getpid())
        self._children_s = self._zygote_s = 0.0
        self._memory_bytes = 0
        self.speed_factor = self._greeted()

    def _greeted(self) -> float:
        try:
            if not self._readable(_START_S):
                raise SandboxError(self._dsl, f"it did not load within {_START_S:.0f} s")
            word, content = unpack(receive(self._channel))
        except ConnectionError:
            raise SandboxError(self._dsl, "the process died while it loaded") from None
        if word == "failed":
            raise SandboxError(self._dsl, f"it could not be loaded: {content}")
        return float(content)

    @property
    def cpu_seconds(self) -> float:
        """CPU that the zygote and its children had used when the last request ended."""
        return self._zygote_s + self._children_s

    @property
    def pid(self) -> int:
        """The zygote's process."""
        return self._process.pid

    def run(self, work: Work, wall_s: float, alone: bool) -> Ending:
        """Has a child do the work, ended when it stays at one sample for `wall_s` seconds.

        `alone` asks for a child that has done nothing before.

        Raises ConnectionError when the zygote dies, SandboxError on a fault of the sandbox.
        """
        self._progress.clear()
        fresh = alone or work.memory_bytes != self._memory_bytes
        self._memory_bytes = work.memory_bytes
        send(self._channel, (zygote.FRESH if fresh else zygote.ANY) + pack(work))
        overdue = self._watch(wall_s)
        status, cpu_s, self._zygote_s = unpack(receive(self._channel))
        self._children_s += cpu_s
        results = tuple(unpack_all(os.pread(self._results, self._progress.written, 0)))
        if self._progress.state is State.FAILED:
            raise SandboxError(self._dsl, f"a fault of its own: {results[-1]}")
        outcome = _meaning(self._progress.state, status)
        if overdue and outcome is not None:
            outcome = Killed(f"wall limit of {wall_s:.0f} s")
        return Ending(results, self._progress.place[0], outcome, overdue, cpu_s)

    def _watch(self, wall_s: float) -> bool:
        """Waits for the zygote to speak; whether the child was overdue and had to be killed."""
        place, since, overdue = self._progress.place, monotonic(), False
        while not self._readable(min(wall_s / 4, _LONGEST_WAIT_S)):
            if self._progress.place != place:
                place, since = self._progress.place, monotonic()
            elif not overdue and monotonic() - since > wall_s:
                send(self._channel, zygote.KILL)
                overdue = True
        return overdue

    def _readable(self, timeout_s: float) -> bool:
        poll = select.poll()
        poll.register(self._channel, select.POLLIN)
        return bool(poll.poll(timeout_s * 1000))


def _meaning(state: State, status: int) -> Outcome | None:
    """What a child's end says about a program that it ran alone; None: all is done."""
    if state is State.DONE:
        return None
    if state is State.TIMED_OUT:
        return TimedOut()
    if state is State.OUT_OF_MEMORY:
        return OutOfMemory()
    code = os.waitstatus_to_exitcode(status)
    if code == -signal.SIGPROF:
        return TimedOut()
    if code == -signal.SIGKILL:
        return Killed("SIGKILL from outside; the machine may be short of memory")
    if code < 0:
        return Raised(f"Crash: {signal.Signals(-code).name}")
    return Raised(f"Crash: exit {code}")


def _command(entrance: Callable[..., None], *arguments: object) -> list[str]:
    """A command that calls the function in a fresh interpreter with this one's module path.

    It takes the function, not its name, so that the fingerprint of whoever calls reaches it.
    """
    code = (
        "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
        f"from {entrance.__module__} import {entrance.__name__} as main; main(*sys.argv[2:])"
    )
    path = json.dumps([str(entry) for entry in sys.path])
    return [sys.executable, "-c", code, path, *map(str, arguments)]


def _environment() -> dict[str, str]:
    """This process's environment without the settings that would change what programs do."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PYTHON") or name in _KEPT_PYTHON_SETTINGS
    }
    return kept | _SETTINGS


def _end(process: subprocess.Popen[bytes], channel: socket.socket, results: int, owner: int) -> None:
    """Ends a zygote and its child, unless this process only inherited them by a fork."""
    if os.getpid() != owner:
        return
    try:
        channel.shutdown(socket.SHUT_RDWR)  # reaches the zygote even where a fork holds a copy
    except OSError:
        process.kill()  # it has closed its end already
    channel.close()
    os.close(results)
    try:
        process.wait(_END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

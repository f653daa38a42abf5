"""The zygote: a process with one thread that has the DSL loaded and forks children that work.

It runs no program itself. A child serves request after request, until one does not come to its end
or a fresh child is asked for: a fork costs as much as hundreds of small programs. The zygote ends
its child and itself as soon as its parent is gone; a child ends with its zygote.
"""

from __future__ import annotations

import ctypes
import gc
import os
import select
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from importlib import import_module
from time import process_time, thread_time
from typing import NamedTuple

from tasks.errors import UnusableDsl
from tasks.language import Dsl, open_dsl
from tasks.sandbox.calibrate import speed_factor
from tasks.sandbox.child import Child
from tasks.sandbox.evaluate import describe
from tasks.sandbox.freeze import freeze
from tasks.sandbox.progress import Progress, State
from tasks.sandbox.tell import TELL, tell
from tasks.sandbox.wire import Vocabulary, pack, receive, send, unpack

OF_DIFFERS = "tasks.differs"
"""The module with the primitives that differs have beside those of a DSL."""

KILL = b""
"""The frame that asks for the child to be ended while it works. Other frames are work; they begin
with what they need: a child that has done nothing yet, or any."""
FRESH, ANY = b"f", b"a"

_PARENT_CHECK_MS = 1000
_STDOUT, _STDERR = 1, 2
_PR_SET_PDEATHSIG = 1


def main(dsl: str, grid: str, channel: str, progress: str, results: str, parent: str) -> None:
    """Serves until the parent is gone: the DSL and the kind of its grids, three descriptors, the
    parent's pid."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    connection = socket.socket(fileno=int(channel))
    try:
        known = languages(dsl, grid)
        hello = "ready", speed_factor()
    except UnusableDsl as error:
        send(connection, pack(("failed", error.reason)))
        return
    except Exception as error:  # whatever the DSL's modules raise when imported
        send(connection, pack(("failed", describe(error))))
        return
    gc.collect()
    gc.disable()
    gc.freeze()  # so that no collection in a child touches, and thereby copies, these pages
    page = Progress(int(progress))
    zygote = _Zygote(connection, partial(Child, known, page, int(results)), int(parent))
    try:
        send(connection, pack(hello))
        zygote.run()
    except ConnectionError:
        zygote.end_child()


def languages(dsl: str, grid: str) -> dict[Vocabulary, Dsl]:
    """What forms of each kind are written over. A DSL's own names go before those for differs."""
    programs, differs = load(dsl, grid), load(OF_DIFFERS, "array")
    own = replace(programs, primitives={**differs.primitives, **programs.primitives})
    told = replace(programs, primitives={**programs.primitives, TELL: tell})
    return {"programs": told, "differs": differs, "own differs": own}


def load(dsl: str, grid: str) -> Dsl:
    """A DSL with all that it imports later imported now."""
    language = open_dsl(dsl, grid)
    for name in language.preload:
        import_module(name)
    for primitive in language.primitives.values():
        with suppress(RecursionError):
            freeze(primitive)
    return language


# Which primitives there are counts elsewhere: the key of a row holds those that its program names.
load.__memo_imports__ = ()  # type: ignore[attr-defined]  # read by the fingerprint


class _Forked(NamedTuple):
    """A forked child, and the zygote's end of the line to it."""

    pid: int
    line: socket.socket


class _Zygote:
    def __init__(self, channel: socket.socket, make_child: Callable[[], Child], parent: int) -> None:
        self._channel = channel
        self._make_child = make_child
        self._parent = parent
        self._child: _Forked | None = None
        self._told_s = 0.0
        self._prctl = ctypes.CDLL(None).prctl

    def run(self) -> None:
        """Answers frames; raises ConnectionError when the parent is gone."""
        while True:
            self._wait_for(self._channel)
            frame = receive(self._channel)
            if frame == KILL:  # it crossed the answer of the child it was meant for
                continue
            past_s = self.end_child()[1] if frame[:1] == FRESH else 0.0
            status, cpu_s = self._have_done(self._child or self._fork(), frame[1:])
            send(self._channel, pack((status, past_s + cpu_s, process_time())))

    def end_child(self) -> tuple[int, float]:
        """Ends the child, if there is one; its wait status, and CPU seconds not yet told."""
        if self._child is None:
            return 0, 0.0
        pid, line = self._child
        self._child = None
        os.kill(pid, signal.SIGKILL)  # does nothing to one that has ended, nor to its status
        line.close()
        _, status, usage = os.wait4(pid, 0)
        return status, self._not_told(usage.ru_utime + usage.ru_stime)

    def _have_done(self, child: _Forked, payload: bytes) -> tuple[int | None, float]:
        """Hands work to the child; its wait status if it ended, and CPU seconds not yet told."""
        with suppress(ConnectionError):  # a child that has ended shows below
            send(child.line, payload)
        while child.line not in self._wait_for(self._channel, child.line):
            if receive(self._channel) == KILL:
                return self.end_child()
        try:
            cpu_s = unpack(receive(child.line))
        except ConnectionError:
            return self.end_child()
        return None, self._not_told(cpu_s)

    def _not_told(self, cpu_s: float) -> float:
        told, self._told_s = self._told_s, cpu_s
        return cpu_s - told

    def _fork(self) -> _Forked:
        ours, theirs = socket.socketpair()
        zygote = os.getpid()
        pid = os.fork()
        if pid == 0:
            ours.close()
            self._be_child(theirs, zygote)
        theirs.close()
        self._told_s = 0.0
        self._child = _Forked(pid, ours)
        return self._child

    def _be_child(self, line: socket.socket, zygote: int) -> None:
        """Serves work until there is no more, or some of it did not come to its end."""
        try:
            self._prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            self._channel.close()
            os.dup2(_STDOUT, _STDERR)  # stdout is /dev/null already
            gc.enable()
            child = self._make_child()
            while os.getppid() == zygote:  # else it died before it could be asked for its signal
                if child.serve(receive(line)) is not State.DONE:
                    break
                send(line, pack(thread_time()))
        finally:
            os._exit(0)

    def _wait_for(self, *sockets: socket.socket) -> list[socket.socket]:
        """Those that are ready, at least one; raises ConnectionError when the parent is gone.

        The end of the channel says so too, but not while a fork of the parent holds it open.
        """
        poll = select.poll()
        for each in sockets:
            poll.register(each, select.POLLIN)
        while not (ready := poll.poll(_PARENT_CHECK_MS)):
            if os.getppid() != self._parent:
                raise ConnectionResetError("the parent is gone")
        files = {file for file, _ in ready}
        return [each for each in sockets if each.fileno() in files]

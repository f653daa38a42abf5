"""The process that watches: waits for saves, and has each change evaluated elsewhere.

Owns: the server and its end, and that a save during an evaluation ends that one. No code of a DSL is ever
loaded here.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import click

from flows.output import complain
from flows.puzzles import chosen_puzzles
from flows.watch.places import folders_of
from flows.watch.request import Answer, Request, line_of
from flows.watch.saves import Saves
from flows.watch.server import THREADS

__all__ = ["watch"]

_END_S = 10.0
_AGAIN_S = 0.1
_SERVE = (
    "import json, signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); "
    "signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT]); "
    "sys.path[:] = json.loads(sys.argv[2]); "
    "from flows.watch.server import serve; "
    "serve(int(sys.argv[1]), json.loads(sys.argv[3]), float(sys.argv[4]))"
)


def watch(options: dict[str, Any], config: Path | None, json_file: Path | None) -> NoReturn:
    """Evaluate once, and then every change. Raises KeyboardInterrupt, all that was started ended, for
    Ctrl-C or where it is told to end, as by a terminal that is closed."""
    for told_to_end in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(told_to_end, signal.default_int_handler)
    request = Request(options, _text(config), _text(json_file))
    settings = request.settings()
    chosen_puzzles(settings)  # what no save can mend is refused at once
    with contextlib.ExitStack() as stack:
        saves = stack.enter_context(contextlib.closing(Saves(request.config)))
        watching = stack.enter_context(contextlib.closing(_Watching(request, saves)))
        saves.add(folders_of(settings, request.config))
        saved = watching.evaluate(set())
        while True:
            saved = watching.evaluate(saved or watching.wait())


def _text(path: Path | None) -> str | None:
    return str(path) if path is not None else None


class _Server:
    """A process with everything loaded but the DSL, in a session of its own: we hand Ctrl-C on."""

    def __init__(self) -> None:
        reading, writing = os.pipe()
        borrowed = [name for name in THREADS if name not in os.environ]
        words = [sys.executable, "-c", _SERVE, str(writing), json.dumps(sys.path), json.dumps(borrowed)]
        # Bytecode is found again by whole seconds: what is saved twice in one must not be run as it was.
        environment = {**os.environ, **dict.fromkeys(borrowed, "1"), "PYTHONDONTWRITEBYTECODE": "1"}
        with _sigint_blocked():  # in the server, until it ignores it
            self._process = subprocess.Popen(
                [*words, str(time.time())],
                stdin=subprocess.PIPE,
                pass_fds=(writing,),
                env=environment,
                start_new_session=True,
                text=True,
            )
        os.close(writing)
        self._answers, self._told = reading, b""
        self._evaluates, self._is_gone = 0, False
        self._cancelled: float | None = None

    def ask(self, request: Request) -> None:
        """Have a change evaluated. A server that is gone shows when it is asked for answers."""
        assert self._process.stdin is not None, "it is a pipe"
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(line_of(request))
            self._process.stdin.flush()

    def has_answer(self, seconds: float = 0) -> bool:
        """Whether something is told in some time, or nothing more will be."""
        return b"\n" in self._told or bool(select.select([self._answers], [], [], seconds)[0])

    def answer(self) -> Answer | None:
        """The next answer, waited for; None where the server is gone."""
        while b"\n" not in self._told:
            more = os.read(self._answers, select.PIPE_BUF)
            if not more:
                self._is_gone = True
                return None
            self._told += more
        line, _, self._told = self._told.partition(b"\n")
        answer = Answer.read(line.decode())
        self._evaluates = 0 if answer.ended else self._evaluates or answer.began
        self._cancelled = self._cancelled if self._evaluates else None
        return answer

    def lives(self) -> bool:
        return self._process.poll() is None

    def cancel(self) -> bool:
        """End what is being evaluated, which keeps what is finished; whether something is told soon. To be
        called until it has ended: a signal may come too early, or while workers are started. What takes no
        notice for long is ended with the server."""
        if self._evaluates:
            self._cancelled = self._cancelled or time.monotonic()
            with contextlib.suppress(ProcessLookupError):
                if time.monotonic() < self._cancelled + _END_S:
                    os.kill(self._evaluates, signal.SIGINT)  # not what it started: it ends that
                else:
                    os.killpg(self._process.pid, signal.SIGKILL)
        return self.has_answer(_AGAIN_S)

    def close(self) -> str:
        """End the server, and what it evaluates; the signal by which it had ended itself, if any."""
        assert self._process.stdin is not None, "it is a pipe"
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        with contextlib.suppress(KeyboardInterrupt):  # a second Ctrl-C: at once
            while self._evaluates and not self._is_gone:
                if self.cancel():
                    self.answer()
            if self._is_gone:
                self._process.wait(_END_S)
        code = self._process.poll()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._answers)
        return signal.Signals(-code).name if code is not None and code < 0 else ""


@contextlib.contextmanager
def _sigint_blocked() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Watching:
    """One watch: its saves, its server, and the run that the next one is compared with."""

    def __init__(self, request: Request, saves: Saves) -> None:
        self._saves = saves
        self._request = request
        self._server: _Server | None = None

    def wait(self) -> set[str]:
        """The next saves."""
        click.echo("waiting for a save; Ctrl-C ends")
        return self._saves.wait(lambda: False)

    def evaluate(self, saved: set[str]) -> set[str]:
        """Have a change evaluated; what was saved meanwhile, which cancels the evaluation."""
        saved_at = self._saves.moment_of(saved) if saved else None
        request = replace(self._request, saved=tuple(sorted(saved)), saved_at=saved_at)
        asked, server, later, ran = time.time(), self._ask(request), set[str](), False
        while True:
            later |= self._saves.wait(server.cancel if later else server.has_answer)
            answer = server.answer() if server.has_answer() else Answer()
            if answer is None:
                ended_by = self._close_server()
                why = f"the server was ended by {ended_by}" if ended_by else "see above"
                if not later:
                    complain(f"nothing was evaluated: {why}; mended and saved, it goes on")
                return later
            if answer.ended:
                return later | saved if later and not ran else later
            self._saves.add(answer.folders, asked)
            if answer.run:
                ran, self._request = True, replace(self._request, previous=answer.run)
            if answer.stale:
                self._close_server()
                server = self._ask(replace(request, restarted=True))

    def close(self) -> None:
        self._close_server()

    def _ask(self, request: Request) -> _Server:
        if self._server is not None and not self._server.lives():
            self._close_server()
        if self._server is None:
            self._server = _Server()
        self._server.ask(request)
        return self._server

    def _close_server(self) -> str:
        server, self._server = self._server, None
        return server.close() if server is not None else ""

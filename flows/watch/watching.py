"""The process that watches: waits for saves, and has each change evaluated elsewhere.

Owns: the server and its end, which saves belong together, and that a save during an evaluation ends that
one. No code of a DSL is ever loaded here.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from watchfiles._rust_notify import (
    RustNotify,
)  # documented for such use; `watch` loses what is between two calls

from flows.output import complain
from flows.puzzles import chosen_puzzles
from flows.watch.evaluation import folders_of
from flows.watch.request import Answer, Request, line_of
from flows.watch.server import THREADS

__all__ = ["watch"]

_STEP_MS = 50
"""Quiet after a save that ends a burst of them; also how often is looked whether something was told."""
_BURST_MS = 500
_END_S = 10.0
_SUFFIXES = (".py", ".jsonl", ".ndjson")
_SERVE = (
    "import json, signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); "
    "sys.path[:] = json.loads(sys.argv[2]); "
    "from flows.watch.server import serve; serve(int(sys.argv[1]), json.loads(sys.argv[3]))"
)


def watch(options: dict[str, Any], config: Path | None, json_file: Path | None) -> int:
    """Evaluate once, and then every change, until Ctrl-C (or until told to end, as by a terminal that is
    closed); the exit code."""
    for told_to_end in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(told_to_end, signal.default_int_handler)
    request = Request(options, _text(config), _text(json_file))
    settings = request.settings()
    chosen_puzzles(settings)  # what no save can mend is refused at once
    with contextlib.ExitStack() as stack, contextlib.suppress(KeyboardInterrupt):
        watching = _Watching(request, stack.enter_context(contextlib.closing(_Saves(request.config))))
        stack.callback(watching.close)
        watching.saves.add(folders_of(settings, request.config))
        saved = watching.evaluate(())
        while True:
            saved = watching.evaluate(saved or watching.wait())
    return 0


def _text(path: Path | None) -> str | None:
    return str(path) if path is not None else None


class _Saves:
    """Files that are saved in some folders. What is saved between two calls is told by the second. A folder
    that goes away is waited for: above it, what is there is watched."""

    def __init__(self, config: str | None) -> None:
        self._config = str(Path(config).absolute()) if config is not None else None
        self._folders: set[str] = set()
        self._notify: RustNotify | None = None

    def add(self, folders: Iterable[str]) -> set[str]:
        """Look into these folders too; what was saved in the old ones by now."""
        new = set(folders) - self._folders
        if not new:
            return set()
        self._folders |= new
        return self._look_anew()

    def wait(self, until: Callable[[], bool]) -> set[str]:
        """The files of the next burst of saves; none where something else came true first. Raises
        KeyboardInterrupt."""
        while not until():
            saved = self._take(until)
            if saved:
                return saved
        return set()

    def close(self) -> None:
        if self._notify is not None:
            self._notify.close()

    def _look_anew(self) -> set[str]:
        before = self._notify
        there = {_existing(Path(folder)) for folder in self._folders}
        # Before the old one is closed, so that no save falls between the two.
        self._notify = RustNotify(sorted(map(str, there)), False, False, 300, False, True)
        if before is None:
            return set()
        said = before.watch(1, 1, 1, None)
        before.close()
        return {path for _, path in said if self._matters(path)} if isinstance(said, set) else set()

    def _take(self, until: Callable[[], bool]) -> set[str]:
        assert self._notify is not None, "folders were added"
        said = self._notify.watch(_BURST_MS, _STEP_MS, 0, _Until(until))
        if said == "signal":
            raise KeyboardInterrupt
        if isinstance(said, str):
            return set()
        paths = {path for _, path in said}
        saved = {path for path in paths if self._matters(path)}
        moved = {
            path for path in paths if any(f"{folder}/".startswith(f"{path}/") for folder in self._folders)
        }
        return saved | moved | self._look_anew() if moved else saved

    def _matters(self, path: str) -> bool:
        name = os.path.basename(path)  # noqa: PTH119  # of every file that is written there
        return path == self._config or (name.endswith(_SUFFIXES) and not name.startswith("."))


def _existing(folder: Path) -> Path:
    """A folder, or the nearest one above it that is there."""
    return next(each for each in (folder, *folder.parents) if each.is_dir())


class _Until:
    """A condition in the form of an event, which is what the watcher asks."""

    def __init__(self, until: Callable[[], bool]) -> None:
        self.is_set = until


class _Server:
    """A process with everything loaded but the DSL, in a session of its own: we hand Ctrl-C on."""

    def __init__(self) -> None:
        reading, writing = os.pipe()
        borrowed = [name for name in THREADS if name not in os.environ]
        words = [sys.executable, "-c", _SERVE, str(writing), json.dumps(sys.path), json.dumps(borrowed)]
        # Bytecode is found again by whole seconds: what is saved twice in one must not be run as it was.
        environment = {**os.environ, **dict.fromkeys(borrowed, "1"), "PYTHONDONTWRITEBYTECODE": "1"}
        self._process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            pass_fds=(writing,),
            env=environment,
            start_new_session=True,
            text=True,
        )
        os.close(writing)
        self._answers = os.fdopen(reading)

    def ask(self, request: Request) -> None:
        """Have a change evaluated. A server that is gone shows when it is asked for answers."""
        assert self._process.stdin is not None, "it is a pipe"
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(line_of(request))
            self._process.stdin.flush()

    def has_answer(self) -> bool:
        return bool(select.select([self._answers], [], [], 0)[0])

    def answer(self) -> Answer | None:
        """The next answer, waited for; None where the server is gone."""
        line = self._answers.readline()
        return Answer.read(line) if line else None

    def interrupt(self) -> None:
        """Ctrl-C, for the evaluation and all that it started; the server itself ignores it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGINT)

    def close(self) -> None:
        """End what is being evaluated, which keeps what is finished, and the server."""
        self.interrupt()
        assert self._process.stdin is not None, "it is a pipe"
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._answers.close()


class _Watching:
    """One watch: its saves, its server, and the run that the next one is compared with."""

    def __init__(self, request: Request, saves: _Saves) -> None:
        self.saves = saves
        self._request = request
        self._server: _Server | None = None

    def wait(self) -> set[str]:
        """The next saves."""
        click.echo("waiting for a save; Ctrl-C ends")
        return self.saves.wait(lambda: False)

    def evaluate(self, saved: Iterable[str]) -> set[str]:
        """Have a change evaluated; what was saved meanwhile, which ended the evaluation."""
        request = replace(self._request, saved=tuple(sorted(saved)))
        server, later, ran = self._ask(request), set[str](), False
        while True:
            new = self.saves.wait(server.has_answer)
            if new and not later:
                server.interrupt()
            later |= new
            answer = server.answer() if server.has_answer() else Answer()
            if answer is None:
                self._close_server()
                complain("nothing was evaluated: see above; mended and saved, it goes on")
                return later
            if answer.ended:
                return later | set(saved) if later and not ran else later
            later |= self.saves.add(answer.folders)
            if answer.run:
                ran, self._request = True, replace(self._request, previous=answer.run)
            if answer.stale:
                self._close_server()
                server = self._ask(request)

    def close(self) -> None:
        self._close_server()

    def _ask(self, request: Request) -> _Server:
        if self._server is None:
            self._server = _Server()
        self._server.ask(request)
        return self._server

    def _close_server(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

"""The server of a watch: everything loaded but the DSL, and a forked process for each change.

Owns: what is loaded before, and the check that all of it is still what the files say. A process forked here
starts in milliseconds and, as a fresh one, has never loaded any code of the DSL.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from types import TracebackType

from flows.watch.request import Answer, Request, line_of

__all__ = ["THREADS", "serve"]

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""Variables that keep what is loaded from starting threads: a process that forks should have but one."""

_LOADED = ("flows.cli", "flows.watch.evaluation", "flows.execution.cluster", "scipy.ndimage")

_Identity = tuple[int, int]


def serve(answers: int, borrowed: list[str]) -> None:
    """Evaluate each request that comes on standard input, one after another; answers go to a file
    descriptor. `borrowed`: environment variables that are only for loading."""
    started = time.time()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.excepthook = _say_what_is_broken
    for module in _LOADED:
        importlib.import_module(module)
    sys.excepthook = sys.__excepthook__
    loaded = _Loaded(started)
    for name in borrowed:
        os.environ.pop(name, None)
    gc.freeze()
    tell = partial(_tell, answers)
    while line := sys.stdin.readline():
        child = os.fork()
        if child == 0:
            sys.exit(_evaluate(Request.read(line), loaded, tell))
        os.waitpid(child, 0)
        tell(Answer(ended=True))


def _evaluate(request: Request, loaded: _Loaded, tell: Callable[[Answer], None]) -> int:
    from flows.cli.ending import ending
    from flows.watch.evaluation import evaluate

    signal.signal(signal.SIGINT, signal.default_int_handler)
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123  # a descriptor is wanted
        os.dup2(nothing.fileno(), sys.stdin.fileno())
    importlib.invalidate_caches()
    stale = next(loaded.edited(), "")
    if stale:
        tell(Answer(stale=stale))
        return 0
    return ending(partial(evaluate, request, tell))


def _tell(answers: int, answer: Answer) -> None:
    os.write(answers, line_of(answer).encode())


class _Loaded:
    """The files of what is loaded, as they were; an edit while it was being loaded shows by its time."""

    def __init__(self, started: float) -> None:
        self._started = started
        self._files = {file: _identity(file) for file in _files()}

    def edited(self) -> Iterator[str]:
        """Those that are others now, or may have been when they were loaded."""
        for file, known in self._files.items():
            if _identity(file) != known or known[1] >= self._started * 1e9:
                yield file


def _files() -> Iterator[str]:
    for module in list(sys.modules.values()):
        file = vars(module).get("__file__")
        if isinstance(file, str):
            yield file


def _identity(file: str) -> _Identity:
    """What changes with every edit, also one that sets the time of modification back."""
    try:
        found = os.stat(file)  # noqa: PTH116  # a thousand files, at every change
    except OSError:
        return (0, 0)
    return (found.st_ino, found.st_ctime_ns)


def _say_what_is_broken(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Code of memoflow's own that cannot be loaded, in a line."""
    frames = traceback.extract_tb(trace)
    where = f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
    if isinstance(error, SyntaxError):
        where = f" ({error.filename}:{error.lineno})"
    print(
        f"memoflow: cannot be loaded: {kind.__name__}: {getattr(error, 'msg', error)}{where}", file=sys.stderr
    )

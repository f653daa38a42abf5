"""The server of a watch: everything loaded but the DSL, and a forked process for each change.

Owns: what is loaded before, and the check that all of it is still what the files say. A process forked here
starts in milliseconds and, as a fresh one, has never loaded any code of the DSL.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from types import FrameType, TracebackType

from flows.output import complain
from flows.watch.files import identity_of
from flows.watch.request import Answer, Request, line_of

__all__ = ["THREADS", "Loaded", "serve"]

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""Variables that keep what is loaded from starting threads: a process that forks should have but one."""

_LOADED = ("flows.cli", "flows.watch.evaluation", "flows.execution.cluster", "scipy.ndimage")


def serve(answers: int, borrowed: list[str], started: float) -> None:
    """Evaluate each request that comes on standard input, one after another; answers go to a file
    descriptor. `borrowed`: environment variables that are only for loading. `started`: a moment before
    anything was loaded."""
    sys.excepthook = _say_what_is_broken
    for module in _LOADED:
        importlib.import_module(module)
    sys.excepthook = sys.__excepthook__
    loaded = Loaded(started)
    for name in borrowed:
        os.environ.pop(name, None)
    gc.freeze()
    tell = partial(_tell, answers)
    while line := sys.stdin.readline():
        child = os.fork()
        if child == 0:
            sys.exit(_evaluate(Request.read(line), loaded, tell))
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            how = signal.Signals(os.WTERMSIG(status)).name
            complain(f"the evaluation was ended by {how}; another save evaluates all of it again")
        tell(Answer(ended=True))


def _evaluate(request: Request, loaded: Loaded, tell: Callable[[Answer], None]) -> int:
    from flows.cli.ending import ending

    with open(os.devnull, "rb") as nothing:  # noqa: PTH123  # a descriptor is wanted
        os.dup2(nothing.fileno(), sys.stdin.fileno())
    importlib.invalidate_caches()
    stale = next(loaded.edited(surely=request.restarted), "")
    if stale:
        tell(Answer(stale=stale))
        return 0
    return ending(partial(_until_cancelled, request, tell))


def _until_cancelled(request: Request, tell: Callable[[Answer], None]) -> int:
    """Evaluate, with SIGINT as the way to end it: whoever sends that knows, so nothing is said."""
    from flows.watch.evaluation import evaluate

    with contextlib.suppress(KeyboardInterrupt):
        try:
            signal.signal(signal.SIGINT, _cancel)
            tell(Answer(began=os.getpid()))
            return evaluate(request, tell)
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
    return 1


def _cancel(number: int, frame: FrameType | None) -> None:
    """The first SIGINT counts. It is sent again and again, as it is lost while workers are started, and
    must not hit how the evaluation ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def _tell(answers: int, answer: Answer) -> None:
    os.write(answers, line_of(answer).encode())


class Loaded:
    """The files of what is loaded, as they were; an edit while it was being loaded shows by its time."""

    def __init__(self, started: float) -> None:
        self._started = started
        self._files = {file: identity_of(file) for file in _files()}

    def edited(self, surely: bool) -> Iterator[str]:
        """Those that are others now or, if it need not be sure, may have been when they were loaded."""
        for file, known in self._files.items():
            maybe = not surely and known is not None and known.is_since(self._started)
            if maybe or identity_of(file) != known:
                yield file


def _files() -> Iterator[str]:
    for module in list(sys.modules.values()):
        file = vars(module).get("__file__")
        if isinstance(file, str):
            yield file


def _say_what_is_broken(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Code of memoflow's own that cannot be loaded, in a line."""
    frames = traceback.extract_tb(trace)
    where = f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
    if isinstance(error, SyntaxError):
        where = f" ({error.filename}:{error.lineno})"
    print(
        f"memoflow: cannot be loaded: {kind.__name__}: {getattr(error, 'msg', error)}{where}", file=sys.stderr
    )

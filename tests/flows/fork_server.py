"""A process with the libraries loaded that forks a child per request.

Each child imports the edited project anew, as a new process would, without paying for NumPy, Zarr
and memoflow again. A request is a JSON line with the name of a module's function and its arguments;
the answer is what the function returns, also as a JSON line. `ForkServer` is the client's side.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

__all__ = ["ForkServer"]

SECONDS = 60
"""After so many the kernel ends a child that hangs."""


class ForkServer:
    """Calls functions, each in a child process of its own. `preload` names modules to import once."""

    def __init__(self, preload: list[str]) -> None:
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), str(Path(__file__).parent)]),
            "PYTHONDONTWRITEBYTECODE": "1",  # what is edited twice in a tick would be loaded from a stale one
            "OPENBLAS_NUM_THREADS": "1",  # no threads: the process forks
        }
        self._process = subprocess.Popen(
            [sys.executable, __file__, *preload],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )

    def __enter__(self) -> ForkServer:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()

    def call(self, function: str, **arguments: Any) -> Any:
        """What `module:name` returns in a new process. Raises AssertionError with its traceback."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps([function, arguments]), file=self._process.stdin, flush=True)
        answer = json.loads(self._process.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer["value"]


def serve(preload: list[str]) -> None:
    """Answer requests until standard input ends."""
    for module in preload:
        importlib.import_module(module)
    gc.freeze()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            answer_and_exit(*json.loads(line))
        _, status = os.waitpid(child, 0)
        if status:
            print(json.dumps({"error": f"the child ended with status {status}"}), flush=True)


def answer_and_exit(function: str, arguments: dict[str, Any]) -> None:
    signal.alarm(SECONDS)
    module, _, name = function.partition(":")
    try:
        answer = {"value": getattr(importlib.import_module(module), name)(**arguments)}
    except Exception:  # whatever the child's function raises is its answer
        answer = {"error": traceback.format_exc()}
    print(json.dumps(answer), flush=True)
    # Threads that the child started, Zarr's say, are not waited for.
    os._exit(0)


if __name__ == "__main__":
    serve(sys.argv[1:])

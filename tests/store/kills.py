"""Writers that are killed: at the n-th step that they take below a store, before it, in its middle
or after it.

A script: a parent that has everything imported forks a writer for each kill, which wraps the calls
of `os` that change a store, and then a reader, which looks at what was left. It prints one line of
JSON: how many kills, and what was wrong after any of them.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import zarr  # noqa: F401  # imported before forking

import store.backend.local as local
from store import Store
from store.verify import verify

CALLS = ("open", "write", "link", "rename", "mkdir", "unlink", "close")
MOMENTS = ("before", "middle", "after")


def double(x: int) -> dict[str, Any]:
    return {"x": 2 * x, "text": "text " * 200}


def stack(x: int) -> Any:
    return np.full((40, 40), x, np.uint8)


def each(items: list[int]) -> list[Any]:
    return [np.full((50, 50), item, np.uint8) for item in items]


def read(file: str) -> str:
    return Path(file).read_text(encoding="utf-8")


def use(root: Path) -> dict[str, int | float]:
    """Every kind of write: entries, rows, stacks, the ledger, a second version of a result."""
    data = root.parent / "data.txt"
    store = Store(root)
    assert store.call(double, 1) == {"x": 2, "text": "text " * 200}
    assert (store.call(stack, 3) == 3).all()
    assert [int(grid.sum()) for grid in store.map(each, [1, 2])] == [2500, 5000]
    assert [int(grid.sum()) for grid in store.map(each, [2, 4])] == [5000, 10000]
    for content in ("one", "two"):
        data.write_text(content)
        assert store.call(read, str(data)) == content
    return store.stats() | {"failed": store.write_error is not None}


class Killer:
    """Wraps the calls of `os`, and kills this process at the n-th of them below a folder."""

    def __init__(self, root: Path, number: int, moment: str) -> None:
        self.root = f"{root}/"
        self.left = number
        self.moment = moment
        self.handles: set[int] = set()

    def install(self) -> None:
        for name in CALLS:
            setattr(os, name, self.wrapped(getattr(os, name)))

    def wrapped(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            halves = self.moment == "middle"
            if not self.concerns(args, kwargs) or (
                halves and call.__name__ not in ("write", "open", "close")
            ):
                return call(*args, **kwargs)
            self.left -= call.__name__ == "write" or not halves
            if self.left == 0 and halves:
                call(args[0], args[1][: len(args[1]) // 2])
            if self.left == 0 and self.moment != "after":
                os.kill(os.getpid(), signal.SIGKILL)
            done = call(*args, **kwargs)
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            if call.__name__ == "open":
                self.handles.add(done)
            elif call.__name__ == "close":
                self.handles.discard(args[0])
            return done

        return wrapper

    def concerns(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        if kwargs.get("dir_fd") in self.handles:
            return True
        if isinstance(args[0], int):
            return args[0] in self.handles
        return any(
            f"{os.fspath(each)}/".startswith(self.root) for each in args[:2] if not isinstance(each, int)
        )


def forked(work: Callable[[], None]) -> int:
    """Run something in a child; 0, its exit status, or minus the signal that ended it."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def write(root: Path, unnamed: bool, number: int, moment: str) -> None:
    if not unnamed:
        del os.O_TMPFILE
    Killer(root, number, moment).install()
    use(root)


def look(root: Path) -> None:
    """What a fresh process finds: complete results or none, right ones; litter goes."""
    backend = local.LocalBackend(root)
    checked, bad = verify(backend, [name for name, _, _ in backend.walk()])
    assert not bad, bad
    if checked or (root / "memoflow.json").exists():
        assert Store(root).stats()["corrupt"] == 0
    first = use(root)
    assert first["corrupt"] == 0
    assert first["hits"] + first["misses"] == 8
    assert first["write_errors"] == 0
    again = use(root)
    assert (again["hits"], again["misses"], again["corrupt"]) == (8, 0, 0), again
    litter = list(root.rglob(f"{local.TEMPORARY}*"))
    assert backend.sweep(3600) == 0
    assert backend.sweep(0) == len(litter)
    assert not list(root.rglob(f"{local.TEMPORARY}*"))
    assert not (root / "aside").exists()


def killed_at(folder: Path, unnamed: bool, moment: str, number: int) -> tuple[bool, bool, bool]:
    """Whether a writer was killed there at all, whether that left litter, whether all is well then."""
    root = folder / "run" / "store"
    shutil.rmtree(root.parent, ignore_errors=True)
    root.parent.mkdir()
    ended = forked(lambda: write(root, unnamed, number, moment))
    littered = any(root.rglob(f"{local.TEMPORARY}*"))
    well = ended in (0, -signal.SIGKILL) and forked(lambda: look(root)) == 0
    return ended == -signal.SIGKILL, littered, well


def main(folder: Path, step: int) -> None:
    kills, littered, wrong = 0, 0, []
    for unnamed, moment in itertools.product((True, False), MOMENTS):
        for number in itertools.count(1, step):
            killed, litter, well = killed_at(folder, unnamed, moment, number)
            kills += killed
            littered += litter
            if not well:
                wrong.append(f"{'unnamed' if unnamed else 'named'}, {moment} step {number}")
            if not killed:
                break
    print(json.dumps({"kills": kills, "littered": littered, "wrong": wrong}))


if __name__ == "__main__":
    Store(Path(sys.argv[1]) / "warm")
    use(Path(sys.argv[1]) / "warm")
    main(Path(sys.argv[1]), int(sys.argv[2]))

"""Writers that are interrupted: killed at the n-th step that they take below a store, before it, in
its middle or after it; or told by the system that this step, and each later one, has failed.

A script: a parent that has everything imported forks a writer for each interruption, which wraps
the calls of `os` that touch a store, and then a reader, which looks at what was left. It prints one
line of JSON: how many interruptions, and what was wrong after any of them.
"""

from __future__ import annotations

import errno
import functools
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
from store import NotAStore, NotWritable, Store
from store.verify import verify

CALLS = ("open", "write", "link", "rename", "mkdir", "unlink", "close")
CHANGES = ("write", "link", "rename", "mkdir")
FAULTS = ("write ENOSPC", "write EDQUOT", "write EROFS", "write EACCES", "write EIO", "read EIO")
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


class Wrapped:
    """Wraps calls of `os`, and notices those that concern what lies below a folder."""

    calls = CALLS

    def __init__(self, root: Path, number: int) -> None:
        self.root = f"{root}/"
        self.left = number
        self.handles: set[int] = set()

    def install(self) -> None:
        for name in self.calls:
            setattr(os, name, self.wrapped(getattr(os, name)))

    def wrapped(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            if not self.concerns(args, kwargs):
                return call(*args, **kwargs)
            done = self.take(call, args, kwargs)
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
        paths = [os.fspath(each) for each in args[:2] if not isinstance(each, int)]
        return any(f"{path}/".startswith(self.root) for path in paths)

    def take(self, call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        raise NotImplementedError


class Killer(Wrapped):
    """Kills this process at the n-th call: before it, in its middle (of a write), or after it."""

    def __init__(self, root: Path, number: int, moment: str) -> None:
        super().__init__(root, number)
        self.moment = moment

    def take(self, call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        middle = self.moment == "middle"
        self.left -= call.__name__ == "write" or not middle
        if self.left == 0 and middle:
            call(args[0], args[1][: len(args[1]) // 2])
        if self.left == 0 and self.moment != "after":
            os.kill(os.getpid(), signal.SIGKILL)
        done = call(*args, **kwargs)
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return done


class Failer(Wrapped):
    """Fails the n-th call that writes, and every later one; or that reads, for "read"."""

    def __init__(self, root: Path, number: int, fault: str) -> None:
        super().__init__(root, number)
        kind, name = fault.split()
        self.error = getattr(errno, name)
        self.calls = ("open", "close", "read") if kind == "read" else ("open", "close", *CHANGES)

    def take(self, call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if call.__name__ in (*CHANGES, "read") or self.opens_for_writing(call, args):
            self.left -= 1
            if self.left <= 0:
                raise OSError(self.error, os.strerror(self.error))
        return call(*args, **kwargs)

    def opens_for_writing(self, call: Callable[..., Any], args: tuple[Any, ...]) -> bool:
        return call.__name__ == "open" and "write" in self.calls and bool(args[1] & os.O_ACCMODE)


def forked(work: Callable[[], None]) -> int:
    """Run something in a child; 0, its exit status, or minus the signal that ended it."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException:  # the child must not go on as a copy of its parent
            traceback.print_exc()
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed(root: Path, unnamed: bool, number: int, moment: str) -> None:
    if not unnamed:
        del os.O_TMPFILE
    Killer(root, number, moment).install()
    use(root)


def failed(root: Path, unnamed: bool, number: int, fault: str) -> None:
    """Ends with 3 where nothing failed."""
    if not unnamed:
        del os.O_TMPFILE
    failer = Failer(root, number, fault)
    failer.install()
    try:
        use(root)
    except NotWritable:
        assert fault.startswith("read") or not (root / "memoflow.json").exists()
    except NotAStore:
        assert fault.startswith("read")
    if failer.left > 0:
        os._exit(3)


def look(root: Path) -> None:
    """What a fresh process finds: complete results or none, right ones; litter goes."""
    backend = local.LocalBackend(root)
    verified = verify(backend, [name for name, _, _ in backend.walk()])
    assert not verified.bad, verified.bad
    if verified.checked or (root / "memoflow.json").exists():
        assert Store(root).stats()["corrupt"] == 0
    first = use(root)
    assert first["corrupt"] == 0
    assert first["hits"] + first["misses"] == 8
    assert first["write_errors"] == 0
    again = use(root)
    assert (again["hits"], again["misses"], again["corrupt"]) == (8, 0, 0), again
    litter = list(root.rglob(f"{local.TEMPORARY}*"))
    assert backend.litter(3600) == []
    assert len(backend.litter(0)) == len(litter)
    for each in backend.litter(0):
        backend.delete(each.name)
    assert not list(root.rglob(f"{local.TEMPORARY}*"))
    assert not (root / "aside").exists()


def interrupted_at(root: Path, work: Callable[[], None]) -> tuple[int, bool, bool]:
    """How a writer ended, whether that left litter, whether all is well then."""
    shutil.rmtree(root.parent, ignore_errors=True)
    root.parent.mkdir()
    ended = forked(work)
    littered = any(root.rglob(f"{local.TEMPORARY}*"))
    return ended, littered, forked(lambda: look(root)) == 0


def main(folder: Path, step: int, kind: str) -> None:
    root = folder / "run" / "store"
    writer, ways, normal, last = {
        "kill": (killed, MOMENTS, -signal.SIGKILL, 0),
        "fail": (failed, FAULTS, 0, 3),
    }[kind]
    times, littered, wrong = 0, 0, []
    for unnamed, way in itertools.product((True, False), ways):
        for number in itertools.count(1, step):
            work = functools.partial(writer, root, unnamed, number, way)
            ended, litter, well = interrupted_at(root, work)
            times += ended == normal
            littered += litter
            if not well or ended not in (normal, last):
                wrong.append(f"{'unnamed' if unnamed else 'named'}, {way}, step {number}")
            if ended == last:
                break
    print(json.dumps({"times": times, "littered": littered, "wrong": wrong}))


if __name__ == "__main__":
    Store(Path(sys.argv[1]) / "warm")
    use(Path(sys.argv[1]) / "warm")
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])

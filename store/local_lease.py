"""Claims on a local directory: locks on bytes of one file, which the kernel frees when their holder
dies.

Owns: claims among processes by such locks, and among the threads of a process, which a lock of the
process cannot tell apart. Forked children don't inherit either.

Does not promise: claims where a file system has no locks, or the lock file may not be written to.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import math
import os
import threading
import time
import weakref
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from store.encode import hash_bytes

__all__ = ["LocalClaims", "ThreadClaims"]

_OPEN = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
_LOOK_SECONDS = 0.005


class _Turns:
    """Claims among the threads of this process."""

    def __init__(self) -> None:
        self.forget()
        _all_turns.add(self)

    def forget(self) -> None:
        """Begin anew."""
        self._guard = threading.Lock()
        self._waiting: dict[int, tuple[threading.Lock, int]] = {}

    @contextlib.contextmanager
    def take(self, place: int, seconds: float) -> Iterator[bool]:
        """This thread's turn at a place; False where it did not come in time."""
        with self._guard:
            lock, count = self._waiting.get(place, (threading.Lock(), 0))
            self._waiting[place] = (lock, count + 1)
        had = False
        try:
            had = lock.acquire(timeout=-1 if seconds == math.inf else seconds)
            yield had
        finally:
            if had:
                lock.release()
            with self._guard:
                count = self._waiting.get(place, (lock, 1))[1]
                if count > 1:
                    self._waiting[place] = (lock, count - 1)
                else:
                    self._waiting.pop(place, None)


_all_turns: weakref.WeakSet[_Turns] = weakref.WeakSet()
_turns_at: defaultdict[str, _Turns] = defaultdict(_Turns)


class ThreadClaims:
    """Claims for a store that only this process has."""

    def __init__(self, location: str) -> None:
        self._turns = _turns_at[location]

    @contextlib.contextmanager
    def claim(self, name: str, seconds: float) -> Iterator[bool]:
        with self._turns.take(_place_of(name), seconds) as turn:
            yield turn


class _LockFile:
    """An open lock file. It is never closed, since closing any handle of a file frees all locks that
    the process has on it."""

    def __init__(self, path: Path) -> None:
        self.turns = _Turns()
        path.parent.mkdir(parents=True, exist_ok=True)
        # A symbolic link in the place of the folder or of the file would lead out of the store.
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            self.handle = os.open(path.name, _OPEN, 0o666, dir_fd=folder)
        finally:
            os.close(folder)


class _LockFiles:
    """The lock files of this process, by what they are: one may have several paths, and a path may
    get another one when its store is made again."""

    def __init__(self) -> None:
        self._files: dict[tuple[int, int], _LockFile] = {}
        self.guard = threading.Lock()

    def at(self, path: Path) -> _LockFile:
        """The lock file at a path, made where there is none. Raises OSError."""
        with self.guard:
            with contextlib.suppress(FileNotFoundError):
                known = self._files.get(_identity(os.lstat(path)))
                if known is not None:
                    return known
            file = _LockFile(path)
            return self._files.setdefault(_identity(os.fstat(file.handle)), file)


_lock_files = _LockFiles()


def _forget_other_threads() -> None:
    """In a forked child there are no other threads, and locks stay with the parent."""
    _lock_files.guard = threading.Lock()
    for turns in _all_turns:
        turns.forget()


os.register_at_fork(after_in_child=_forget_other_threads)


class LocalClaims:
    """Claims as locks on bytes of the file at `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextlib.contextmanager
    def claim(self, name: str, seconds: float) -> Iterator[bool]:
        try:
            file = _lock_files.at(self._path)
        except OSError:  # nothing can be written here, so nobody's result is worth waiting for
            yield False
            return
        place = _place_of(name)
        with file.turns.take(place, seconds) as turn:
            locked = turn and _lock(file.handle, place, seconds)
            try:
                yield locked
            finally:
                if locked:
                    fcntl.lockf(file.handle, fcntl.LOCK_UN, 1, place)


def _lock(handle: int, place: int, seconds: float) -> bool:
    """Lock a byte, waiting at most so long; False where it was not had."""
    deadline = time.monotonic() + seconds
    try:
        if seconds == math.inf:
            fcntl.lockf(handle, fcntl.LOCK_EX, 1, place)
            return True
    except OSError as error:
        # The kernel takes two processes whose threads wait for each other's for a circle.
        if error.errno != errno.EDEADLK:
            return False
    while True:
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
        except (BlockingIOError, PermissionError):  # taken
            if time.monotonic() >= deadline:
                return False
            time.sleep(_LOOK_SECONDS)
        except OSError:  # no locks on this file system
            return False
        else:
            return True


def _identity(seen: os.stat_result) -> tuple[int, int]:
    return seen.st_dev, seen.st_ino


def _place_of(name: str) -> int:
    """A name's byte in the lock file; two names that share one only wait for each other."""
    return int.from_bytes(hash_bytes(name.encode())[:8], "little") >> 2

"""Claims on a local directory: locks on bytes of one file, which the kernel frees when their holder
dies.

Owns: claims among processes by such locks, and among the threads of a process, which a lock of the
process cannot tell apart. Forked children don't inherit either.

Does not promise: claims where a file system has no locks, or the lock file may not be written to.
"""

from __future__ import annotations

import errno
import fcntl
import math
import os
import threading
import time
import weakref
from collections import defaultdict
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from store.encode import hash_bytes

__all__ = ["LocalClaims", "ThreadClaims"]

_OPEN = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
_LOOK_SECONDS = 0.005
"""Seconds between two looks at the lock that is waited for."""
_LOOKS_SECONDS = 0.05
"""Seconds between two looks at many locks, each of which costs a microsecond."""


class _Turns:
    """Claims among the threads of this process."""

    def __init__(self) -> None:
        self.forget()
        _all_turns.add(self)

    def forget(self) -> None:
        """Begin anew."""
        self._guard = threading.Lock()
        self._waiting: dict[int, tuple[threading.Lock, int]] = {}

    def take(self, place: int, seconds: float) -> threading.Lock | None:
        """Wait for this thread's turn at a place, at most so long; what to `give` back, None where
        it did not come in time."""
        with self._guard:
            lock, count = self._waiting.get(place) or (threading.Lock(), 0)
            self._waiting[place] = (lock, count + 1)
        had = False
        try:
            had = lock.acquire(timeout=-1 if seconds == math.inf else seconds)
        finally:
            if not had:
                self._leave(place)
        return lock if had else None

    def give(self, place: int, turn: threading.Lock) -> None:
        """End a turn."""
        turn.release()
        self._leave(place)

    def _leave(self, place: int) -> None:
        with self._guard:
            lock, count = self._waiting.pop(place, (None, 1))  # nothing in a child forked meanwhile
            if lock is not None and count > 1:
                self._waiting[place] = (lock, count - 1)


class _Claim:
    """A thread's turn at a place and, where a lock file is given, the lock on its byte of that file.
    Where it is not had, nothing is held."""

    __slots__ = ("_file", "_place", "_seconds", "_turn", "_turns")

    def __init__(self, turns: _Turns, name: str, seconds: float, file: int | None = None) -> None:
        self._turns = turns
        self._place = _place_of(name)
        self._seconds = seconds
        self._file = file

    def __enter__(self) -> bool:
        self._turn = self._turns.take(self._place, self._seconds)
        if self._turn is None or self._file is None:
            return self._turn is not None
        had = False
        try:
            had = _lock(self._file, self._place, self._seconds)
        except OSError:  # no locks on this file system
            had, self._file = True, None
        finally:
            if not had:
                self._turns.give(self._place, self._turn)
                self._turn = None
        return had

    def __exit__(self, *_: object) -> None:
        if self._turn is None:
            return
        try:
            if self._file is not None:
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, self._place)
        finally:
            self._turns.give(self._place, self._turn)


_all_turns: weakref.WeakSet[_Turns] = weakref.WeakSet()
_turns_at: defaultdict[str, _Turns] = defaultdict(_Turns)


class ThreadClaims:
    """Claims for a store that only this process has."""

    look_seconds = _LOOKS_SECONDS

    def __init__(self, location: str) -> None:
        self._turns = _turns_at[location]

    def claim(self, name: str, seconds: float) -> AbstractContextManager[bool]:
        return _Claim(self._turns, name, seconds)


class _LockFile:
    """An open lock file. It is never closed, since closing any handle of a file frees all locks that
    the process has on it."""

    def __init__(self, path: str) -> None:
        self.turns = _Turns()
        outer, _, name = path.rpartition("/")
        Path(outer).mkdir(parents=True, exist_ok=True)
        # A symbolic link in the place of the folder or of the file would lead out of the store.
        folder = os.open(outer, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            self.handle = os.open(name, _OPEN, 0o666, dir_fd=folder)
        finally:
            os.close(folder)


class _LockFiles:
    """The lock files of this process, by what they are: one may have several paths, and a path may
    get another one when its store is made again."""

    def __init__(self) -> None:
        self._files: dict[tuple[int, int], _LockFile] = {}
        self.guard = threading.Lock()

    def at(self, path: str) -> _LockFile:
        """The lock file at a path, made where there is none. Raises OSError."""
        with self.guard:
            try:
                known = self._files.get(_identity(os.lstat(path)))
            except FileNotFoundError:
                known = None
            if known is None:
                known = _LockFile(path)
                known = self._files.setdefault(_identity(os.fstat(known.handle)), known)
            return known


_lock_files = _LockFiles()


def _forget_other_threads() -> None:
    """In a forked child there are no other threads, and locks stay with the parent."""
    _lock_files.guard = threading.Lock()
    for turns in _all_turns:
        turns.forget()


os.register_at_fork(after_in_child=_forget_other_threads)


class LocalClaims:
    """Claims as locks on bytes of the file at `path`."""

    look_seconds = _LOOKS_SECONDS

    def __init__(self, path: Path) -> None:
        self._path = str(path)

    def claim(self, name: str, seconds: float) -> AbstractContextManager[bool]:
        try:
            file = _lock_files.at(self._path)
        except OSError:  # nothing can be written here, so nobody's result is worth waiting for
            return nullcontext(True)
        return _Claim(file.turns, name, seconds, file.handle)


def _lock(handle: int, place: int, seconds: float) -> bool:
    """Lock a byte, waiting at most so long; whether it was had in time. Raises OSError where there
    are no locks."""
    if seconds == math.inf:
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX, 1, place)
        except OSError as error:
            # The kernel takes two processes whose threads wait for each other's for a circle.
            if error.errno != errno.EDEADLK:
                raise
        else:
            return True
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
        except (BlockingIOError, PermissionError):  # taken
            if time.monotonic() >= deadline:
                return False
            time.sleep(_LOOK_SECONDS)
        else:
            return True


def _identity(seen: os.stat_result) -> tuple[int, int]:
    return seen.st_dev, seen.st_ino


def _place_of(name: str) -> int:
    """A name's byte in the lock file; two names that share one only wait for each other."""
    return int.from_bytes(hash_bytes(name.encode())[:8], "little") >> 2

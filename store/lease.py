"""Leases: who is about to compute a missing key, so that others wait for the result instead.

Owns: advisory claims by name. On a local directory a claim is a lock on one byte of one file, which
the kernel frees when its holder dies. In an object store it is an object that its holder renews;
whoever sees it unchanged for `EXPIRY` seconds takes it over by a conditional put.

Does not promise: that only one computes. Where locks do not work, where waiting could never end,
or where a renewal comes late, work is done twice and results are the same.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from store.backend import Backend
from store.backend.local import LocalBackend
from store.backend.objects import ObjectBackend
from store.encode import hash_bytes
from store.object_lease import ObjectLeases

__all__ = ["Leases", "LocalLeases", "leases_of"]


_OPEN = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


class Leases(Protocol):
    """Claims by name. `hold` waits for whoever has the claim, and gives up rather than fail."""

    def hold(self, name: str) -> AbstractContextManager[None]: ...


def leases_of(backend: Backend) -> Leases:
    """The leases of the store whose top layer this is."""
    if isinstance(backend, LocalBackend):
        return LocalLeases(backend.root / "leases")
    if isinstance(backend, ObjectBackend) and backend.shared:
        return ObjectLeases(backend.objects)
    return _ThreadLeases()


class _Turns:
    """Claims among the threads of this process, which a lock of the process cannot tell apart."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: dict[int, tuple[threading.Lock, int]] = {}
        self._mine = threading.local()

    @contextlib.contextmanager
    def take(self, place: int) -> Iterator[bool]:
        """This thread's turn at a place; False where waiting for it might never end."""
        with self._guard:
            lock, count = self._waiting.get(place, (threading.Lock(), 0))
            self._waiting[place] = (lock, count + 1)
        held = getattr(self._mine, "held", 0)
        # Who holds one claim does not wait for another thread: that one may be waiting for this.
        got = lock.acquire(blocking=held == 0)
        self._mine.held = held + got
        try:
            yield got
        finally:
            self._mine.held = held
            if got:
                lock.release()
            with self._guard:
                lock, count = self._waiting.get(place, (lock, 1))
                self._waiting[place] = (lock, count - 1)
                if count <= 1:
                    del self._waiting[place]


class _ThreadLeases:
    """Claims for a store that only this process has."""

    def __init__(self) -> None:
        self._turns = _Turns()

    @contextlib.contextmanager
    def hold(self, name: str) -> Iterator[None]:
        with self._turns.take(_place_of(name)):
            yield


class _LockFile:
    """One file whose bytes are locked; opened once in a process and never closed, since closing
    any handle of a file frees all locks that the process has on it."""

    def __init__(self, path: Path) -> None:
        self.turns = _Turns()
        path.parent.mkdir(parents=True, exist_ok=True)
        # A symbolic link in the place of the folder or of the file would lead out of the store.
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            self.handle = os.open(path.name, _OPEN, 0o666, dir_fd=folder)
        finally:
            os.close(folder)


_lock_files: dict[str, _LockFile] = {}


def _forget_other_threads() -> None:
    """In a forked child there are no other threads, and locks stay with the parent."""
    for file in _lock_files.values():
        file.turns = _Turns()


os.register_at_fork(after_in_child=_forget_other_threads)


class LocalLeases:
    """Claims as locks on bytes of `folder/lock`; forked children don't inherit them."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"

    @contextlib.contextmanager
    def hold(self, name: str) -> Iterator[None]:
        try:
            file = self._file()
        except OSError:  # nothing can be written here, so nobody's result is worth waiting for
            yield
            return
        place = _place_of(name)
        with file.turns.take(place) as turn:
            locked = turn and _locked(file.handle, place)
            try:
                yield
            finally:
                if locked:
                    fcntl.lockf(file.handle, fcntl.LOCK_UN, 1, place)

    def _file(self) -> _LockFile:
        key = str(self._path)
        if key not in _lock_files:
            _lock_files[key] = _LockFile(self._path)
        return _lock_files[key]


def _locked(handle: int, place: int) -> bool:
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX, 1, place)
    except OSError:  # no locks on this file system, or the kernel saw that waiting would never end
        return False
    return True


def _place_of(name: str) -> int:
    """A name's byte in the lock file; two names that share one only wait for each other."""
    return int.from_bytes(hash_bytes(name.encode())[:8], "little") >> 2

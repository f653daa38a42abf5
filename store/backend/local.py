"""Objects as files below one directory.

Owns: put-if-absent, so that a reader sees a whole object or none, whoever is killed when; names
that stay below the directory, also where somebody put symbolic links into it.

Does not promise: durability against power loss (checksums find what was lost), nor anything about
content, nor safety from who swaps folders while this process runs: each is looked at once. A link is
made at once or not at all, on local file systems and on NFS.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from store.backend import MAX_OBJECT, Object
from store.backend.whole import TEMPORARY, put_named, unique_suffix, write_all
from store.errors import Corrupt, Unreadable

__all__ = ["LocalBackend"]

_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
"""A named pipe or a link in the place of an object must neither stop nor lead a reader."""
_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_UNNAMED = getattr(os, "O_TMPFILE", 0) | os.O_WRONLY | os.O_CLOEXEC
_AT_ONCE = 1 << 16
_TICK_NS = 2_000_000_000
"""The coarsest time that a file system keeps."""
_OPEN_FILES = "/proc/self/fd"
_PUTS = 8
"""How often a put is begun again because its folder, which was empty, was removed meanwhile."""
_DEEPEST = 16
"""Folders inside each other that are walked: far more than a store has."""
_IN_THE_WAY = (errno.ELOOP, errno.ENOTDIR)


class LocalBackend:
    """A `Backend` below `root`.

    `unnamed`: write into files that have no name until they are whole, where the system has such;
    they leave no litter. Elsewhere parts are written under temporary names.
    """

    shared = True

    def __init__(self, root: Path, read_only: bool = False, unnamed: bool = True) -> None:
        self.root = root
        self.read_only = read_only
        self.location = str(root)
        self._prefix = f"{root}/"
        self._unnamed = unnamed and hasattr(os, "O_TMPFILE") and os.path.isdir(_OPEN_FILES)  # noqa: PTH112  # at once
        self._plain_folders: set[str] = set()

    def read(self, name: str) -> bytes | None:
        try:
            if not self._has_folder(name):
                return None
            handle = os.open(self._prefix + name, _READ)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _unopened(error, name) from None
        try:
            data = os.read(handle, _AT_ONCE)
            return data if 0 < len(data) < _AT_ONCE else _whole(handle, name)
        except IsADirectoryError:
            raise Corrupt(name, "it is a directory") from None
        except BlockingIOError:
            raise Corrupt(name, "it is no plain file") from None
        except OSError as error:
            raise Unreadable(name, error.strerror or type(error).__name__) from None
        except MemoryError:
            raise Unreadable(name, "it does not fit into memory") from None
        finally:
            os.close(handle)

    def has(self, name: str) -> bool:
        return os.access(self._prefix + name, os.F_OK)

    def put(self, name: str, data: bytes) -> bool:
        target = self._prefix + name
        folder = target.rpartition("/")[0]
        try:
            for _ in range(_PUTS):
                try:
                    self._make_folder(name)
                    return self._put_once(folder, target, data)
                except FileNotFoundError:  # folders that were there are not any more
                    self._plain_folders.clear()
            return put_named(folder, target, data)
        except OSError as error:
            if error.errno in _IN_THE_WAY:
                raise Corrupt(name, "what lies on the way to it is no folder") from None
            raise

    def append(self, name: str, data: bytes) -> None:
        # What waited long may be written when the folder is no longer what it was.
        self._plain_folders.discard(name.rpartition("/")[0])
        if not self._has_folder(name):
            self._make_folder(name)
        handle = os.open(self._prefix + name, _APPEND, 0o644)
        try:
            write_all(handle, data)
        finally:
            os.close(handle)

    def names(self, folder: str) -> list[str]:
        try:
            self._has_folder(f"{folder}/")
            found = os.listdir(self._prefix + folder)  # noqa: PTH208  # hot path
        except OSError:
            return []
        return [name for name in found if not name.startswith(TEMPORARY)]

    def version(self, folder: str) -> int | None:
        try:
            changed = os.stat(self._prefix + folder).st_mtime_ns  # noqa: PTH116  # hot path
        except OSError:
            return None
        # What is added within one tick of the clock leaves the time as it was.
        return changed if time.time_ns() - changed > _TICK_NS else None

    def walk(self) -> Iterator[Object]:
        for found in map(self._object, self._files()):
            if found is not None and f"/{TEMPORARY}" not in f"/{found.name}":
                yield found

    def set_aside(self, name: str) -> None:
        if self.read_only:
            return
        self._plain_folders.clear()
        with contextlib.suppress(OSError):
            self._has_folder(self._in_the_way(name))
            aside = self.root / "aside"
            if self._in_the_way("aside/") == "aside":
                aside.rename(self.root / f"{TEMPORARY}{unique_suffix()}")
            aside.mkdir(exist_ok=True)
            name = self._in_the_way(name)
            (self.root / name).rename(aside / f"{name.replace('/', '.')}-{unique_suffix()}")

    def delete(self, name: str) -> None:
        self._has_folder(name)
        with contextlib.suppress(FileNotFoundError):
            (self.root / name).unlink()
        with contextlib.suppress(OSError):  # not empty, or not ours: it can stay
            (self.root / name).parent.rmdir()

    def litter(self, age: float) -> list[Object]:
        before = time.time() - age
        parts = (
            self._object(path) for path in self._files() if path.rpartition("/")[2].startswith(TEMPORARY)
        )
        return [part for part in parts if part is not None and part.modified <= before]

    def is_writable(self) -> bool:
        return os.access(self.root, os.W_OK | os.X_OK)

    def _object(self, path: str) -> Object | None:
        """A file as listings show it; None where it vanished meanwhile."""
        try:
            seen = os.lstat(path)
        except FileNotFoundError:
            return None
        return Object(path[len(self._prefix) :], seen.st_size, seen.st_mtime)

    def _files(self) -> Iterator[str]:
        """The paths of all files, and of what else is no folder, in the order of names."""
        folders = [(str(self.root), 1)]
        while folders:
            folder, depth = folders.pop()
            inner = []
            with contextlib.suppress(OSError):
                for found in sorted(os.scandir(folder), key=lambda found: found.name):
                    if not found.is_dir(follow_symlinks=False):
                        yield found.path
                    elif depth < _DEEPEST:
                        inner.append((found.path, depth + 1))
            folders += reversed(inner)

    def _has_folder(self, name: str) -> bool:
        """Whether there is a folder for what a name is of. Raises ELOOP or ENOTDIR where a part of the
        name before the last is something else: a symbolic link could lead out of the store."""
        folder = _folder_of(name)
        if folder in self._plain_folders or not folder:
            return True
        if not self._has_folder(folder):
            return False
        try:
            mode = os.lstat(self._prefix + folder).st_mode
        except FileNotFoundError:
            return False
        except OSError:
            return True  # not to be looked at: opening what lies in it says the same
        if not stat.S_ISDIR(mode):
            raise OSError(errno.ELOOP if stat.S_ISLNK(mode) else errno.ENOTDIR, f"{folder} is no folder")
        self._plain_folders.add(folder)
        return True

    def _make_folder(self, name: str) -> None:
        """Make the folder of a name where it is missing. Raises OSError, as `_has_folder` does too."""
        folder = _folder_of(name)
        if folder in self._plain_folders:
            return
        if not folder:
            self.root.mkdir(parents=True, exist_ok=True)
            return
        self._make_folder(folder)
        try:
            os.mkdir(self._prefix + folder)  # noqa: PTH102  # hot path
            self._plain_folders.add(folder)
        except FileExistsError:
            self._has_folder(name)

    def _put_once(self, folder: str, target: str, data: bytes) -> bool:
        if self._unnamed:
            created = self._put_unnamed(folder, target, data)
            if created is not None:
                return created
        return put_named(folder, target, data)

    def _in_the_way(self, name: str) -> str:
        """The first part of a name's path that is no folder but stands where one should be; the name
        itself where there is none."""
        for end, char in enumerate(name):
            if char == "/":
                try:
                    mode = os.lstat(self._prefix + name[:end]).st_mode
                except OSError:
                    return name
                if not stat.S_ISDIR(mode):
                    return name[:end]
        return name

    def _put_unnamed(self, folder: str, target: str, data: bytes) -> bool | None:
        """Put by naming a whole file; None where this system has no such way."""
        try:
            handle = os.open(folder, _UNNAMED, 0o644)
        except OSError as error:
            if error.errno in (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL):
                self._unnamed = False
                return None
            if error.errno == errno.EPERM:  # what ext4 says of a folder that is being removed
                return None
            raise
        try:
            write_all(handle, data)
            # Given a folder's handle, even an unused one, Python asks for the link to be followed.
            os.link(f"{_OPEN_FILES}/{handle}", target, src_dir_fd=handle, follow_symlinks=True)
        except FileExistsError:
            return False
        except (PermissionError, NotImplementedError):
            self._unnamed = False  # no right to use /proc so
            return None
        finally:
            os.close(handle)
        return True


def _folder_of(name: str) -> str:
    """The folder that a name is in, "" for the root. Raises ELOOP for a name that leads elsewhere."""
    folder, _, last = name.rpartition("/")
    if last in ("..", "."):
        raise OSError(errno.ELOOP, f"{name} leads out of where it seems to lie")
    return folder


def _unopened(error: OSError, name: str) -> Corrupt:
    """What it means that an object cannot be opened."""
    if error.errno == errno.ELOOP:
        return Corrupt(name, "it is a symbolic link, or lies behind one")
    if error.errno == errno.ENXIO:
        return Corrupt(name, "it is no plain file")
    return Unreadable(name, error.strerror or type(error).__name__)


def _whole(handle: int, name: str) -> bytes:
    """All of a larger file, or of one that seems empty."""
    seen = os.fstat(handle)
    if not stat.S_ISREG(seen.st_mode):
        raise Corrupt(name, "it is no plain file")
    if seen.st_size > MAX_OBJECT:
        raise Corrupt(name, f"it is larger than {MAX_OBJECT} bytes")
    with io.FileIO(handle, closefd=False) as file:
        file.seek(0)
        return file.readall()

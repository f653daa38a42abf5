"""Objects as files below one directory.

Owns: put-if-absent, so that a reader sees a whole object or none, whoever is killed when; names
that stay below the directory, also where somebody put symbolic links into it.

Does not promise: durability against power loss (checksums find what was lost), nor anything about
content. A link is made at once or not at all, on local file systems and on NFS.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import secrets
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from store.backend import MAX_OBJECT, Object
from store.errors import Corrupt, Unreadable

__all__ = ["TEMPORARY", "LocalBackend", "unique_suffix"]

TEMPORARY = ".tmp-"
"""Names that begin so are parts being written, or litter of killed writers; no reader sees them."""

_TOKEN = secrets.token_hex(4)
_counter = itertools.count()
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
"""A named pipe or a link in the place of an object must neither stop nor lead a reader."""
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_UNNAMED = getattr(os, "O_TMPFILE", 0) | os.O_WRONLY | os.O_CLOEXEC
_AT_ONCE = 1 << 16
_TICK_NS = 2_000_000_000
"""The coarsest time that a file system keeps."""
_OPEN_FILES = "/proc/self/fd"
_PUTS = 8
"""How often a put is begun again because a gc removed its folder, which was empty, meanwhile."""


def unique_suffix() -> str:
    """An end for a file's name that no other writer uses, on this machine or on one that shares the
    store."""
    # Containers all have the same few process ids, and forked children have the same token.
    return f"{_TOKEN}-{os.getpid()}-{next(_counter)}"


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
            self._refuse_links(name)
            handle = os.open(self._prefix + name, _READ)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise Corrupt(name, "it is a symbolic link, or lies behind one") from None
            raise Unreadable(name, error.strerror or type(error).__name__) from None
        try:
            data = os.read(handle, _AT_ONCE)
            return data if len(data) < _AT_ONCE else data + _rest(handle, name)
        except IsADirectoryError:
            raise Corrupt(name, "it is a directory") from None
        except OSError as error:
            raise Unreadable(name, error.strerror or type(error).__name__) from None
        finally:
            os.close(handle)

    def put(self, name: str, data: bytes) -> bool:
        self._refuse_links(name)
        target = self._prefix + name
        folder = target.rpartition("/")[0]
        for _ in range(_PUTS):
            with contextlib.suppress(FileNotFoundError):
                return self._put_once(folder, target, data)
        return _put_named(folder, target, data)

    def append(self, name: str, data: bytes) -> None:
        self._refuse_links(name)
        handle = _open_in_folder(
            self._prefix + name, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        )
        try:
            _write_all(handle, data)
        finally:
            os.close(handle)

    def names(self, folder: str) -> list[str]:
        try:
            self._refuse_links(f"{folder}/")
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
        source = self.root / name
        target = self.root / "aside" / f"{name.replace('/', '.')}-{unique_suffix()}"
        with contextlib.suppress(OSError):
            self._refuse_links("aside/")
            target.parent.mkdir(exist_ok=True)
            source.rename(target)

    def delete(self, name: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            (self.root / name).unlink()
        with contextlib.suppress(OSError):  # not empty, or not ours: it can stay
            (self.root / name).parent.rmdir()

    def litter(self, age: float) -> list[Object]:
        before = time.time() - age
        parts = (self._object(path) for path in self._files() if path.name.startswith(TEMPORARY))
        return [part for part in parts if part is not None and part.modified <= before]

    def is_writable(self) -> bool:
        return os.access(self.root, os.W_OK | os.X_OK)

    def _object(self, path: Path) -> Object | None:
        """A file as listings show it; None where it vanished meanwhile."""
        try:
            seen = path.lstat()
        except FileNotFoundError:
            return None
        return Object(path.relative_to(self.root).as_posix(), seen.st_size, seen.st_mtime)

    def _files(self) -> Iterator[Path]:
        for folder, folders, files in os.walk(self.root):
            folders.sort()
            yield from (Path(folder, file) for file in sorted(files))

    def _refuse_links(self, name: str) -> None:
        """Raise ELOOP where a folder of the name is a symbolic link: it could lead out of the store."""
        folder = name.rpartition("/")[0]
        if folder in self._plain_folders or not folder:
            return
        self._refuse_links(folder)
        try:
            mode = os.lstat(self._prefix + folder).st_mode
        except OSError:
            return  # missing, or not to be looked at: opening what lies in it says the same
        if stat.S_ISLNK(mode):
            raise OSError(errno.ELOOP, f"{folder} is a symbolic link")
        self._plain_folders.add(folder)

    def _put_once(self, folder: str, target: str, data: bytes) -> bool:
        if self._unnamed:
            created = self._put_unnamed(folder, target, data)
            if created is not None:
                return created
        return _put_named(folder, target, data)

    def _put_unnamed(self, folder: str, target: str, data: bytes) -> bool | None:
        """Put by naming a whole file; None where this system has no such way."""
        try:
            handle = _open_in_folder(folder, _UNNAMED, folder)
        except OSError as error:
            if error.errno in (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL):
                self._unnamed = False
                return None
            if error.errno == errno.EPERM:  # what ext4 says of a folder that is being removed
                return None
            raise
        try:
            _write_all(handle, data)
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


def _put_named(folder: str, target: str, data: bytes) -> bool:
    """Put by linking a temporary file."""
    temporary = f"{folder}/{TEMPORARY}{unique_suffix()}"
    try:
        handle = _open_in_folder(temporary, _CREATE)
        try:
            _write_all(handle, data)
        finally:
            os.close(handle)
        return _link(temporary, target)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108  # hot path


def _open_in_folder(path: str, flags: int, folder: str = "") -> int:
    """Open a file, its folder made where it is missing."""
    try:
        return os.open(path, flags, 0o644)
    except FileNotFoundError:
        with contextlib.suppress(FileExistsError):  # it was there, and is no more
            Path(folder or path.rpartition("/")[0]).mkdir(parents=True, exist_ok=True)
        return os.open(path, flags, 0o644)


def _rest(handle: int, name: str) -> bytes:
    """What follows the first piece of a larger file."""
    if os.fstat(handle).st_size > MAX_OBJECT:
        raise Corrupt(name, f"it is larger than {MAX_OBJECT} bytes")
    pieces = []
    while piece := os.read(handle, 1 << 24):
        pieces.append(piece)
    return b"".join(pieces)


def _write_all(handle: int, data: bytes) -> None:
    written = os.write(handle, data)
    while written < len(data):
        written += os.write(handle, memoryview(data)[written:])


def _link(temporary: str, target: str) -> bool:
    """Give a finished file its name, unless that name is taken."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        return False
    except PermissionError:
        # A file system without hard links: rename is as atomic, and replaces equal content by equal.
        if os.path.exists(target):  # noqa: PTH110  # hot path
            return False
        os.rename(temporary, target)  # noqa: PTH104  # hot path
    return True

"""Where objects lie: named bytes that are put once and never changed.

Owns: put-if-absent, so that a reader sees a whole object or none, whoever is killed when; listing;
setting a bad object aside.

Does not promise: durability against power loss (checksums find what was lost), nor anything about
content. Rename and link are atomic on local file systems and on NFS within one directory.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from store.errors import Corrupt, Unreadable

__all__ = ["TEMPORARY", "LocalBackend", "unique_suffix"]

TEMPORARY = ".tmp-"
"""Names that begin so are parts being written, or litter of killed writers; no reader sees them."""

_TOKEN = secrets.token_hex(4)
_counter = itertools.count()


def unique_suffix() -> str:
    """An end for a file's name that no other writer uses, on this machine or on one that shares the
    store."""
    # Containers all have the same few process ids, and forked children have the same token.
    return f"{_TOKEN}-{os.getpid()}-{next(_counter)}"


class LocalBackend:
    """Objects as files below one directory; names are relative POSIX paths.

    A `read_only` one, which a layer is, keeps its bad objects where they lie.
    """

    def __init__(self, root: Path, read_only: bool = False) -> None:
        self.root = root
        self.read_only = read_only
        self.location = str(root)
        self._prefix = f"{root}/"

    def read(self, name: str) -> bytes | None:
        """The object's bytes, None where there is none. Raises `Corrupt` where a file cannot be
        read."""
        try:
            with open(self._prefix + name, "rb", buffering=0) as file:  # noqa: PTH123  # hot path
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except IsADirectoryError:
            raise Corrupt(name, "it is a directory") from None
        except OSError as error:
            raise Unreadable(name, error.strerror or type(error).__name__) from None

    def put(self, name: str, data: bytes) -> bool:
        """Create the object unless it is there; whether it was created. Raises OSError on
        failure."""
        target = self._prefix + name
        temporary = f"{os.path.dirname(target)}/{TEMPORARY}{unique_suffix()}"  # noqa: PTH120  # hot path
        try:
            handle = self._create(temporary)
            try:
                _write_all(handle, data)
            finally:
                os.close(handle)
            return _link(temporary, target)
        finally:
            with contextlib.suppress(OSError):
                os.unlink(temporary)  # noqa: PTH108  # hot path

    @staticmethod
    def _create(path: str) -> int:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        try:
            return os.open(path, flags, 0o644)
        except FileNotFoundError:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            return os.open(path, flags, 0o644)

    def names(self, folder: str) -> list[str]:
        """Names directly inside a folder, unsorted, without temporary ones; none where it is
        missing or cannot be read."""
        try:
            found = os.listdir(self._prefix + folder)  # noqa: PTH208  # hot path
        except OSError:
            return []
        return [name for name in found if not name.startswith(TEMPORARY)]

    def walk(self) -> Iterator[tuple[str, int]]:
        """Every object with its size in bytes, temporary ones left out."""
        for folder, folders, files in os.walk(self.root):
            folders[:] = sorted(name for name in folders if not name.startswith(TEMPORARY))
            for file in sorted(files):
                if not file.startswith(TEMPORARY):
                    path = Path(folder, file)
                    with contextlib.suppress(FileNotFoundError):
                        yield path.relative_to(self.root).as_posix(), path.lstat().st_size

    def set_aside(self, name: str) -> None:
        """Move a bad object out of the way, so that a good one can take its name, where that is
        allowed."""
        if self.read_only:
            return
        source = self.root / name
        target = self.root / "aside" / f"{name.replace('/', '.')}-{unique_suffix()}"
        with contextlib.suppress(OSError):
            target.parent.mkdir(exist_ok=True)
            source.rename(target)


def _write_all(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


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

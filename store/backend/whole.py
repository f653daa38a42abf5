"""Files that appear whole or not at all.

Owns: temporary names, and giving a finished file its name.
"""

from __future__ import annotations

import contextlib
import itertools
import os

__all__ = ["TEMPORARY", "put_named", "unique_suffix", "write_all"]

TEMPORARY = ".tmp-"
"""Names that begin so are parts being written, or litter of killed writers; no reader sees them."""

_TOKEN = os.urandom(4).hex()
_counter = itertools.count()
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


def unique_suffix() -> str:
    """An end for a file's name that no other writer uses, on this machine or on one that shares the
    store."""
    # Containers all have the same few process ids, and forked children have the same token.
    return f"{_TOKEN}-{os.getpid()}-{next(_counter)}"


def put_named(folder: str, target: str, data: bytes) -> bool:
    """Put by linking a temporary file."""
    temporary = f"{folder}/{TEMPORARY}{unique_suffix()}"
    try:
        handle = os.open(temporary, _CREATE, 0o644)
        try:
            write_all(handle, data)
        finally:
            os.close(handle)
        return _link(temporary, target)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108  # hot path


def write_all(handle: int, data: bytes) -> None:
    """Write all of the data, in as many pieces as the system wants. Raises OSError."""
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

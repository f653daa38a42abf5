"""What a computation read besides its arguments, and whether that is still so.

Owns: `Read`, one file, folder or environment variable with the digest of what was seen; comparing
it with the present. A file of the function's own project counts by its place in the project, so
that another checkout may answer; one named relative to the working directory is looked for there;
any other one by its absolute path.

Whatever a path names, looking at it ends: only plain files (of at most 64 GiB) and folders are
opened. A result that was made from anything else, a named pipe say, is not kept.

Does not promise: to notice a change that keeps size and time of a file that was not touched for
some seconds before it was first looked at; such a file is digested once per process.
"""

from __future__ import annotations

import functools
import os
import stat
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from store.encode import DIGEST_SIZE, hash_bytes
from store.fingerprint import origin

__all__ = [
    "ENVIRONMENT",
    "FILE",
    "FOLDER",
    "Read",
    "Stale",
    "as_read",
    "changed_reads",
    "in_order",
    "may_be_kept",
    "named_path",
    "next_key",
    "seen_at",
    "top_module",
]

FILE, FOLDER, ENVIRONMENT = "file", "folder", "environment"
ABSENT = b""
_ENDLESS = b"endless"
"""A named pipe, a device, a file of the kernel: nothing tells whether it is as it was."""
_MOST_BYTES = 1 << 36
_SLACK = 1 << 20
"""Bytes by which a file may be longer than it says, as some of the kernel's are, or as it grows."""
_PIECE = 1 << 20
_UNREADABLE = b"unreadable"
_SETTLED = 2.0
"""Seconds after which a file's time tells it from a later version, on the coarsest file systems."""
_KINDS = (FILE, FOLDER, ENVIRONMENT)
_MARKS = ("pyproject.toml", ".git")


@dataclass(frozen=True, slots=True)
class Read:
    """Something that was read. `root`: "" for an absolute path, "." for one from the working
    directory, else the top-level module in whose project the path lies."""

    kind: str
    root: str
    name: str
    digest: bytes


@dataclass(frozen=True)
class Stale:
    """Something that was read and is another now; digests in hexadecimal, empty where absent."""

    kind: str
    name: str
    old: str
    new: str


def changed_reads(reads: Iterable[Read], func: object) -> list[Stale]:
    """Those of a result's reads that are not as they were; `func` is the function that read them."""
    found = ((read, _now(read, func)) for read in reads)
    return [
        Stale(read.kind, read.name, read.digest.hex(), digest.hex())
        for read, digest in found
        if digest != read.digest or digest == _ENDLESS
    ]


def as_read(fields: Any) -> Read:
    """A `Read` from stored fields. Raises ValueError or TypeError for what is none."""
    read = Read(*fields)
    texts = type(read.kind) is type(read.root) is type(read.name) is str
    if not texts or read.kind not in _KINDS or type(read.digest) is not bytes:
        raise ValueError("what it was made from is no file, folder or variable")
    return read


def may_be_kept(reads: Iterable[Read]) -> bool:
    """Whether a result of these reads can be told from a stale one later."""
    return all(read.digest != _ENDLESS for read in reads)


def next_key(key: bytes, reads: Iterable[Read], func: object) -> bytes:
    """Where the result lies that was computed when these things were what they are now."""
    parts = [
        f"{read.kind}\0{read.root}\0{read.name}\0".encode("utf-8", "surrogatepass") + _now(read, func)
        for read in reads
    ]
    return hash_bytes(b"reads\0" + key + b"\0".join(parts))


def in_order(reads: Iterable[Read]) -> tuple[Read, ...]:
    """Reads, each once, in one order."""
    return tuple(sorted(set(reads), key=lambda read: (read.kind, read.root, read.name, read.digest)))


def seen_at(kind: str, path: str) -> bytes:
    """The digest of what is at a path now; that of a folder is of its names."""
    try:
        if kind == FOLDER:
            return hash_bytes("\0".join(sorted(os.listdir(path))).encode("utf-8", "surrogateescape"))  # noqa: PTH208  # names only
        return _digest_of_file(path)
    except (FileNotFoundError, NotADirectoryError):
        return ABSENT
    except (OSError, ValueError):
        return _UNREADABLE


def seen_in_environment(name: str) -> bytes:
    """The digest of an environment variable's value."""
    try:
        value = dict.get(os.environ._data, os.environ.encodekey(name))  # type: ignore[attr-defined]
    except UnicodeEncodeError:
        return ABSENT  # no variable can have such a name
    return ABSENT if value is None else hash_bytes(value)


def named_path(path: str, func: object) -> tuple[str, str]:
    """(root, name) of a path as `Read` has them."""
    if not os.path.isabs(path):  # noqa: PTH117  # every piece of a path here is text
        return ".", os.path.normpath(path)
    project = _project_of(func)
    if project and path.startswith(f"{project}/"):
        return top_module(func), path[len(project) + 1 :]
    return "", path


def top_module(func: object) -> str:
    """The name of a function's top-level module."""
    return str(getattr(_plain(func), "__module__", "") or "").partition(".")[0]


def _now(read: Read, func: object) -> bytes:
    if read.kind == ENVIRONMENT:
        return seen_in_environment(read.name)
    if read.root in ("", "."):
        return seen_at(read.kind, read.name)
    project = _project_of(func) if read.root == top_module(func) else _project_of_module(read.root)
    return seen_at(read.kind, f"{project}/{read.name}") if project else _UNREADABLE


_digests: dict[tuple[int, ...], bytes] = {}


def _digest_of_file(path: str) -> bytes:
    seen = os.stat(path)  # noqa: PTH116  # hot path
    state = (seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)
    known = _digests.get(state)
    if known is not None:
        return known
    if not stat.S_ISREG(seen.st_mode) or seen.st_size > _MOST_BYTES:
        return _ENDLESS
    # What was a file a moment ago may be a pipe now.
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        digest = _digest_of_bytes(handle, seen.st_size + _SLACK)
    finally:
        os.close(handle)
    if time.time() - max(seen.st_mtime, seen.st_ctime) > _SETTLED:
        _digests[state] = digest
    return digest


def _digest_of_bytes(handle: int, most: int) -> bytes:
    hasher = blake2b(digest_size=DIGEST_SIZE)
    while piece := os.read(handle, _PIECE):
        most -= len(piece)
        if most < 0:
            return _ENDLESS
        hasher.update(piece)
    return hasher.digest()


def _plain(func: object) -> object:
    while hasattr(func, "func"):
        func = func.func
    return getattr(func, "__wrapped__", func)


def _project_of(func: object) -> str:
    """The folder of the project that a function belongs to; empty where it has no file."""
    plain = _plain(func)
    code = getattr(plain, "__code__", None)
    file = code.co_filename if code is not None else ""
    if not file or file.startswith("<"):
        return _project_of_module(top_module(func))
    return _project_above(origin.root_of(str(getattr(plain, "__module__", "")), os.path.realpath(file)))


def _project_of_module(name: str) -> str:
    module = sys.modules.get(name)
    file = origin.file_of(module) if module else ""
    return _project_above(origin.root_of(name, os.path.realpath(file))) if file else ""


@functools.cache
def _project_above(folder: str) -> str:
    """The nearest folder upwards that is marked as a project, else the folder itself."""
    for place in (Path(folder), *Path(folder).parents):
        if any((place / mark).exists() for mark in _MARKS):
            return str(place)
    return folder

"""What a computation read besides its arguments, and whether that is still so.

Owns: `Read`, one file, folder or environment variable with the digest of what was seen; comparing
it with the present. A file of the function's own project counts by its place in the project, so
that another checkout may answer; one named relative to the working directory is looked for there;
any other one by its absolute path.

Does not promise: to notice a change that keeps size and time of a file that was not touched for
some seconds before it was first looked at; such a file is digested once per process.
"""

from __future__ import annotations

import functools
import os
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from store.encode import hash_bytes
from store.fingerprint import origin

__all__ = [
    "ENVIRONMENT",
    "FILE",
    "FOLDER",
    "Read",
    "Stale",
    "changed_reads",
    "in_order",
    "named_path",
    "next_key",
    "seen_at",
    "top_module",
]

FILE, FOLDER, ENVIRONMENT = "file", "folder", "environment"
ABSENT = b""
_UNREADABLE = b"unreadable"
_SETTLED = 2.0
"""Seconds after which a file's time tells it from a later version, on the coarsest file systems."""
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
        if digest != read.digest
    ]


def next_key(key: bytes, reads: Iterable[Read], func: object) -> bytes:
    """Where the result lies that was computed when these things were what they are now."""
    parts = [f"{read.kind}\0{read.root}\0{read.name}\0".encode() + _now(read, func) for read in reads]
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
    value = dict.get(os.environ._data, os.environ.encodekey(name))  # type: ignore[attr-defined]
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


_digests: dict[str, tuple[tuple[int, int, int], bytes]] = {}


def _digest_of_file(path: str) -> bytes:
    seen = os.stat(path)  # noqa: PTH116  # hot path
    state = (seen.st_mtime_ns, seen.st_size, seen.st_ino)
    known = _digests.get(path)
    if known is not None and known[0] == state:
        return known[1]
    digest = hash_bytes(Path(path).read_bytes())
    if time.time() - seen.st_mtime > _SETTLED:
        _digests[path] = (state, digest)
    return digest


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

"""Where a store lies: opening and creating it, and refusing what is none.

Owns: which backend answers for a location (a directory, a packed file, a URL), and
`memoflow.json`, which carries the version of the layout. A location that holds anything else, or a
layout that this version does not know, is refused before anything is read or written.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from store.backend import Backend
from store.backend.local import LocalBackend
from store.backend.objects import ObjectBackend
from store.backend.whole import TEMPORARY
from store.encode import hash_bytes
from store.errors import Corrupt, NotAStore, NotWritable, Unreadable
from store.layout import MARKER

__all__ = ["FORMAT", "create", "open_layer"]

FORMAT = 1
"""Version of the layout; `FORMAT.md`, beside this file, describes it."""

_RESULTS = ("entries", "rows", "arrays")
_BESIDE = ("aside", "leases", "runs")
"""What else lies in a store."""


def create(location: str | Path) -> Backend:
    """The store at a location, made there if nothing is. Raises `NotAStore`, `NotWritable`."""
    backend = _backend(location, read_only=False)
    try:
        if isinstance(backend, LocalBackend):
            _check_free(backend, location)
        marker = _marker(backend)
        version = _version(marker, location)
        if version is None:
            _check_ours(backend, location)
            if marker is not None:
                backend.set_aside(MARKER)
            backend.put(MARKER, _MARKED)
            version = _version(_marker(backend), location)
    except Unreadable as error:
        raise NotWritable(
            str(location), f"cannot be created ({error.reason}); name a place you can write to"
        ) from None
    except OSError as error:
        raise NotWritable(
            str(location), f"cannot be created ({error.strerror or error}); name a place you can write to"
        ) from None
    _check_version(version, location)
    return backend


def open_layer(location: str | Path) -> Backend:
    """The store that is at a location, for reading only. Raises `NotAStore`.

    One that has results may have lost its marker, or have a damaged one.
    """
    backend = _backend(location, read_only=True)
    try:
        version = _version(_marker(backend), location)
    except Unreadable as error:
        raise NotAStore(str(location), f"is no store: {MARKER} cannot be read ({error.reason})") from None
    if version is None and not set(_RESULTS).isdisjoint(backend.names("")):
        return backend
    _check_version(version, location)
    return backend


def _backend(location: str | Path, read_only: bool) -> Backend:
    text = str(location)
    if "://" in text:
        return ObjectBackend(text, read_only)
    # Workers and later calls may be in another working directory.
    path = Path(location).absolute()
    if read_only and os.path.isfile(path):  # noqa: PTH113  # false, not an error, where nobody may look
        from store.backend.packed import (
            PackedBackend,  # few stores have such a layer, and zip files cost 3 ms
        )

        return PackedBackend(path)
    return LocalBackend(path, read_only)


def _check_free(backend: LocalBackend, location: str | Path) -> None:
    """Make the directory of a store. Raises `NotAStore`, OSError."""
    root = backend.root
    if root.exists() and not root.is_dir():
        raise NotAStore(
            str(location),
            "is a file, and a store is a directory; name another place (a packed store is a layer)",
        )
    root.mkdir(parents=True, exist_ok=True)


def _check_ours(backend: Backend, location: str | Path) -> None:
    """Raise `NotAStore` unless a place is empty, or holds what only a store does."""
    held = {name for name in backend.names("") if not name.startswith(TEMPORARY)}
    if not held <= {MARKER, *_RESULTS, *_BESIDE}:
        raise NotAStore(str(location), "holds other files and is no store; name an empty directory")


def _marker(backend: Backend) -> bytes | None:
    """The content of the marker: None where there is none, empty where something else is in its
    place. Raises `Unreadable`."""
    try:
        return backend.read(MARKER)
    except Unreadable:
        raise
    except Corrupt:
        return b""


def _version(marker: bytes | None, location: str | Path) -> object:
    """The version that a marker says; None where it is missing or damaged.

    Raises `NotAStore` for what was written on purpose and is no marker.
    """
    try:
        said = json.loads(marker or b"")
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    version, check = said.get("format"), said.get("check")
    if version == FORMAT or ("format" in said and check in (None, _check(version))):
        return version
    if check is not None:
        return None
    raise NotAStore(str(location), f'{MARKER} is damaged; it should say {{"format": {FORMAT}}}')


def _check_version(version: object, location: str | Path) -> None:
    if version is None:
        raise NotAStore(str(location), f"is no store: {MARKER} cannot be read (there is none)")
    if version != FORMAT:
        raise NotAStore(
            str(location), f"has format {version!r}, and this memoflow reads {FORMAT}; upgrade memoflow"
        )


def _check(version: object) -> str:
    """What tells a marker's version from a damaged one."""
    return hash_bytes(f"memoflow format {version}".encode()).hex()[:8]


_MARKED = json.dumps({"format": FORMAT, "check": _check(FORMAT)}).encode()

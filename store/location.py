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
from store.backend.packed import PackedBackend
from store.backend.whole import TEMPORARY
from store.errors import Corrupt, NotAStore, NotWritable, Unreadable
from store.layout import MARKER

__all__ = ["FORMAT", "create", "open_layer"]

FORMAT = 1
"""Version of the layout; `FORMAT.md`, beside this file, describes it."""


def create(location: str | Path) -> Backend:
    """The store at a location, made there if nothing is. Raises `NotAStore`, `NotWritable`."""
    backend = _backend(location, read_only=False)
    try:
        if isinstance(backend, LocalBackend):
            _check_free(backend, location)
        marker = backend.read(MARKER)
        if marker is None:
            _check_empty(backend, location)
            backend.put(MARKER, json.dumps({"format": FORMAT}).encode())
            marker = backend.read(MARKER)
    except Unreadable as error:
        raise NotWritable(
            str(location), f"cannot be created ({error.reason}); name a place you can write to"
        ) from None
    except OSError as error:
        raise NotWritable(
            str(location), f"cannot be created ({error.strerror or error}); name a place you can write to"
        ) from None
    except Corrupt as error:
        raise NotAStore(str(location), f"is no store: {MARKER} cannot be read ({error.reason})") from None
    _check_format(marker, location)
    return backend


def open_layer(location: str | Path) -> Backend:
    """The store that is at a location, for reading only. Raises `NotAStore`."""
    backend = _backend(location, read_only=True)
    try:
        marker = backend.read(MARKER)
    except Corrupt as error:
        raise NotAStore(str(location), f"is no store: {MARKER} cannot be read ({error.reason})") from None
    _check_format(marker, location)
    return backend


def _backend(location: str | Path, read_only: bool) -> Backend:
    text = str(location)
    if "://" in text:
        return ObjectBackend(text, read_only)
    # Workers and later calls may be in another working directory.
    path = Path(location).absolute()
    if read_only and os.path.isfile(path):  # noqa: PTH113  # false, not an error, where nobody may look
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


def _check_empty(backend: Backend, location: str | Path) -> None:
    held = [name for name in backend.names("") if not name.startswith(TEMPORARY)]
    # Asked after what is held: another process may be making the same store, the marker before all else.
    if held and backend.read(MARKER) is None:
        raise NotAStore(str(location), "holds other files and is no store; name an empty directory")


def _check_format(marker: bytes | None, location: str | Path) -> None:
    if marker is None:
        raise NotAStore(str(location), f"is no store: {MARKER} cannot be read (there is none)")
    try:
        version = json.loads(marker)["format"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NotAStore(str(location), f'{MARKER} is damaged; it should say {{"format": 1}}') from None
    if version != FORMAT:
        raise NotAStore(
            str(location), f"has format {version!r}, and this memoflow reads {FORMAT}; upgrade memoflow"
        )

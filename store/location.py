"""Where a store lies: creating it, and refusing what is none.

Owns: `memoflow.json`, which carries the version of the layout. A location that holds anything else,
or a layout that this version does not know, is refused before anything is read or written.
"""

from __future__ import annotations

import json
from pathlib import Path

from store.backend import TEMPORARY, LocalBackend
from store.errors import NotAStore, NotWritable

__all__ = ["FORMAT", "create", "open_layer"]

FORMAT = 1
"""Version of the layout on disk."""

_MARKER = "memoflow.json"


def create(location: str | Path) -> LocalBackend:
    """The store at a location, made there if nothing is. Raises `NotAStore`, `NotWritable`."""
    root = Path(location)
    if "://" in str(location):
        raise NotAStore(str(location), "stores on other than local directories are not supported yet")
    backend = LocalBackend(_absolute(location))
    try:
        _make(backend, location)
    except OSError as error:
        raise NotWritable(
            str(root), f"cannot be created ({error.strerror}); name a place you can write to"
        ) from None
    open_layer(location)
    return backend


def _absolute(location: str | Path) -> Path:
    """The place itself: workers and later calls may be in another working directory."""
    return Path(location).absolute()


def _make(backend: LocalBackend, location: str | Path) -> None:
    root = backend.root
    if root.exists() and not root.is_dir():
        raise NotAStore(str(location), "is a file, and a store is a directory; name another place")
    held = [path for path in root.iterdir() if not path.name.startswith(TEMPORARY)] if root.is_dir() else []
    # Asked after what is held: another process may be making the same store, this file before all else.
    if (root / _MARKER).exists():
        return
    if held:
        raise NotAStore(str(location), "holds other files and is no store; name an empty directory")
    root.mkdir(parents=True, exist_ok=True)
    backend.put(_MARKER, json.dumps({"format": FORMAT}).encode())


def open_layer(location: str | Path) -> LocalBackend:
    """The store that is at a location, for reading only. Raises `NotAStore`."""
    root = Path(location)
    try:
        version = json.loads((root / _MARKER).read_bytes())["format"]
    except OSError as error:
        raise NotAStore(str(root), f"is no store: memoflow.json cannot be read ({error.strerror})") from None
    except (ValueError, KeyError, TypeError):
        raise NotAStore(str(root), 'memoflow.json is damaged; it should say {"format": 1}') from None
    if version != FORMAT:
        raise NotAStore(
            str(root), f"has format {version!r}, and this memoflow reads {FORMAT}; upgrade memoflow"
        )
    return LocalBackend(_absolute(location), read_only=True)

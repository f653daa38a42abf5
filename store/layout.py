"""The names of a store's objects: the one place that says where what lies.

Owns: the name of each kind of object, and the grammar that a name from outside (a packed store, a
listing) must fit before anything is done with it. Names are relative POSIX paths of plain parts, so
that none can lead out of a store.
"""

from __future__ import annotations

import re

from store.encode import hash_bytes

__all__ = [
    "ARRAYS",
    "MARKER",
    "RUNS",
    "SOURCES",
    "entry_name",
    "group_folder",
    "is_digest",
    "is_lease",
    "is_result",
    "is_segment",
    "ledger_name",
    "piece_of",
    "stack_folder",
    "work_name",
]

MARKER = "memoflow.json"
"""Says that a place is a store, and the version of its layout."""
ARRAYS = "arrays"
RUNS = "runs"
SOURCES = "entries/source/"
"""Begins the names of parsed source files: records of another kind than results."""

_DIGEST = "[0-9a-f]{32}"
_STAGE = r"[\w-]{1,200}"
_LEASE = re.compile(f"leases/{_DIGEST}")
_SHORT, _LONGEST = 25, 100
"""Characters of a stage that surely fit, and the bytes that a stage may have as a folder: the names
of files end at 255 bytes, those of what is set aside are made of whole paths."""
_RESULT = re.compile(
    f"entries/{_STAGE}/(?P<start>[0-9a-f]{{2}})/(?P=start)[0-9a-f]{{30}}"
    f"|rows/{_STAGE}/{_DIGEST}/{_DIGEST}\\.seg"
    rf"|arrays/{_DIGEST}/(zarr\.json|c(\.0){{0,64}})"
)

_is_digest = re.compile(_DIGEST).fullmatch
_is_segment = re.compile(f"{_DIGEST}\\.seg").fullmatch


def entry_name(stage: str, key: str) -> str:
    """The name of one node's result; `key` in hexadecimal digits."""
    return f"entries/{_folder_of(stage)}/{key[:2]}/{key}"


def group_folder(stage: str, digest: bytes) -> str:
    """The folder of the segments that share a function and its common arguments."""
    return f"rows/{_folder_of(stage)}/{digest.hex()}"


def stack_folder(digest: str) -> str:
    """The folder of one Zarr array."""
    return f"{ARRAYS}/{digest}"


def ledger_name(run: str) -> str:
    """The name of one run's part of the ledger."""
    return f"{RUNS}/{run}.jsonl"


def work_name(digest: bytes) -> str:
    """The name under which work is leased that makes more than one object, such as a puzzle."""
    return f"work/{digest.hex()}"


def piece_of(name: str) -> str:
    """What an object is checked with, and goes with: the folder of its stack, or itself."""
    parts = name.split("/")
    return stack_folder(parts[1]) if parts[0] == ARRAYS and len(parts) > 2 else name


def is_result(name: str) -> bool:
    """Whether a name is that of a result: an entry, a segment, or a part of a stack."""
    return _RESULT.fullmatch(name) is not None


def is_lease(name: str) -> bool:
    """Whether a name is that of a claim in an object store."""
    return _LEASE.fullmatch(name) is not None


def is_digest(text: object) -> bool:
    """Whether something is a digest as it stands in names."""
    return isinstance(text, str) and _is_digest(text) is not None


def is_segment(name: str) -> bool:
    """Whether a file of a group's folder is named as a segment."""
    return _is_segment(name) is not None


def _folder_of(stage: str) -> str:
    """A stage as a folder: itself, unless that is too long a name for a file system."""
    if 0 < len(stage) <= _SHORT:
        return stage
    raw = stage.encode()
    if 0 < len(raw) <= _LONGEST:
        return stage
    return f"{raw[: _LONGEST // 2].decode(errors='ignore')}-{hash_bytes(raw).hex()}"

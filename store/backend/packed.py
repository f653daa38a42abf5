"""A whole store in one file, to be shipped and read where nothing can be written.

Owns: the file, an uncompressed zip whose members are the store's objects (which are compressed
already) in the order of their names, so that equal stores give equal files; packing and unpacking.
Any zip tool lists it, and `zarr.storage.ZipStore` opens its stacks.

Does not promise: the ledger, leases and what was set aside; those stay with the store.
"""

from __future__ import annotations

import contextlib
import encodings.cp437  # noqa: F401  # of names in zips; a process that gives up rights cannot load it then
import os
import struct
import weakref
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from store.backend import MAX_OBJECT, Backend, Object
from store.backend.whole import TEMPORARY, unique_suffix
from store.errors import Corrupt, NotAStore, NotWritable, Unreadable
from store.layout import MARKER, is_result

__all__ = ["PackedBackend", "pack", "unpack"]

_LOCAL_HEADER = struct.Struct("<4s22xHH")
_NO_ZIP = (
    zipfile.BadZipFile, NotImplementedError, ValueError, LookupError, OverflowError, struct.error
)  # fmt: skip
"""What `zipfile` raises for a table of contents that it cannot read."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3


class PackedBackend:
    """A `Backend` that only reads, from one file. Raises `NotAStore` for a file of another kind."""

    read_only = True
    shared = True

    def __init__(self, file: Path) -> None:
        self.location = str(file)
        try:
            with file.open("rb") as opened, zipfile.ZipFile(opened) as packed:
                members = packed.infolist()
                size = os.fstat(opened.fileno()).st_size
                self._handle = os.dup(opened.fileno())
                self._close = weakref.finalize(self, os.close, self._handle)
        except _NO_ZIP as error:
            raise NotAStore(str(file), f"is no packed store ({error}); make one with store pack") from None
        except OSError as error:
            raise NotAStore(str(file), f"cannot be read ({error.strerror or error})") from None
        # Members that lie over each other could fill any disk that this is unpacked to.
        if sum(member.file_size for member in members) > size:
            raise NotAStore(str(file), "is no packed store (its members do not fit into it)")
        # Names of another form could lead out of a store that this is unpacked into.
        self._members = {m.filename: m for m in members if m.filename == MARKER or is_result(m.filename)}
        self._folders: dict[str, dict[str, None]] = defaultdict(dict)
        for name in self._members:
            folder, _, last = name.rpartition("/")
            while folder and last not in self._folders[folder]:
                self._folders[folder][last] = None
                folder, _, last = folder.rpartition("/")

    def read(self, name: str) -> bytes | None:
        member = self._members.get(name)
        if member is None:
            return None
        if member.compress_type != zipfile.ZIP_STORED or member.file_size > MAX_OBJECT:
            raise Corrupt(name, "it is not stored as memoflow packs it")
        try:
            # With pread, threads and forked processes share the file without sharing a position.
            header = os.pread(self._handle, _LOCAL_HEADER.size, member.header_offset)
            magic, name_size, extra_size = _LOCAL_HEADER.unpack(header)
            start = member.header_offset + _LOCAL_HEADER.size + name_size + extra_size
            data = os.pread(self._handle, member.file_size, start)
        except OSError as error:
            raise Unreadable(name, error.strerror or type(error).__name__) from None
        except (struct.error, OverflowError):
            raise Corrupt(name, "its header is cut off") from None
        if magic != b"PK\3\4" or len(data) != member.file_size:
            raise Corrupt(name, "it is not where the table of contents says")
        return data

    def has(self, name: str) -> bool:
        return name in self._members

    def put(self, name: str, data: bytes) -> bool:
        raise OSError(f"{self.location} is a packed store, which is only read")

    def append(self, name: str, data: bytes) -> None:
        self.put(name, data)

    def names(self, folder: str) -> list[str]:
        return list(self._folders.get(folder, ()))

    def version(self, folder: str) -> int | None:  # nothing is ever added
        return 0

    def walk(self) -> Iterator[Object]:
        for name, member in sorted(self._members.items()):
            yield Object(name, member.file_size, 0.0)

    def set_aside(self, name: str) -> None:
        """A bad object stays where it is."""

    def delete(self, name: str) -> None:
        self.put(name, b"")

    def litter(self, age: float) -> list[Object]:  # nothing is ever written here
        return []

    def is_writable(self) -> bool:
        return False

    def close(self) -> None:
        """Give the file back; nothing can be read any more."""
        self._close()


def pack(backend: Backend, names: Iterable[str], file: Path) -> list[Corrupt]:
    """Write objects of a store into one file, whole or not at all; which ones could not be read.

    What they hold is not looked at. One that vanished meanwhile is left out. Raises `NotWritable`.
    """
    beside = file.with_name(f"{TEMPORARY}{file.name}-{unique_suffix()}")
    bad = []
    try:
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_STORED) as packed:
            for name in sorted({MARKER, *names}):
                try:
                    data = backend.read(name)
                except Corrupt as error:
                    bad.append(error)
                    continue
                if data is not None:
                    packed.writestr(_member(name), data)
        beside.replace(file)
    except OSError as error:
        raise NotWritable(str(file), f"cannot be written ({error.strerror or error})") from None
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()
    return bad


def unpack(packed: Backend, names: Iterable[str], target: Backend) -> int:
    """Put objects of a packed store into a store; how many were new. Raises OSError, `Corrupt`."""
    created = 0
    for name in sorted(names):  # the chunk of a stack before what says that the stack is there
        data = packed.read(name)
        if data is not None and name != MARKER:
            created += target.put(name, data)
    return created


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _EPOCH)
    member.create_system = _UNIX  # else it says which system it was made on
    return member

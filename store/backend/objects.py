"""Objects in an object store: S3 and what speaks its language, Google's, Azure's, or the memory of
this process.

Owns: put-if-absent by conditional put, so that of several writers one wins.

Does not promise: that a listing shows what was put a moment ago; a result that is not seen yet is
computed again. Nor that a bad object is moved in one step: of one that is killed in between, two
copies stay.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from store.backend import MAX_OBJECT, Object
from store.backend.connection import MEMORY, Connection
from store.backend.whole import unique_suffix
from store.errors import Corrupt, Unreadable

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import ObjectStore

__all__ = ["ObjectBackend"]


class ObjectBackend:
    """A `Backend` below the prefix of an object store. Raises `NotAStore` for an unknown URL."""

    def __init__(self, location: str, read_only: bool = False) -> None:
        self.connection = Connection(location)
        self.location = location
        self.read_only = read_only
        self.shared = not location.startswith(MEMORY)
        self._appended: dict[str, bytes] = {}
        self._appending = threading.Lock()

    def read(self, name: str) -> bytes | None:
        def get(objects: ObjectStore) -> bytes:
            found = objects.get(name)
            if found.meta["size"] > MAX_OBJECT:
                raise Corrupt(name, f"it is larger than {MAX_OBJECT} bytes")
            return bytes(found.bytes())

        try:
            return self.connection.ask(get)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unreadable(name, str(error.strerror)) from None

    def has(self, name: str) -> bool:
        try:
            self.connection.ask(lambda objects: objects.head(name))
        except OSError:
            return False
        return True

    def put(self, name: str, data: bytes) -> bool:
        try:
            self.connection.ask(lambda objects: objects.put(name, data, mode="create", use_multipart=False))
        except FileExistsError:
            return False
        return True

    def append(self, name: str, data: bytes) -> None:
        """Objects do not grow: what this process appended before is put again with it."""
        with self._appending:
            self._appended[name] = whole = self._appended.get(name, b"") + data
            self.connection.ask(lambda objects: objects.put(name, whole, use_multipart=False))

    def names(self, folder: str) -> list[str]:
        try:
            found = self.connection.ask(lambda objects: objects.list_with_delimiter(folder))
        except OSError:
            return []
        places = [*found["common_prefixes"], *(item["path"] for item in found["objects"])]
        return [place.rpartition("/")[2] for place in places]

    def version(self, folder: str) -> int | None:  # only a listing tells
        return None

    def walk(self) -> Iterator[Object]:
        """Every object, by name. Raises OSError where the store cannot be listed."""
        for item in sorted(self._below(""), key=lambda item: item["path"]):
            yield Object(item["path"], item["size"], item["last_modified"].timestamp())

    def set_aside(self, name: str) -> None:
        if self.read_only:
            return
        try:
            # An object is no folder: most names are of one, so that the listing is rarely needed.
            if not self._move_aside(name):
                for item in self._below(name):
                    self._move_aside(item["path"])
        except OSError:
            return

    def delete(self, name: str) -> None:
        try:
            self.connection.ask(lambda objects: objects.delete(name))
        except FileNotFoundError:
            return

    def litter(self, age: float) -> list[Object]:  # nothing is left by a put that was cut short
        return []

    def is_writable(self) -> bool:
        return not self.read_only

    def _move_aside(self, name: str) -> bool:
        """Move one object out of the way; whether there was one."""
        target = f"aside/{name.replace('/', '.')}-{unique_suffix()}"
        try:
            self.connection.ask(lambda objects: objects.rename(name, target))
        except FileNotFoundError:
            return False
        return True

    def _below(self, folder: str) -> list[ObjectMeta]:
        return self.connection.ask(
            lambda objects: [item for batch in objects.list(folder or None) for item in batch]
        )

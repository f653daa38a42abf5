"""Objects in an object store: S3 and what speaks its language, Google's, Azure's, or the memory of
this process.

Owns: put-if-absent by conditional put, so that of several writers one wins, and the translation of
`obstore`'s errors. Credentials, region and endpoint come from the environment, as its page says.

Does not promise: that a listing shows what was put a moment ago; a result that is not seen yet is
computed again.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from store.backend import MAX_OBJECT, Object
from store.backend.local import unique_suffix
from store.errors import Corrupt, NotAStore, Unreadable

if TYPE_CHECKING:
    from obstore.store import ObjectStore

__all__ = ["ObjectBackend", "open_objects"]

_RETRIES: Any = {"max_retries": 3, "retry_timeout": timedelta(seconds=30)}
"""Obstore's own would keep a user waiting for three minutes before an unreachable server is told of."""
_MEMORY = "memory://"
_in_memory: dict[str, ObjectStore] = {}


def open_objects(location: str) -> ObjectStore:
    """The object store at a URL; `memory://NAME` is one of this process. Raises `NotAStore`."""
    import obstore
    from obstore.exceptions import BaseError

    if location.startswith(_MEMORY):
        return _in_memory.setdefault(location, obstore.store.MemoryStore())
    try:
        return obstore.store.from_url(location, retry_config=_RETRIES)
    except (BaseError, ValueError) as error:
        raise NotAStore(
            location,
            f"cannot be opened ({_first_line(error)}); name a directory, or a URL that obstore knows",
        ) from None


class ObjectBackend:
    """A `Backend` below the prefix of an object store."""

    def __init__(self, objects: ObjectStore, location: str, read_only: bool = False) -> None:
        from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

        self.objects = objects
        self.location = location
        self.read_only = read_only
        self.shared = not location.startswith(_MEMORY)
        self._errors = (BaseError, OSError)
        self._taken = (AlreadyExistsError, PreconditionError)
        self._appended: dict[str, bytes] = {}

    def read(self, name: str) -> bytes | None:
        try:
            found = self.objects.get(name)
            if found.meta["size"] > MAX_OBJECT:
                raise Corrupt(name, f"it is larger than {MAX_OBJECT} bytes")
            return bytes(found.bytes())
        except FileNotFoundError:
            return None
        except self._errors as error:
            raise Unreadable(name, _first_line(error)) from None

    def put(self, name: str, data: bytes) -> bool:
        try:
            self.objects.put(name, data, mode="create", use_multipart=False)
        except self._taken:
            return False
        except self._errors as error:
            raise _failed(error) from None
        return True

    def append(self, name: str, data: bytes) -> None:
        """Objects do not grow: what this process appended before is put again with it."""
        self._appended[name] = whole = self._appended.get(name, b"") + data
        try:
            self.objects.put(name, whole, use_multipart=False)
        except self._errors as error:
            raise _failed(error) from None

    def names(self, folder: str) -> list[str]:
        try:
            found = self.objects.list_with_delimiter(folder)
        except self._errors:
            return []
        places = [*found["common_prefixes"], *(item["path"] for item in found["objects"])]
        return [place.rpartition("/")[2] for place in places]

    def version(self, folder: str) -> int | None:  # only a listing tells
        return None

    def walk(self) -> Iterator[Object]:
        """Every object, by name. Raises OSError where the store cannot be listed."""
        try:
            found = [item for batch in self.objects.list() for item in batch]
        except self._errors as error:
            raise _failed(error) from None
        for item in sorted(found, key=lambda item: item["path"]):
            yield Object(item["path"], item["size"], item["last_modified"].timestamp())

    def set_aside(self, name: str) -> None:
        if self.read_only:
            return
        try:
            parts = [item["path"] for batch in self.objects.list(name) for item in batch]
            for place in [name, *parts]:
                self.objects.rename(place, f"aside/{place.replace('/', '.')}-{unique_suffix()}")
        except self._errors:
            return

    def delete(self, name: str) -> None:
        try:
            self.objects.delete(name)
        except FileNotFoundError:
            return
        except self._errors as error:
            raise _failed(error) from None

    def litter(self, age: float) -> list[Object]:  # nothing is left by a put that was cut short
        return []

    def is_writable(self) -> bool:
        return not self.read_only


def _failed(error: Exception) -> OSError:
    return OSError(errno.EIO, _first_line(error))


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__

"""Claims in an object store: an object that its holder renews while it works.

Owns: claiming by put-if-absent, renewing and taking over by conditional put. Nobody's clock is
compared with another's: whoever waits watches the object, and takes over what has not changed for
`EXPIRY` seconds.

Does not promise: that a holder whose machine sleeps keeps its claim, nor claims where the store
does not answer.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

from store.backend.connection import Connection
from store.encode import hash_bytes

__all__ = ["EXPIRY", "ObjectClaims"]

EXPIRY = 10.0
"""Seconds after which a claim that was not renewed may be taken over."""
_RENEWALS = 4
_FIRST_LOOK, _LAST_LOOK = 0.01, 0.2
"""Seconds between two looks at a claim of another, at first and after a while."""


@dataclass(frozen=True)
class _Seen:
    """A claim's object: its content is another at each writing, as tags may be digests of it."""

    tag: str
    content: bytes


class ObjectClaims:
    """Claims by name below `leases/`. `expiry` as `EXPIRY`, for tests shorter."""

    look_seconds = 1.0  # each look is two requests

    def __init__(self, connection: Connection, expiry: float = EXPIRY) -> None:
        self._connection = connection
        self._expiry = expiry
        self._watched: dict[str, tuple[str, float]] = {}

    @contextlib.contextmanager
    def claim(self, name: str, seconds: float) -> Iterator[bool]:
        place = f"leases/{hash_bytes(name.encode()).hex()}"
        try:
            seen, works = self._wait(place, seconds), True
        except OSError:  # not to be had: work is done twice at worst
            seen, works = None, False
        if seen is None:
            yield not works
            return
        with _Renewed(self, place, seen, self._expiry / _RENEWALS):
            yield True

    def _wait(self, place: str, seconds: float) -> _Seen | None:
        """Wait until the claim is ours. Raises OSError where the store does not answer.

        A wait that ends without goes on where it ended when the claim is asked for again.
        """
        deadline, pause = time.monotonic() + seconds, _FIRST_LOOK
        before, since = self._watched.pop(place, ("", 0.0))
        mine = self.write(place, "")
        while mine is None:
            there, now = self._look(place), time.monotonic()
            if there is None:
                mine = self.write(place, "")
            elif there.tag != before:
                before, since = there.tag, now
            elif now - since >= self._expiry:
                mine = self.write(place, before)
            if mine is None:
                if now >= deadline:
                    self._watched[place] = before, since
                    return None
                time.sleep(pause)
                pause = min(1.5 * pause, _LAST_LOOK)
        return mine

    def write(self, place: str, tag: str) -> _Seen | None:
        """Write a claim where none is, or over the one that has a tag; None where another did."""
        content = os.urandom(16)
        try:
            result = self._connection.ask(
                lambda objects: objects.put(
                    place, content, mode={"e_tag": tag} if tag else "create", use_multipart=False
                )
            )
        except FileExistsError:
            # A put that is tried again, since its answer was lost, finds what it put itself.
            there = self._look(place)
            return there if there is not None and there.content == content else None
        return _Seen(result["e_tag"] or "", content)

    def free(self, place: str) -> None:
        """Give a claim up. Raises OSError."""
        self._connection.ask(lambda objects: objects.delete(place))

    def _look(self, place: str) -> _Seen | None:
        try:
            found = self._connection.ask(lambda objects: objects.get(place))
            return _Seen(found.meta["e_tag"] or "", bytes(self._connection.ask(lambda _: found.bytes())))
        except FileNotFoundError:
            return None


class _Renewed:
    """A claim that is held, and renewed while it is entered."""

    def __init__(self, claims: ObjectClaims, place: str, seen: _Seen, seconds: float) -> None:
        self._claims = claims
        self._place = place
        self._seen: _Seen | None = seen
        self._seconds = seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._renew, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        if self._seen is not None:  # else it is another's by now
            with contextlib.suppress(OSError):
                self._claims.free(self._place)

    def _renew(self) -> None:
        while self._seen is not None and not self._ended.wait(self._seconds):
            with contextlib.suppress(OSError):  # the store may answer next time
                self._seen = self._claims.write(self._place, self._seen.tag)

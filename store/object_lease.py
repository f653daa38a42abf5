"""Leases in an object store: an object that its holder renews while it works.

Owns: claiming by put-if-absent, renewing and taking over by conditional put. Nobody's clock is
compared with another's: whoever waits watches the object, and takes over what has not changed for
`EXPIRY` seconds.

Does not promise: that a holder whose machine sleeps keeps its claim.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from store.encode import hash_bytes

if TYPE_CHECKING:
    from obstore.store import ObjectStore

__all__ = ["EXPIRY", "ObjectLeases"]

EXPIRY = 10.0
"""Seconds after which a lease that was not renewed may be taken over."""
_RENEWALS = 4
_LOOK_SECONDS = 0.1


class ObjectLeases:
    """Claims by name below `leases/`. `expiry` as `EXPIRY`, for tests shorter."""

    def __init__(self, objects: ObjectStore, expiry: float = EXPIRY) -> None:
        from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

        self._objects = objects
        self._expiry = expiry
        self._taken = (AlreadyExistsError, PreconditionError)
        self._errors = (BaseError, OSError)
        self._mine = threading.local()

    @contextlib.contextmanager
    def hold(self, name: str) -> Iterator[None]:
        place = f"leases/{hash_bytes(name.encode()).hex()}"
        held = getattr(self._mine, "held", 0)
        try:
            # Who holds one lease does not wait for another, whose holder may be waiting for this.
            tag = self._put(place, "create") if held else self._claim(place)
        except self._errors:  # not to be had: work is done twice at worst
            yield
            return
        self._mine.held = held + 1
        ended = threading.Event()
        renewing = threading.Thread(target=self._renew, args=(place, tag, ended), daemon=True)
        renewing.start()
        try:
            yield
        finally:
            self._mine.held = held
            ended.set()
            renewing.join()
            with contextlib.suppress(*self._errors):
                self._objects.delete(place)

    def _claim(self, place: str) -> str:
        """Wait until the lease is ours; the tag of the object that says so."""
        seen, since = "", 0.0
        while True:
            try:
                return self._put(place, "create")
            except self._taken:
                tag = self._tag(place)
            if tag != seen:
                seen, since = tag, time.monotonic()
            elif tag and time.monotonic() - since >= self._expiry:
                with contextlib.suppress(*self._taken):
                    return self._put(place, tag)
            time.sleep(_LOOK_SECONDS)

    def _renew(self, place: str, tag: str, ended: threading.Event) -> None:
        while not ended.wait(self._expiry / _RENEWALS):
            try:
                tag = self._put(place, tag)
            except self._errors:
                return  # taken over, or out of reach: what is being computed is kept all the same

    def _put(self, place: str, condition: str) -> str:
        """Write the lease where it is absent ("create") or still has a tag; the new tag."""
        # Tags may be digests of the content, so every writing must differ.
        content = secrets.token_bytes(16)
        if condition == "create":
            result = self._objects.put(place, content, mode="create", use_multipart=False)
        else:
            result = self._objects.put(place, content, mode={"e_tag": condition}, use_multipart=False)
        return result["e_tag"] or ""

    def _tag(self, place: str) -> str:
        try:
            return self._objects.head(place)["e_tag"] or ""
        except FileNotFoundError:
            return ""

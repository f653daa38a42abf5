"""Leases: who is about to compute a missing key, so that others wait for the result instead.

Owns: which claims a store has, and how long a thread waits for one: until it has it, but at most
`PATIENCE` seconds where it holds another one already, whose next holder may be the very one that it
waits for. So waiting in a circle ends.

Does not promise: that only one computes. Where claims do not work, where a wait was cut short, or
where a renewal comes late, work is done twice and results are the same.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import Any, Protocol

from store.backend import Backend
from store.backend.local import LocalBackend
from store.backend.objects import ObjectBackend
from store.local_lease import LocalClaims, ThreadClaims
from store.object_lease import ObjectClaims

__all__ = ["PATIENCE", "Claims", "Leases", "leases_of"]

PATIENCE = 2.0
"""Seconds that a holder waits for a second lease before it computes what another may be computing."""


class Claims(Protocol):
    """Claims by name, among processes and among threads."""

    look_seconds: float
    """Seconds between two looks at what others have, for whoever does not wait inside `claim`."""

    def claim(self, name: str, seconds: float) -> AbstractContextManager[bool]:
        """Wait for the claim at most so long (inf: until it is had); False where another has it still.
        Where claims do not work it is had at once: nobody is worth waiting for."""


class _Held(threading.local):
    """The leases of this thread, by location and name; a forked child keeps what its thread had, as
    its parent may be waiting for it."""

    def __init__(self) -> None:
        self.leases: set[tuple[str, str]] = set()


_held = _Held()


class Leases:
    """The leases of the store at a location."""

    def __init__(self, claims: Claims, location: str) -> None:
        self._claims = claims
        self._location = location

    def hold(self, name: str) -> AbstractContextManager[None]:
        """Wait for whoever has the lease, and hold it, or go on without it."""
        return _Lease(self._claims, self._location, name)

    def take(self, name: str) -> Callable[[], None] | None:
        """Take a lease that nobody has, and keep it until what is returned is called; None where
        somebody has it. No thread waits longer, or shorter, for having taken one."""
        with ExitStack() as stack:
            had = stack.enter_context(self._claims.claim(name, 0))
            return stack.pop_all().close if had else None

    @property
    def look_seconds(self) -> float:
        """Seconds after which it is worth trying again to take what somebody has."""
        return self._claims.look_seconds


class _Lease:
    """One that is waited for when it is entered. A class, since each cold call makes one, and
    generators inside each other would take a third more time."""

    __slots__ = ("_claim", "_claims", "_lease", "_mine", "_name")

    def __init__(self, claims: Claims, location: str, name: str) -> None:
        self._claims = claims
        self._name = name
        self._lease = (location, name)

    def __enter__(self) -> None:
        self._mine = mine = _held.leases
        self._claim: AbstractContextManager[bool] | None = None
        if self._lease in mine:  # a function that calls itself
            return
        claim = self._claims.claim(self._name, PATIENCE if mine else math.inf)
        if claim.__enter__():
            mine.add(self._lease)
        self._claim = claim

    def __exit__(self, *error: Any) -> None:
        if self._claim is not None:
            self._mine.discard(self._lease)
            self._claim.__exit__(*error)


def leases_of(backend: Backend) -> Leases:
    """The leases of the store whose top layer this is."""
    return Leases(_claims_of(backend), backend.location)


def _claims_of(backend: Backend) -> Claims:
    if isinstance(backend, LocalBackend):
        return LocalClaims(backend.root / "leases" / "lock")
    if isinstance(backend, ObjectBackend) and backend.shared:
        return ObjectClaims(backend.connection)
    return ThreadClaims(backend.location)

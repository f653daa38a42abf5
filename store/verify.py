"""Checking a whole store: every record against its checksum, every stack against its name."""

from __future__ import annotations

from collections.abc import Iterable

from store.array import read_stack
from store.backend import LocalBackend
from store.errors import Corrupt
from store.record import unseal
from store.segment import unpack_rows

__all__ = ["verify"]


def verify(backend: LocalBackend, names: Iterable[str]) -> tuple[int, list[Corrupt]]:
    """Check objects by name; how many were checked, and what is wrong with the bad ones.

    The ledger and what was set aside hold no results and are passed over.
    """
    checked = 0
    bad: list[Corrupt] = []
    stacks = set()
    for name in names:
        kind, _, rest = name.partition("/")
        try:
            if kind == "arrays":
                stack = rest.split("/")[0]
                if stack in stacks:
                    continue
                stacks.add(stack)
                read_stack(backend, stack)
            elif kind in ("entries", "rows"):
                _check_record(backend, name)
            else:
                continue
        except Corrupt as error:
            bad.append(error)
        checked += 1
    return checked, bad


def _check_record(backend: LocalBackend, name: str) -> None:
    data = backend.read(name)
    payload = unseal(name, data) if data is not None else None
    if payload is None or name.startswith("entries/source/"):
        return
    for row in unpack_rows(name, payload).values():
        for stack in row.segment.stacks:
            if not (backend.root / "arrays" / stack).exists():
                raise Corrupt(name, f"its stack arrays/{stack} is missing")

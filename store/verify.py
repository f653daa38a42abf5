"""Checking a whole store: every record against its checksum, every stack against its name."""

from __future__ import annotations

from collections.abc import Iterable

from store.array import read_stack
from store.backend import Backend
from store.errors import Corrupt
from store.layout import is_result, stack_folder
from store.record import unseal
from store.segment import unpack_rows

__all__ = ["verify"]


def verify(backend: Backend, names: Iterable[str]) -> tuple[int, list[Corrupt]]:
    """Check objects by name; how many were checked, and what is wrong with the bad ones.

    The ledger and what was set aside hold no results and are passed over.
    """
    checked = 0
    bad: list[Corrupt] = []
    stacks = set()
    for name in names:
        kind, _, rest = name.partition("/")
        try:
            if kind in ("entries", "rows", "arrays") and not is_result(name):
                raise Corrupt(name, "no object of a store has such a name")
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


def _check_record(backend: Backend, name: str) -> None:
    data = backend.read(name)
    payload = unseal(name, data) if data is not None else None
    if payload is None or name.startswith("entries/source/"):
        return
    for row in unpack_rows(name, payload).values():
        for stack in row.segment.stacks:
            if backend.read(f"{stack_folder(stack)}/zarr.json") is None:
                raise Corrupt(name, f"its stack {stack_folder(stack)} is missing")

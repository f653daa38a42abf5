"""Doing the same with many objects: at once where each answer comes over a network."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from store.backend import Backend
from store.backend.objects import ObjectBackend

__all__ = ["over"]

_AT_ONCE = 16

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def over(backend: Backend, func: Callable[[_Item], _Result], items: Iterable[_Item]) -> Iterator[_Result]:
    """`func` of each item, in order; of many at once where each answer comes over a network."""
    if isinstance(backend, ObjectBackend):
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            yield from threads.map(func, items)
    else:
        yield from map(func, items)

"""The order of work: whatever is read comes before what reads it.

Owns: the walk over nodes, or over their states, that everything which looks upstream uses. It keeps
its own stack, so that a chain may be as long as memory allows.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

__all__ = ["inputs_first"]

_Each = TypeVar("_Each", bound=Hashable)


def inputs_first(
    top: _Each, inputs: Callable[[_Each], Iterable[_Each]], known: Callable[[_Each], bool]
) -> Iterator[_Each]:
    """`top` and all that it reads, without what is `known` and what only that reads.

    Whoever takes an item must make it known before asking for the next. Raises TypeError where
    something reads itself.
    """
    stack, begun = [top], set[_Each]()
    while stack:
        current = stack[-1]
        if known(current):
            stack.pop()
        elif current in begun:
            yield stack.pop()
        else:
            begun.add(current)
            unknown = [below for below in inputs(current) if not known(below)]
            if not begun.isdisjoint(unknown):
                raise TypeError(f"{current!r} reads its own result")
            stack.extend(reversed(unknown))

"""Which classes a stored value may be made of.

Owns: finding the dataclasses, named tuples and enums that a function's annotations name, through
unions, containers and the fields of those classes. Names in stored bytes are looked up here and
nowhere else.

Does not promise: to find a class that only a missing import (`if TYPE_CHECKING:`) names; register
it instead.
"""

from __future__ import annotations

import dataclasses
import enum
import typing
from collections.abc import Iterable
from typing import Any

__all__ = ["Types"]


class Types:
    """The classes that a codec may write and read, by `module:qualname`. Annotations are read
    lazily."""

    def __init__(self, registered: Iterable[type] = (), function: object = None) -> None:
        self._known: dict[str, type] = {}
        self._function = function
        for kind in registered:
            self._add(kind)

    @staticmethod
    def name_of(kind: type) -> str:
        return f"{kind.__module__}:{kind.__qualname__}"

    def get(self, name: str) -> type | None:
        """The class of that name, or None where nothing names it."""
        if name not in self._known and self._function is not None:
            function, self._function = self._function, None
            self._add_hints(function)
        return self._known.get(name)

    def _add(self, hint: Any) -> None:
        if isinstance(hint, type) and _is_value_class(hint):
            name = self.name_of(hint)
            if name not in self._known:
                self._known[name] = hint
                self._add_hints(hint)
        if typing.get_origin(hint) is not None:
            for part in (typing.get_origin(hint), *typing.get_args(hint)):
                self._add(part)

    def _add_hints(self, owner: Any) -> None:
        while not isinstance(owner, type) and (hasattr(owner, "__wrapped__") or hasattr(owner, "func")):
            owner = getattr(owner, "__wrapped__", None) or owner.func
        try:
            hints = typing.get_type_hints(owner)
        except (NameError, TypeError, AttributeError, SyntaxError):
            # An annotation that cannot be evaluated names nothing; its class must be registered.
            return
        for hint in hints.values():
            self._add(hint)


def _is_value_class(kind: type) -> bool:
    return (
        dataclasses.is_dataclass(kind)
        or issubclass(kind, enum.Enum)
        or (issubclass(kind, tuple) and hasattr(kind, "_fields"))
    )

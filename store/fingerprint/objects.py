"""How objects count that are neither plain values, containers nor code: instances of the project's
classes by class and state, installed ones by their content where they have an encoding.

Owns: what an object's state is. One that says nothing of itself counts by the statements that define
it; where there are none, by what a copy of it would be made from.
"""

from __future__ import annotations

import copyreg
import enum
import os
import sys
import types
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import numpy as np

from store.encode import digest
from store.errors import Unencodable
from store.fingerprint import origin
from store.fingerprint.graph import Label
from store.fingerprint.kinds import CONTENT, carries, is_code, made_in_c
from store.fingerprint.names import Constant, Found

if TYPE_CHECKING:
    from store.fingerprint.reach import Walk
    from store.fingerprint.values import Values

__all__ = ["Objects", "relative"]


class Objects:
    """Writes objects into labels, for `Values`. `taking_apart`: whether an object of unknown state
    is written by what a copy of it is made from."""

    def __init__(self, values: Values, walk: Walk) -> None:
        self._values = values
        self._walk = walk
        self.taking_apart = False

    def write(self, label: Label, value: Any, owner: Found) -> bool:
        kind = type(value)
        if kind is Constant:
            found = Found(value.value, value.module, value.name, ())
            self._values.bound(label, found, False, f"{value.name} is a module: it is taken whole")
            return True
        if origin.of_module(kind.__module__) == origin.ENGINE:
            return True  # a store or a flow: what is asked of it is what counts
        if isinstance(value, enum.Enum):
            label.add("member", value.name)
            self._values.class_(label, kind)
            return True
        if isinstance(value, np.ndarray) and value.dtype.hasobject:
            return self._values.sequence(label, f"array {value.shape}", value.ravel().tolist(), owner)
        if hasattr(kind, "__memo__"):
            self._values.class_(label, kind)
            return self._values.write(label, value.__memo__(), owner)
        if isinstance(value, PurePath):
            text = relative(str(value), owner) if self._walk.constants.depends_on_file(owner) else str(value)
            label.add("path", text)
            return True
        if origin.of_module(kind.__module__) in (origin.PROJECT, origin.UNKNOWN):
            return self._instance(label, value, owner)
        return self._foreign(label, value, owner)

    def _instance(self, label: Label, value: Any, owner: Found) -> bool:
        """An instance of a project's class: the class, what it inherits from a container, its
        attributes."""
        label.add("instance")
        self._values.class_(label, type(value))
        clear = True
        for base in CONTENT:
            if isinstance(value, base):
                clear &= self._values.write(label, base(value), owner)
                break
        else:
            clear &= self._inherited(label, value, owner)
        return self._values.named(label, "state", _attributes(value), owner) and clear

    def _inherited(self, label: Label, value: Any, owner: Found) -> bool:
        """What an instance of a project's class has from a class that is not written in Python."""
        if isinstance(value, np.ndarray):
            return self._values.write(label, np.asarray(value), owner)
        return self._reduced(label, value, owner) if any(map(made_in_c, type(value).__mro__)) else True

    def _reduced(self, label: Label, value: Any, owner: Found) -> bool:
        """What an object says that a copy of it is made from; False where it says nothing."""
        reduce = copyreg.dispatch_table.get(type(value))
        try:
            made_from = reduce(value) if reduce else value.__reduce_ex__(4)
        except (TypeError, AttributeError, ValueError, NotImplementedError, RuntimeError):
            return False
        if isinstance(made_from, str):
            label.add("global", made_from)
            return True
        parts = [list(part) if isinstance(part, Iterator) else part for part in made_from]
        return self._values.sequence(label, "reduced", parts, owner)

    def _foreign(self, label: Label, value: Any, owner: Found) -> bool:
        """An object of an installed class: by its content if it has an encoding, else by its
        type."""
        kind = type(value)
        self._values.external(label, kind.__module__, (kind.__qualname__,))
        if kind is object:
            return True
        try:
            label.add("value", digest(value))
        except (Unencodable, OSError):
            pass
        else:
            return True
        if carries(value, "__wrapped__"):
            self._values.write(label, value.__wrapped__, owner, called=True)
            return True
        held = {key: item for key, item in getattr(value, "__dict__", {}).items() if is_code(item)}
        self._values.named(label, "held", held, owner)
        return self.taking_apart and self._reduced(label, value, owner)


def relative(path: str, owner: Found) -> str:
    """A path as seen from the folder of the module that holds it."""
    folder = Path(origin.file_of(sys.modules[owner.module])).parent
    return os.path.relpath(path, folder)


def _attributes(value: Any) -> dict[str, Any]:
    """An instance's attributes, also those in slots."""
    found = dict(getattr(value, "__dict__", {}))
    for cls in type(value).__mro__:
        for name, member in vars(cls).items():
            # A partial has an address among them.
            if isinstance(member, types.MemberDescriptorType) and name != "__vectorcalloffset__":
                try:
                    found[name] = member.__get__(value)
                except AttributeError:
                    continue  # not set
    return found

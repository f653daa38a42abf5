"""How live values count: what functions find in module globals, closures, defaults and class
attributes.

Owns: writing a value into a label. Plain values count by their content, containers item by item so
that functions inside are reached, instances of the project's classes by class and state, anything
installed by name.

Does not promise: to tell apart two states of an object that says nothing of itself; the statements
that define it count instead, or a note says that nothing does.
"""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from store.encode import digest
from store.fingerprint import origin
from store.fingerprint.graph import Label, Node
from store.fingerprint.kinds import BUILTIN, HEAP_TYPE, PLAIN, REDUCIBLE, WRAPPERS, carries, is_code
from store.fingerprint.names import Found
from store.fingerprint.objects import Objects, relative
from store.fingerprint.order import in_order

if TYPE_CHECKING:
    from store.fingerprint.reach import Walk

__all__ = ["Values"]

_OURS = (origin.PROJECT, origin.UNKNOWN)
_FUNCTION_OR_CLASS = (types.FunctionType, type)


class Values:
    """Writes values into labels; code inside becomes edges to nodes of the walk."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._inside: dict[int, int] = {}
        self._met: dict[int, int] = {}
        self.objects = Objects(self, walk)

    def bound(self, label: Label, found: Found, called: bool, why: str) -> None:
        """A value behind a name: code becomes its own node, and so does a constant."""
        value = found.value
        if isinstance(value, types.ModuleType):
            if origin.of_module(value.__name__) == origin.PROJECT:
                label.link(self._walk.module(value, why))
            else:
                self.external(label, value.__name__, ())
        elif isinstance(value, _FUNCTION_OR_CLASS):
            self.write(label, value, found, called=called)
        else:
            apart = Label(Node("", "value", "")) if is_code(value) else None
            if apart and self.write(apart, value, found, called=called):
                label.take(apart)
            else:
                label.link(self._walk.constants.node(found, label.node.name))

    def write(self, label: Label, value: Any, owner: Found, called: bool = False) -> bool:
        """Write a value. False where something in it could not say what it is."""
        kind = type(value)
        if kind in PLAIN:
            self._plain(label, value, owner)
        elif callable(value) and carries(value, "__memo_version__"):
            self._pinned(label, value)
        elif kind is types.FunctionType:
            self.function(label, value, owner, called)
        elif isinstance(value, type):
            self.class_(label, value)
        elif isinstance(value, types.ModuleType):
            why = f"{owner.name} holds the module {value.__name__}: it is taken whole"
            self.bound(label, Found(value, "", "", ()), False, why)
        elif kind in WRAPPERS:
            return self._wrapper(label, value, owner)
        elif isinstance(value, BUILTIN):
            return self._builtin(label, value, owner)
        elif isinstance(value, REDUCIBLE):
            return self.sequence(label, "made from", value.__reduce__(), owner)
        else:
            return self._nested(label, value, owner)
        return True

    def _nested(self, label: Label, value: Any, owner: Found) -> bool:
        """Containers and objects, which may hold themselves, or one thing twice."""
        if id(value) in self._inside:
            label.add("itself", str(len(self._inside) - self._inside[id(value)]))
            return True
        self._inside[id(value)] = len(self._inside)
        try:
            kind = type(value)
            if kind is tuple:
                return self.sequence(label, "tuple", value, owner)
            if kind in (set, frozenset):
                return self._set(label, value, owner)
            # Whether two places hold one object matters to who changes it, or copies deeply.
            label.add("met", str(self._met.setdefault(id(value), len(self._met))))
            if isinstance(value, Mapping) and kind.__module__ in ("builtins", "collections"):
                return self._mapping(label, value, owner)
            if kind is list:
                return self.sequence(label, "list", value, owner)
            return self.objects.write(label, value, owner)
        finally:
            del self._inside[id(value)]
            if not self._inside:
                self._met.clear()

    def _set(self, label: Label, value: Any, owner: Found) -> bool:
        """A set, in an order that does not depend on hashes or addresses."""
        written = []
        met = self._met
        for item in in_order(value, self._walk):
            apart = Label(Node("", "item", ""))
            self._met = {}  # numbers would say in which order the items came
            clear = self.write(apart, item, owner)
            written.append((bytes(apart.out), [node.name for node in apart.node.edges], clear, apart))
        self._met = met
        label.add("set", str(len(written)))
        for _, _, _, apart in sorted(written, key=lambda item: item[:2]):
            label.take(apart)
        return all(clear for _, _, clear, _ in written)

    def sequence(self, label: Label, tag: str, values: Iterable[Any], owner: Found) -> bool:
        """Write several values in order."""
        items = list(values)
        label.add(tag, str(len(items)))
        clear = [self.write(label, item, owner) for item in items]
        return all(clear)

    def named(self, label: Label, tag: str, values: Mapping[str, Any], owner: Found) -> bool:
        """Write values by name, in the order of names."""
        label.add(tag, str(len(values)))
        clear = True
        for name, value in sorted(values.items(), key=lambda item: item[0]):
            label.add("name", name)
            clear &= self.write(label, value, owner)
        return clear

    def _mapping(self, label: Label, value: Mapping[Any, Any], owner: Found) -> bool:
        # In the order of insertion: who iterates over it can tell.
        label.add(type(value).__name__, str(len(value)))
        clear = True
        for key, item in value.items():
            clear &= self.write(label, key, owner)
            clear &= self.write(label, item, owner)
        factory = getattr(value, "default_factory", None)
        return clear if factory is None else self.write(label, factory, owner) and clear

    def _plain(self, label: Label, value: Any, owner: Found) -> None:
        if (
            isinstance(value, str)
            and value.startswith(os.sep)
            and self._walk.constants.depends_on_file(owner)
        ):
            label.add("path", relative(value, owner))
        else:
            label.add("value", digest(value))

    def _pinned(self, label: Label, value: Any) -> None:
        name = f"{value.__module__}:{value.__qualname__}"

        def fill(inner: Label, value: Any) -> None:
            inner.add("pinned", f"{value.__qualname__} {value.__memo_version__!r}")

        label.link(self._walk.node(("pinned", id(value)), name, "pinned", "", fill, value))

    def function(self, label: Label, func: types.FunctionType, owner: Found, called: bool) -> None:
        """A function that says nothing of its version."""
        if not called:
            label.add("named", func.__name__)
        kind = self._origin_of(func)
        if kind in _OURS:
            label.link(self._walk.function(func))
            return
        if kind != origin.ENGINE:
            self.external(label, _module_of(func), (func.__code__.co_qualname,))
        if id(func) not in self._inside:
            self._inside[id(func)] = len(self._inside)
            try:
                self._carried(label, func, owner)
            finally:
                del self._inside[id(func)]

    def is_ours(self, func: types.FunctionType) -> bool:
        """Whether a function counts by its definition: nobody installed it."""
        return self._origin_of(func) in _OURS

    @staticmethod
    def _origin_of(func: types.FunctionType) -> str:
        kind = origin.of_file(func.__code__.co_filename)
        if kind == origin.UNKNOWN:
            module = origin.of_module(_module_of(func))
            kind = kind if module == origin.PROJECT else module
        if kind == origin.INSTALLED and not origin.distributions_of(_module_of(func)):
            kind = origin.PROJECT
        return kind

    def _carried(self, label: Label, func: types.FunctionType, owner: Found) -> None:
        """The project's code behind an installed decorator: what it wraps, and what its closure
        holds."""
        registry = getattr(func, "registry", None)
        if isinstance(registry, types.MappingProxyType):
            for cls in sorted(registry, key=lambda cls: f"{cls.__module__}:{cls.__qualname__}"):
                self.write(label, cls, owner)
                self.write(label, registry[cls], owner)
            return
        for name, cell in zip(func.__code__.co_freevars, func.__closure__ or (), strict=True):
            try:
                value = cell.cell_contents
            except ValueError:
                continue
            held = value.values() if isinstance(value, dict) else value
            if isinstance(value, tuple | list | dict):  # what else is in them may change in each process
                self.sequence(label, "cell", [item for item in list(held) if is_code(item)], owner)
            elif is_code(value) or type(value) in PLAIN:
                label.add("cell", name)
                self.write(label, value, owner, called=True)
        if hasattr(func, "__wrapped__"):
            self.write(label, func.__wrapped__, owner, called=True)

    def class_(self, label: Label, cls: type) -> None:
        kind = origin.of_module(cls.__module__)
        if kind in (origin.PROJECT, origin.UNKNOWN) or _is_made_by_a_call(cls):
            label.link(self._walk.class_(cls))
        elif kind != origin.ENGINE:
            self.external(label, cls.__module__, (cls.__qualname__,))

    def _wrapper(self, label: Label, value: Any, owner: Found) -> bool:
        label.add(type(value).__name__)
        clear = [self.write(label, getattr(value, name), owner) for name in WRAPPERS[type(value)]]
        return all(clear)

    def _builtin(self, label: Label, value: Any, owner: Found) -> bool:
        name = getattr(value, "__qualname__", value.__name__)
        if isinstance(value, np.ufunc) and getattr(np, value.__name__, None) is not value:
            label.add("ufunc", value.__name__)
            return False  # of another package, or made from a function
        holder = getattr(value, "__self__", None)
        if holder is not None and not isinstance(holder, types.ModuleType):
            label.add("method", value.__name__)
            return self.write(label, holder, owner)
        module = getattr(value, "__module__", None) or getattr(
            getattr(value, "__objclass__", None), "__module__", "numpy" if isinstance(value, np.ufunc) else ""
        )
        self.external(label, module or "builtins", (name,))
        return True

    def external(self, label: Label, module: str, attrs: tuple[str, ...]) -> None:
        """Something outside the project: its name, and the distribution that it comes with."""
        kind = origin.of_module(module)
        if kind == origin.ENGINE:
            return
        label.add("external", f"{module} {'.'.join(attrs)}")
        if kind == origin.PROJECT:
            label.link(self._walk.extension(module))
        if kind == origin.INSTALLED or (kind == origin.UNKNOWN and module != "builtins"):
            for node in self._walk.package(module, attrs):
                label.link(node)

    def state(self, label: Label, value: Any, owner: Found) -> None:
        """A value that no statement defines, so that it must say itself what it is."""
        self.objects.taking_apart = True
        try:
            if not self.write(label, value, owner):
                what = label.node.name if label.node.kind == "constant" else owner.name
                label.node.notes += (f"{what}: its state is not counted, only its type",)
        finally:
            self.objects.taking_apart = False


def _module_of(func: types.FunctionType) -> str:
    return str(func.__globals__.get("__name__", ""))


def _is_made_by_a_call(cls: type) -> bool:
    """Whether an installed module made a class that it does not define itself."""
    name = cls.__qualname__
    holder = sys.modules.get(cls.__module__)
    return (
        bool(cls.__flags__ & HEAP_TYPE)
        and "." not in name
        and holder is not None
        and (vars(holder).get(name) is None)
    )

"""All that a walk from some functions may look at in this process, as one digest.

Owns: going through the namespaces of the functions' modules, whole, and of all modules that these lead
to. It follows no rules of what counts: whatever a walk may read of an object is in the digest, and
more, so that where it is the same, a walk finds the same. What it does not know how to tell from
another one is `Unclear`.

Does not promise: anything about what lies outside the project; `store.fingerprint.kept` asks that
again.
"""

from __future__ import annotations

import functools
import re
import sys
import types
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath
from typing import Any

import msgpack
import numpy as np

from store.encode import digest, hash_bytes
from store.errors import Unencodable
from store.fingerprint import origin
from store.fingerprint.kinds import BUILTIN, CONTENT, PLAIN, REDUCIBLE, WRAPPERS, made_in_c
from store.fingerprint.loaded import may_differ
from store.fingerprint.members import registered_with
from store.fingerprint.names import Constant
from store.fingerprint.objects import attributes_of, converts_itself
from store.fingerprint.values import OURS, is_made_by_a_call, origin_of_function

__all__ = ["SKIPPED_GLOBALS", "Seen", "Unclear"]

SKIPPED_GLOBALS = frozenset(
    ("__annotations__", "__builtins__", "__cached__", "__file__", "__loader__", "__path__", "__spec__")
)
"""Names of modules that say where they lie, or that no function reads."""
_AS_IT_IS = frozenset((type(None), bool, int, float, str, bytes))
_COUNTING_DUNDERS = (*_AS_IT_IS, types.FunctionType, classmethod, staticmethod, property)
_NOTHING = (None, None, None, None)
_TYPING = ("__future__", "collections.abc", "types", "typing")


class Unclear(Exception):
    """Something that a walk may meet says too little of itself."""


class Seen:
    """What was met, in the order in which it was. `modules`: the names of those whose namespaces were
    gone through, `files`: theirs and their functions'."""

    def __init__(self) -> None:
        self.modules: set[str] = set()
        self.files: set[str] = set()
        self._digest = b""
        self._texts: set[str] = set()
        self._out: list[object] = []
        self._numbers: dict[int, int] = {}
        self._held: list[object] = []
        self._spaces: dict[int, Mapping[str, Any]] = {}
        self._pending: list[object] = []

    def digest(self, roots: Iterable[object]) -> bytes:
        """The digest of all that is met from these, and was met before. Raises `Unclear`."""
        self._items("roots", roots)
        try:
            while self._pending:
                self._visit(self._pending.pop())
        except Unencodable as error:
            raise Unclear(str(error)) from None
        for file in sorted(self.files - self._texts):
            self._out += (file, _text(file))
        self._texts |= self.files
        try:
            packed = msgpack.packb(self._out, unicode_errors="surrogatepass")
        except (OverflowError, TypeError, ValueError) as error:
            raise Unclear(str(error)) from None
        self._out.clear()
        self._digest = hash_bytes(self._digest + packed)
        return self._digest

    def _item(self, value: object) -> None:
        """A value as it is, or the number of an object, which is new or was met before."""
        if type(value) in _AS_IT_IS:
            self._out += ("=", value)
            return
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = len(self._held)
            self._held.append(value)  # so that its id is not given to another one
            self._pending.append(value)
        self._out.append(number)

    def _items(self, tag: object, values: Iterable[object]) -> None:
        found = list(values)
        self._out += (tag, len(found))
        for value in found:
            self._item(value)

    def _visit(self, value: Any) -> None:
        visit = _VISITORS.get(type(value))
        if visit is not None:
            visit(self, value)
        elif isinstance(value, type):
            self._class(value)
        elif isinstance(value, BUILTIN):
            self._builtin(value)
        else:
            self._object(value)

    def _function(self, func: types.FunctionType) -> None:
        code, kind = func.__code__, origin_of_function(func)
        made_of: tuple[object, ...] = (
            func.__closure__, func.__dict__ or None, func.__defaults__, func.__kwdefaults__,
        )  # fmt: skip
        self._out += (code.co_filename, code.co_firstlineno, code.co_qualname, kind, func.__name__,
                      func.__qualname__, func.__module__, made_of == _NOTHING)  # fmt: skip
        if code.co_name == "<lambda>":
            self._out.append(list(code.co_positions()))
        if kind not in OURS:
            # What else is in it is not looked at.
            made_of = made_of[:2]
            self._outside(func.__globals__.get("__name__"))
        if made_of != _NOTHING:
            self._items(code.co_freevars, made_of)
        if kind in OURS and not code.co_filename.startswith("<"):  # made by a call: no walk gets into it
            self.files.add(code.co_filename)
            if id(func.__globals__) not in self._spaces:
                self._namespace(func.__globals__)

    def _cell(self, cell: types.CellType) -> None:
        try:
            self._items("cell", (cell.cell_contents,))
        except ValueError:
            self._out.append("empty")

    def _namespace(self, space: Mapping[str, Any]) -> None:
        """All that a module holds."""
        if id(space) in self._spaces:
            return
        name = space.get("__name__")
        module = sys.modules.get(name) if isinstance(name, str) else None
        if module is None or vars(module) is not space or "__memo_absolute__" in space:
            raise Unclear(f"{name} is not the module of that name, or finds others in a way of its own")
        self._spaces[id(space)] = space
        self.modules.add(module.__name__)
        file = origin.file_of(module)
        self.files.add(file)
        self._outside(name)
        out, numbers = self._out, self._numbers
        out += (file, "__path__" in space)
        for key, value in list(space.items()):
            if key not in SKIPPED_GLOBALS:
                out.append(key)
                number = numbers.get(id(value))
                if number is None:
                    self._item(value)
                else:
                    out.append(number)
        out.append(None)

    def _module(self, module: types.ModuleType) -> None:
        self._outside(module.__name__)
        if origin.of_module(module.__name__) == origin.PROJECT:
            self._namespace(vars(module))

    def _class(self, cls: type) -> None:
        kind, by_call = origin.of_module(cls.__module__), is_made_by_a_call(cls)
        self._out += (cls.__module__, cls.__qualname__, kind, by_call)
        if kind not in OURS and not by_call:
            return
        if hasattr(cls, "__memo__") or cls.__module__ not in sys.modules:
            raise Unclear(f"{cls.__qualname__} says itself what counts of it")
        self._out.append([origin.of_module(base.__module__) for base in cls.__mro__])
        self._items("bases", (*cls.__bases__, type(cls), *registered_with(cls)))
        if kind in OURS:
            self._namespace(vars(sys.modules[cls.__module__]))
        for name, value in list(vars(cls).items()):
            self._out.append(name)
            dunder = name.startswith("__") and name.endswith("__")
            if name != "_abc_impl" and (not dunder or isinstance(value, _COUNTING_DUNDERS)):
                self._item(value)
        self._out.append(None)

    def _builtin(self, value: Any) -> None:
        made_by = getattr(value, "__objclass__", type(None))
        self._out += (
            type(value).__name__,
            getattr(value, "__qualname__", value.__name__),
            made_by.__qualname__,
        )
        self._outside(getattr(value, "__module__", None) or made_by.__module__)
        if isinstance(value, np.ufunc) and getattr(np, value.__name__, None) is not value:
            raise Unclear(f"{value.__name__} is a ufunc of another package")
        holder = getattr(value, "__self__", None)
        if not isinstance(holder, types.ModuleType):
            self._items("of", (holder,))

    def _wrapper(self, value: Any) -> None:
        self._items(type(value).__name__, [getattr(value, name) for name in WRAPPERS[type(value)]])
        if not isinstance(value, functools.cached_property):  # holds a lock
            self._items("attributes", (getattr(value, "__dict__", None) or None,))

    def _set(self, value: Iterable[object]) -> None:
        """A set, in an order that hashes and addresses have no part in."""
        if all(isinstance(item, type) for item in value):
            named = {f"{cls.__module__} {cls.__qualname__}": cls for cls in value if isinstance(cls, type)}
            if len(named) < len(list(value)):
                raise Unclear("a set of classes of one name")
            self._items(type(value).__name__, [named[name] for name in sorted(named)])
        elif all(map(_is_plain, value)):
            self._out += (type(value).__name__, digest(value))
        else:
            raise Unclear("a set of more than plain values")

    def _dict(self, value: Mapping[object, object]) -> None:
        self._items(type(value).__name__, [each for item in value.items() for each in item])

    def _object(self, value: Any) -> None:
        """An object that is neither plain nor code, nor holds only such."""
        kind = type(value)
        self._items("object", (kind,))
        self._outside(kind.__module__)
        if origin.of_module(kind.__module__) == origin.ENGINE:
            if kind is Constant:
                self._items("constant", (value.name, value.value, value.module))
            return
        if isinstance(value, types.GenericAlias | types.UnionType):  # their attributes are another's
            self._items("types", (getattr(value, "__origin__", None), value.__args__))
        elif kind.__module__ in _TYPING:  # not by `repr`, which leaves out what they hold
            self._items("attributes", (attributes_of(value),))
        elif kind.__module__ == "_collections":  # what a named tuple's field is read by
            self._items("made from", (value.__reduce__()[1],))
        elif origin.of_module(kind.__module__) in OURS:
            self._instance(value)
        elif isinstance(value, np.ndarray | np.generic | np.dtype) and not _holds_objects(value):
            self._out.append(repr(value) if isinstance(value, np.dtype) else digest(value))
        elif kind.__module__ == "dataclasses" and not attributes_of(value):
            return  # stands for a default that is missing, or made by a factory
        elif isinstance(value, PurePath):
            self._out.append(str(value))
        else:
            raise Unclear(f"an object of {kind.__module__}.{kind.__qualname__}")

    def _instance(self, value: Any) -> None:
        """An instance of a project's class: what it inherits from a container, its attributes."""
        given = list(filter(made_in_c, type(value).__mro__))
        if not set(given) <= set(CONTENT) or (given and converts_itself(type(value))):
            raise Unclear(f"an instance of {type(value).__qualname__}, which is no plain class")
        self._items("content", [base(value) for base in given])
        self._items("attributes", (attributes_of(value),))

    def _outside(self, module: object) -> None:
        self._out += (module, origin.of_module(module) if isinstance(module, str) else None)


def _is_plain(value: object) -> bool:
    return all(map(_is_plain, value)) if type(value) is tuple else type(value) in _AS_IT_IS


def _holds_objects(value: Any) -> bool:
    kind = value if isinstance(value, np.dtype) else value.dtype
    return bool(kind.hasobject)


def _text(file: str) -> bytes:
    """The digest of a source file that is what was loaded from it."""
    try:
        with open(file, "rb", buffering=0) as source:  # noqa: PTH123  # a third of the cost of Path.read_bytes
            text = source.read()
    except OSError as error:
        raise Unclear(str(error)) from None
    if may_differ(file):
        raise Unclear(f"{file} was written after this process began")
    return hash_bytes(text)


_VISITORS: dict[type, Callable[[Seen, Any], None]] = {
    types.FunctionType: Seen._function,
    types.CellType: Seen._cell,
    types.ModuleType: Seen._module,
    tuple: lambda seen, value: seen._items("tuple", value),
    list: lambda seen, value: seen._items("list", value),
    dict: Seen._dict,
    types.MappingProxyType: Seen._dict,
    set: Seen._set,
    frozenset: Seen._set,
    re.Pattern: lambda seen, value: seen._items("pattern", (value.pattern, value.flags)),
    functools._lru_cache_wrapper: lambda seen, value: seen._items("cached", (value.__dict__,)),
    **dict.fromkeys(PLAIN - _AS_IT_IS, lambda seen, value: seen._out.append(digest(value))),
    **dict.fromkeys(WRAPPERS, Seen._wrapper),
    **dict.fromkeys(REDUCIBLE, lambda seen, value: seen._items("made from", value.__reduce__())),
}

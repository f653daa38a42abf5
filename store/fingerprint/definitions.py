"""From live functions, classes and constants to their definitions in source.

Owns: finding the entry of a live object, by line and name, a lambda's by the position of its code,
and the statements that define a module-level name, through imports and re-exports.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from types import (
    CodeType,
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    WrapperDescriptorType,
)

from store.errors import Unfingerprintable
from store.fingerprint import origin
from store.fingerprint.canon import Entry
from store.fingerprint.kinds import PLAIN
from store.fingerprint.loaded import by_bytecode
from store.fingerprint.names import meant
from store.fingerprint.source import SourceFile, Sources
from store.fingerprint.tree import Tree, tree_below

__all__ = ["Definitions", "functions_of_class"]

_NO_FUNCTIONS = frozenset((*PLAIN, GetSetDescriptorType, MemberDescriptorType, WrapperDescriptorType))
"""Types of what stands in classes and holds no function: looking for one takes time."""


class Definitions:
    """Looks definitions up in parsed sources."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._files = sources.files

    def of_function(self, func: FunctionType) -> Entry:
        """A function's definition. Raises `Unfingerprintable` where it has no source."""
        code = func.__code__
        file = code.co_filename
        source = self._files[file] if file in self._files else self._sources.file(file)
        if source is None:
            raise Unfingerprintable(_named(func), "its source is not available (made by exec or typed in)")
        if source.text is not None and not source.has_loaded(code):
            return by_bytecode(func)
        if code.co_name == "<lambda>":
            entry = _lambda_of(code, source.lambdas_at(code.co_firstlineno))
        else:
            entry = source.at(code.co_firstlineno, code.co_qualname)
        if entry is None:
            place = f"{code.co_filename}:{code.co_firstlineno}"
            raise Unfingerprintable(_named(func), f"its source at {place} does not define it")
        return entry

    def of_class(self, cls: type, functions: Sequence[FunctionType]) -> tuple[Entry, str] | None:
        """The definition and file of a class with these functions; None where it was made by a call, or
        is no longer in its file."""
        inside = f"{cls.__qualname__}."
        codes = [func.__code__ for func in functions]
        if not self._are_loaded([code for code in codes if code.co_qualname.startswith(inside)]):
            return None
        for file in _files_of_class(cls, functions):
            source = self._sources.file(file)
            found = source.classes(cls.__qualname__) if source else []
            if len(found) > 1:
                lines = [func.__code__.co_firstlineno for func in functions]
                first = min(lines, default=sys.maxsize)
                found = [max((e for e in found if e.line <= first), key=lambda e: e.line, default=found[-1])]
            if found:
                return found[0], file
        return None

    def _are_loaded(self, codes: Sequence[CodeType]) -> bool:
        """Whether pieces of loaded code are what their files define."""
        for file in {code.co_filename for code in codes if not code.co_filename.startswith("<")}:
            source = self._sources.file(file)
            if source is None:
                if os.path.isfile(file):  # noqa: PTH113  # a plain string
                    return False
            elif source.text is not None and not all(
                source.has_loaded(code) for code in codes if code.co_filename == file
            ):
                return False
        return True

    def home(self, module: str, name: str) -> tuple[str, str]:
        """The module and name that a module-level name was imported from, if it was."""
        for module, name in self._imported_from(module, name):  # noqa: B007, B020  # the last
            pass
        return module, name

    def _imported_from(self, module: str, name: str) -> Iterator[tuple[str, str]]:
        for _ in range(50):
            yield module, name
            source = self._of_module(module)
            root = source.imported(name) if source else ""
            if root == "":
                return
            step = self._starred(module, name) if root is None else _imported(root, module)
            if step is None:
                return
            module, name = step

    def of_constant(self, module: str, name: str) -> list[tuple[str, Entry]]:
        """The statements that bind or may change a module-level name, each with its module, in all
        modules that it was imported through."""
        found: list[tuple[str, Entry]] = []
        for place, known_as in self._imported_from(module, name):
            source = self._of_module(place)
            if source is not None:
                binders, changers, *_ = source.bindings
                numbers = {*binders.get(known_as, ()), *changers.get(known_as, ())}
                found += [(place, source.entry(number)) for number in sorted(numbers)]
        return found

    def settings(self, module: str) -> list[Entry]:
        """The statements of a module that set something in a module of others."""
        source = self._of_module(module)
        return [source.entry(number) for number in source.settings] if source else []

    def tree(self, folder: str, importer: str) -> Tree:
        """The source files below a folder, and what they import. Raises `Unfingerprintable`."""
        return tree_below(folder, self._sources, importer)

    def depends_on_file(self, module: str, name: str) -> bool:
        """Whether a module-level name is made from `__file__`, directly or through other names."""
        seen, pending = set(), [name]
        while pending:
            current = pending.pop()
            if current == "__file__":
                return True
            if current not in seen:
                seen.add(current)
                pending += [
                    root for _, entry in self.of_constant(module, current) for root, _, _ in entry.refs
                ]
        return False

    def _of_module(self, module: str) -> SourceFile | None:
        live = sys.modules.get(module)
        file = origin.file_of(live) if live else ""
        return self._sources.file(file) if file and origin.of_file(file) == origin.PROJECT else None

    def _starred(self, module: str, name: str) -> tuple[str, str] | None:
        source = self._of_module(module)
        for root in reversed(source.bindings.stars if source else []):
            step = _imported(root, module)
            if step is not None and step[0] in sys.modules and hasattr(sys.modules[step[0]], name):
                return step[0], name
        return None


def _imported(root: str, importer: str) -> tuple[str, str] | None:
    kind, _, rest = root.partition(" ")
    if kind != "from":
        return None
    level, base, name = rest.split(" ")
    live = sys.modules.get(importer)
    if not int(level):
        base = meant(base, vars(live)) if live else base
    else:
        package = getattr(live, "__package__", "") or ""
        package = package.rsplit(".", int(level) - 1)[0] if int(level) > 1 else package
        base = f"{package}.{base}".strip(".")
    return base, name


def _lambda_of(code: CodeType, found: list[Entry]) -> Entry | None:
    """Which of the lambdas of a line is the one with that code."""
    if len(found) > 1:
        places = [(line, last, column, end) for line, last, column, end in code.co_positions()]
        found = [entry for entry in found if entry.body == places[-1]] or [
            entry for entry in found if entry.body in places
        ]
    return found[0] if found else None


def _named(func: FunctionType) -> str:
    return f"{func.__module__}:{func.__qualname__}"


def functions_of_class(cls: type) -> Iterator[FunctionType]:
    """The functions that stand in a class, also inside properties, static and class methods."""
    for value in vars(cls).values():
        kind = type(value)
        if kind in _NO_FUNCTIONS:
            continue
        if kind is FunctionType and not vars(value):
            yield value
            continue
        for item in (value, getattr(value, "__func__", None), getattr(value, "fget", None),
                     getattr(value, "func", None), getattr(value, "__wrapped__", None)):  # fmt: skip
            if isinstance(item, FunctionType):
                yield item


def _files_of_class(cls: type, functions: Iterable[FunctionType]) -> Iterator[str]:
    module = sys.modules.get(cls.__module__)
    if module is not None and origin.file_of(module):
        yield origin.file_of(module)
    for func in functions:
        if func.__qualname__.startswith(f"{cls.__qualname__}."):
            yield func.__code__.co_filename

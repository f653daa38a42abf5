"""Modules from a folder of the user's, loaded so that nobody else sees them.

Owns: importing a file, with the files beside it, as if its folder were the first on the module path,
without putting it there: a folder becomes a package of its own, and what its modules import by an
absolute name is looked for in it first. So two folders may both hold a `constants.py`, and neither
is taken for the caller's.

Does not promise: that names which are computed while running (`importlib.import_module(name)`) find
the folder, nor a module named as one of the standard library.
"""

from __future__ import annotations

import builtins
import importlib
import re
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

__all__ = ["load_file", "plain_name"]

_UNFIT = re.compile(r"\W")


def load_file(file: Path) -> ModuleType:
    """The module of a Python file, loaded once per process. Raises whatever its code raises."""
    file = file.resolve()
    folder, parts = file.parent, [file.stem] if file.name != "__init__.py" else []
    while (folder / "__init__.py").is_file():  # of a package: its modules name each other from above it
        parts.insert(0, folder.name)
        folder = folder.parent
    return importlib.import_module(".".join((_package_of(folder).name, *parts)))


def plain_name(module: ModuleType) -> str:
    """A module's name as its folder's own code would have it."""
    _, _, name = module.__name__.partition(".")
    return name if "__memo_absolute__" in vars(module) else module.__name__


@cache
def _package_of(folder: Path) -> _Package:
    package = _Package(folder, _free_name(f"dsl_{_UNFIT.sub('_', folder.name)}"))
    sys.meta_path.insert(0, package)
    return package


def _free_name(wanted: str) -> str:
    name, count = wanted, 1
    while name in sys.modules:
        count += 1
        name = f"{wanted}_{count}"
    return name


class _Package:
    """A folder as a package under a name of its own, and the finder of the modules in it."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self._folder = folder
        self._builtins = {**vars(builtins), "__import__": self._import}
        module = ModuleType(name)
        module.__path__ = [str(folder)]
        sys.modules[name] = module

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Where a module below this package lies, loaded with our `__import__`."""
        if not name.startswith(f"{self.name}."):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path, self)
        return spec

    def prepare(self, module: ModuleType) -> None:
        """Give a module our `__import__`, and tell the fingerprint what its imports name."""
        vars(module)["__builtins__"] = self._builtins
        vars(module)["__memo_absolute__"] = self.absolute

    def absolute(self, name: str) -> str:
        """The name under which a module that is imported as `name` in this folder is loaded."""
        return f"{self.name}.{name}" if self._holds(name.partition(".")[0]) else name

    def _import(
        self,
        name: str,
        variables: Mapping[str, Any] | None = None,
        local: Mapping[str, Any] | None = None,
        wanted: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        place = name if level else self.absolute(name)
        found = builtins.__import__(place, variables, local, wanted or (), level)
        if wanted or place == name:
            return found
        return sys.modules[self.absolute(name.partition(".")[0])]  # `import a.b` binds `a`

    def _holds(self, top: str) -> bool:
        if top in sys.stdlib_module_names:
            return False
        places = self._folder / f"{top}.py", self._folder / top / "__init__.py"
        return any(place.is_file() for place in places)


class _Loader(SourceFileLoader):
    """Loads a source file of such a package."""

    def __init__(self, name: str, path: str, package: _Package) -> None:
        super().__init__(name, path)
        self._package = package

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code."""
        self._package.prepare(module)
        super().exec_module(module)

"""Where code comes from: this project, the standard library, an installed distribution, or the
engine itself.

Owns: sorting files and modules by origin, and which distributions a module comes with. Installed
code that no distribution holds counts as the project's.
"""

from __future__ import annotations

import os
import re
import sys
import sysconfig
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType

from store.fingerprint.distributions import (
    Distributions,
    editable,
    folder_of,
    in_namespace,
    of_top_level,
    version,
    with_required,
)

__all__ = [
    "PROJECT",
    "distributions_of",
    "file_of",
    "is_shared",
    "of_file",
    "of_module",
    "place_of",
    "required_by",
    "root_of",
]

PROJECT, STDLIB, INSTALLED, ENGINE, UNKNOWN = "project", "stdlib", "installed", "engine", "unknown"

_ROOT = Path(__file__).parents[2]
_ENGINE = (f"{_ROOT / 'store'}{os.sep}", f"{_ROOT / 'flows'}{os.sep}")
_TASKS = f"{_ROOT / 'tasks'}{os.sep}"
_STDLIB = tuple(
    {f"{os.path.realpath(sysconfig.get_path(name))}{os.sep}" for name in ("stdlib", "platstdlib")}
    | {f"{sysconfig.get_path(name)}{os.sep}" for name in ("stdlib", "platstdlib")}
)
_modules: dict[str, str] = {}
_shared: dict[str, bool] = {}
_SITE = re.compile(r"[\\/](site|dist)-packages[\\/]")


@cache
def of_file(name: str) -> str:
    """The origin of a file of code. Installed code without a distribution counts as the
    project's."""
    if name.startswith(_TASKS):
        return PROJECT
    if name.startswith(_ENGINE):
        return ENGINE
    if name.startswith("<"):
        return STDLIB if name.startswith("<frozen") else UNKNOWN
    if _SITE.search(name):
        return INSTALLED
    return STDLIB if name.startswith(_STDLIB) else PROJECT


def of_module(name: str) -> str:
    """The origin of a module by name."""
    found = _modules.get(name)
    if found is None:
        found = _find_origin(name)
        if name in sys.modules:
            _modules[name] = found
    return found


def _find_origin(name: str) -> str:
    module = sys.modules.get(name)
    file = file_of(module) if module else ""
    origin = of_file(file) if file else UNKNOWN
    if origin == UNKNOWN and name.partition(".")[0] in sys.stdlib_module_names:
        return STDLIB
    if origin == INSTALLED and not distributions_of(name):
        return PROJECT
    return origin


def file_of(module: ModuleType) -> str:
    """The file of a module, or the folder of a package without one."""
    # Not by getattr: a module's own `__getattr__` may answer to anything.
    file = vars(module).get("__file__")
    if file:
        return str(file)
    paths = vars(module).get("__path__")
    return f"{next(iter(paths), '')}{os.sep}" if paths else ""


@cache
def root_of(module_name: str, file: str) -> str:
    """The folder that a module's top-level package lies in."""
    levels = 1 if module_name == "__main__" else len(module_name.split("."))
    place = Path(file)
    parents = place.parents
    return str(parents[min(levels - (place.name != "__init__.py"), len(parents) - 1)])


@cache
def _shown(module_name: str, file: str) -> str:
    return file if file.startswith("<") else os.path.relpath(file, root_of(module_name, file))


def place_of(module_name: str, file: str, line: int) -> str:
    """`path:line`, the path as seen from the folder of the top-level package."""
    return f"{_shown(module_name, file)}:{line}"


def distributions_of(module_name: str) -> Distributions:
    """(name, version) of the distributions that hold a module's top-level package, or the module
    itself where several of them share that package."""
    return _distributions(module_name.partition(".")[0], module_name, tuple(sys.path))


def required_by(module_name: str) -> Distributions:
    """The distributions that hold an installed module, and all that they require."""
    return _required(distributions_of(module_name), tuple(sys.path))


_required = cache(with_required)


@cache
def _distributions(top: str, module_name: str, path: tuple[str, ...]) -> Distributions:
    if is_shared(top):
        return in_namespace(module_name, path)
    if top != module_name:
        return _distributions(top, top, path)
    module = sys.modules.get(top)
    file = file_of(module) if module else ""
    if file and of_file(file) == PROJECT and not _SITE.search(file):
        return _of_project_file(top, file, path)
    return of_top_level(top, path)


def is_shared(top: str) -> bool:
    """Whether several distributions may share a top-level package: it has no file of its own, and
    lies among installed packages."""
    found = _shared.get(top)
    if found is None:
        found = _shared[top] = _is_shared(top)
    return found


def _is_shared(top: str) -> bool:
    module = sys.modules.get(top)
    if module is not None:
        places = vars(module).get("__path__", ()) if not vars(module).get("__file__") else ()
    else:
        spec = PathFinder.find_spec(top) if top and top not in sys.stdlib_module_names else None
        places = spec.submodule_search_locations or () if spec and not spec.origin else ()
    return any(_SITE.search(f"{place}{os.sep}") for place in places)


def _of_project_file(top: str, file: str, path: tuple[str, ...]) -> Distributions:
    """A distribution installed editable, or one whose metadata lies beside the package."""
    for folder, source in editable(path):
        if file.startswith(f"{source}{os.sep}"):
            return (version(folder),)
    beside = folder_of(top, path)
    if beside and Path(beside).parent == Path(root_of(top, file)):
        return (version(beside),)
    return ()

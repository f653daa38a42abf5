"""Where code comes from: this project, the standard library, an installed distribution, or the
engine itself.

Owns: sorting files and modules by origin, and the versions of distributions, read from the
`.dist-info` folders beside the installed packages; `importlib.metadata` is only asked where a
module is not named like its distribution, since importing it costs more than a warm fingerprint.

Does not promise: to notice an installed file that was edited by hand. Installed code counts by its
version.
"""

from __future__ import annotations

import json
import os
import re
import sys
import sysconfig
from functools import cache
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote, urlsplit

__all__ = ["PROJECT", "distributions_of", "of_file", "of_module", "place_of", "root_of"]

PROJECT, STDLIB, INSTALLED, ENGINE, UNKNOWN = "project", "stdlib", "installed", "engine", "unknown"

Distributions = tuple[tuple[str, str], ...]
"""(name, version) of each."""

_ROOT = Path(__file__).parents[2]
_ENGINE = (f"{_ROOT / 'store'}{os.sep}", f"{_ROOT / 'flows'}{os.sep}")
_TASKS = f"{_ROOT / 'tasks'}{os.sep}"
_STDLIB = tuple(
    {f"{os.path.realpath(sysconfig.get_path(name))}{os.sep}" for name in ("stdlib", "platstdlib")}
    | {f"{sysconfig.get_path(name)}{os.sep}" for name in ("stdlib", "platstdlib")}
)
_modules: dict[str, str] = {}
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
    """(name, version) of the distributions that hold a module's top-level package."""
    return _distributions(module_name.partition(".")[0], tuple(sys.path))


@cache
def _distributions(top: str, path: tuple[str, ...]) -> Distributions:
    module = sys.modules.get(top)
    file = file_of(module) if module else ""
    if file and of_file(file) == PROJECT and not _SITE.search(file):
        return _of_project_file(top, file, path)
    folder = _installed(path).get(_normal(top))
    if folder:
        return (_version(folder),)
    from importlib.metadata import packages_distributions

    names = sorted(set(packages_distributions().get(top, ())))
    found = [_installed(path).get(_normal(name)) for name in names]
    return tuple(_version(folder) for folder in found if folder)


def _of_project_file(top: str, file: str, path: tuple[str, ...]) -> Distributions:
    """A distribution installed editable, or one whose metadata lies beside the package."""
    for folder, source in _editable(path):
        if file.startswith(f"{source}{os.sep}"):
            return (_version(folder),)
    beside = _installed(path).get(_normal(top))
    if beside and Path(beside).parent == Path(root_of(top, file)):
        return (_version(beside),)
    return ()


@cache
def _installed(path: tuple[str, ...]) -> dict[str, str]:
    """Metadata folders by normalised distribution name, the first on sys.path winning."""
    found: dict[str, str] = {}
    for place in path:
        try:
            names = sorted(item.name for item in Path(place).iterdir())
        except OSError:
            continue
        for name in names:
            if name.endswith((".dist-info", ".egg-info")):
                plain = _normal(name.rpartition(".")[0].partition("-")[0])
                found.setdefault(plain, str(Path(place, name)))
    return found


@cache
def _editable(path: tuple[str, ...]) -> list[tuple[str, str]]:
    """(metadata folder, source folder) of the distributions that are installed editable."""
    found = []
    for folder in _installed(path).values():
        try:
            text = Path(folder, "direct_url.json").read_bytes()
        except OSError:
            continue
        data = json.loads(text)
        if data.get("dir_info", {}).get("editable"):
            found.append((folder, unquote(urlsplit(data["url"]).path)))
    return found


def _version(folder: str) -> tuple[str, str]:
    """Name and version from a metadata folder; its own name says both where the file is missing."""
    stem = Path(folder).name.rpartition(".")[0]
    name, _, version = stem.partition("-")
    for file in ("METADATA", "PKG-INFO"):
        try:
            text = Path(folder, file).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        head = text.partition("\n\n")[0]
        fields = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
        return fields.get("Name", name), fields.get("Version", version)
    return name, version


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()

"""What a free reference refers to now: in closures, module globals, builtins and modules.

Owns: looking references up in the live process. A module that is not loaded yet is imported when it
is of the project, since what it holds cannot be known otherwise, and only named when it is not.
"""

from __future__ import annotations

import builtins
import importlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.machinery import PathFinder
from types import CellType, FunctionType, MappingProxyType, ModuleType
from typing import Any, NamedTuple

from store.fingerprint import origin
from store.fingerprint.scope import Ref

__all__ = [
    "Constant",
    "Environment",
    "External",
    "Found",
    "Missing",
    "find",
    "is_patched",
    "load",
    "meant",
    "module_named",
]

_ABSENT = object()


class Environment(NamedTuple):
    """Where a definition's names are looked up: its closure, then its module, then the builtins."""

    module: str
    variables: Mapping[str, Any]
    cells: Mapping[str, CellType] = MappingProxyType({})


class Found(NamedTuple):
    """A live value, the module and name that it was found under, and the attributes then read from
    it."""

    value: Any
    module: str
    name: str
    attrs: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Constant:
    """A value as an argument or a dependency, that counts as the module-level name does which it was
    found under: `module` may be empty where there is none."""

    name: str
    value: object
    module: str = ""


class External(NamedTuple):
    """Something of a module outside the project, by name."""

    module: str
    attrs: tuple[str, ...]


class Missing(NamedTuple):
    """Nothing, for now; `note` says so where that could matter."""

    note: str = ""


def find(ref: Ref, env: Environment) -> Found | External | Missing:
    """Look a reference up. `OWN_MODULE` gives the module of the environment."""
    attrs = ref.attrs
    kind, space, rest = ref.root.partition(" ")
    if not space and kind in env.variables and kind not in env.cells:
        found = Found(env.variables[kind], env.module, kind, attrs)
        return _along(found, env) if attrs else found
    if kind == "own":
        return _in_module(env.module, (), env)
    if kind == "import":
        name = _computed(rest, env)
        return _in_module(_absolute(name, env), attrs, env) if name else Missing()
    if kind == "from":
        level, base, name = rest.split(" ")
        return _in_module(_absolute("." * int(level) + base, env), (name, *attrs), env)
    name = rest if kind == "global" else kind
    if kind != "global" and name in env.cells:
        try:
            value = env.cells[name].cell_contents
        except ValueError:  # an empty cell: not assigned yet
            return Missing()
        return _along(Found(value, "", name, attrs), env)
    if name in env.variables:
        return _along(Found(env.variables[name], env.module, name, attrs), env)
    value = vars(builtins).get(name, _ABSENT)
    if value is _ABSENT:
        return Missing()
    if is_patched(value):
        return Found(value, "builtins", name, attrs)
    return External("builtins", (name, *attrs))


def is_patched(value: Any) -> bool:
    """Whether something found outside the project is a function or class that the project put
    there."""
    if isinstance(value, FunctionType):
        return origin.of_file(value.__code__.co_filename) == origin.PROJECT
    return isinstance(value, type) and origin.of_module(value.__module__) == origin.PROJECT


def load(name: str, env: Environment) -> None:
    """Import a module of the project that an import inside a function names, if it is one: it may
    change what other modules hold."""
    name = _absolute(name, env)
    package, _, last = name.rpartition(".")
    if not package or last not in vars(sys.modules.get(package, builtins)):
        module_named(name)


def _computed(name: str, env: Environment) -> str:
    """A name that may be written `@VARIABLE`; empty where the variable holds no string."""
    if not name.startswith("@"):
        return name
    found = find(Ref(name[1:], (), False), env)
    value = found.value if isinstance(found, Found) else ""
    return value if isinstance(value, str) else ""


def _absolute(name: str, env: Environment) -> str:
    level = len(name) - len(name.lstrip("."))
    if not level:
        return meant(name, env.variables)
    package = env.variables.get("__package__") or env.module.rpartition(".")[0]
    base = package.rsplit(".", level - 1)[0] if level > 1 else package
    return f"{base}.{name[level:]}".strip(".")


def meant(name: str, variables: Mapping[str, Any]) -> str:
    """What an absolute import in a module with these globals names: a loader that looks elsewhere
    first puts a function there, `__memo_absolute__`, which says so."""
    absolute = variables.get("__memo_absolute__")
    return str(absolute(name)) if callable(absolute) else name


def _in_module(name: str, attrs: tuple[str, ...], env: Environment) -> Found | External | Missing:
    module = module_named(name)
    if isinstance(module, ModuleType):
        return _along(Found(module, name, "", attrs), env)
    return External(name, attrs) if module is None else module


def _along(found: Found, env: Environment) -> Found | External | Missing:
    """Follow attributes through modules, as far as there are modules.

    What lies outside the project counts by the path that leads there, which is the same whether or
    not its modules are loaded yet.
    """
    outside: External | None = None
    while found.attrs and isinstance(found.value, ModuleType):
        module, name = found.value, _computed(found.attrs[0], env)
        if not name:
            # The attribute's name is not a string of now: the whole module counts.
            return Found(module, found.module, found.name, ())
        value = vars(module).get(name, _ABSENT)
        if origin.of_module(module.__name__) != origin.PROJECT and not is_patched(value):
            way_in = module.__name__ if found.name else found.module
            outside = outside or External(way_in, (name, *found.attrs[1:]))
            if not isinstance(value, ModuleType):
                return outside
        if value is _ABSENT:
            own = vars(module)
            below = module_named(f"{module.__name__}.{name}") if "__path__" in own else None
            if isinstance(below, ModuleType):
                value = below
            elif type(module) is not ModuleType and not isinstance(below, Missing):
                return Found(type(module), module.__name__, "__class__", found.attrs)
            elif "__getattr__" in own:
                way = (name, *found.attrs[1:])
                return Found(own["__getattr__"], module.__name__, "__getattr__", way)
            else:
                return Missing()
        found = Found(value, module.__name__, name, found.attrs[1:])
    return found


def module_named(name: str) -> ModuleType | Missing | None:
    """A module that is loaded, or of the project; None for another one. `Missing` where it cannot
    be."""
    module = sys.modules.get(name)
    if module is not None:
        return module
    top = name.partition(".")[0]
    if top in sys.modules:
        kind = origin.of_module(top)
    elif top in sys.stdlib_module_names:
        return None
    else:
        spec = PathFinder.find_spec(top)
        if spec is None:
            return Missing()
        place = spec.origin or next(iter(spec.submodule_search_locations or ()), "") + "/"
        kind = origin.of_file(place)
    if kind != origin.PROJECT:
        return None
    try:
        return importlib.import_module(name)
    except Exception as error:  # a module of the project may raise anything
        return Missing(f"{name} cannot be imported ({type(error).__name__}: {error})")

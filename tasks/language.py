"""DSLs: which names programs may use, what those stand for, and which kind of grids they take.

Owns: opening a DSL by a module's name, a file or a folder. A module says what its primitives are by
PRIMITIVES (values by name) or by `__all__`; of any other, public functions that it or a module
beside it defines are primitives, and so is every public constant. Its annotations say whether grids
are tuples of tuples or arrays.

Does not promise: a sandbox. A DSL is the user's code; opening it runs its modules.
"""

from __future__ import annotations

import contextlib
import decimal
import importlib
import sys
import traceback
import types
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, partial
from hashlib import blake2b
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np

from tasks import foreign
from tasks.annotated import grid_kind
from tasks.errors import UnusableDsl
from tasks.foreign import load_file, plain_name
from tasks.form import Form
from tasks.nearest import nearest_file

__all__ = ["BUILT_IN", "Dsl", "GridKind", "named_in", "open_dsl"]

GridKind: TypeAlias = Literal["array", "tuple", "own array"]
"""What a DSL's grids are: NumPy arrays of uint8, or tuples of rows, each a tuple of ints. Programs share
arrays where its primitives write to nothing that they are given (PURE = True in its module says so);
otherwise each has arrays of its own."""

_CHOICES = ("tuple", "array")
BUILT_IN = "tasks.dsl"
_SAID = {"PURE", "PRELOAD", "MODULE_OF"}
"""Names by which a module says something of its DSL; no primitives."""

_IN_A_FOLDER = ("dsl.py", "constants.py")
_OURS = ("<frozen ", importlib.__file__, __file__, foreign.__file__)


@dataclass(frozen=True, eq=False)
class Dsl:
    """A DSL: a module's name or an absolute path, the kind of its grids, its primitives by name, and the
    modules that it was loaded from, with the digests of their files.

    `settings`: what loading it has set in the whole process. `bound`: by which name of which module,
    as it is loaded, each primitive is bound. `homes`: the module that each name can
    be imported from, where the DSL's folder is on the path.
    `preload`: modules that the primitives import when they are first needed, as PRELOAD in their own
    modules says.
    """

    source: str
    grid: GridKind
    primitives: Mapping[str, object]
    settings: tuple[tuple[str, str], ...]
    bound: Mapping[str, tuple[str, str]]
    homes: Mapping[str, str]
    preload: tuple[str, ...]
    files: tuple[tuple[str, str], ...]

    @cached_property
    def at(self) -> str:
        """What another process opens the very same DSL by: a line with `source`, then one for each
        module, the digest of its file before its name, for it may lie elsewhere on another machine.
        `open_dsl` refuses it where a file is another by now."""
        return "\n".join([self.source, *(f"{digest} {module}" for module, digest in self.files)])

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names that its programs may use, sorted."""
        return tuple(sorted(self.primitives))


@cache
def open_dsl(source: str, grid: str = "") -> Dsl:
    """The DSL at `source`: a module's name, a file, a package's folder, or a folder with a `dsl.py`
    (and a `constants.py`). `grid` overrides what its annotations say.

    Raises UnusableDsl where it cannot be loaded, names no primitives, or leaves its grids open.
    """
    before = _settings()
    source, *expected = source.split("\n")
    place, modules = _modules_of(source)
    files = tuple(sorted(_files_of(modules)))
    _refuse_edited(source, expected, files)
    settings = tuple(sorted(_settings() - before))
    primitives: dict[str, object] = {}
    bound: dict[str, tuple[str, str]] = {}
    homes: dict[str, str] = {}
    for module in modules:
        found = _primitives_of(source, module)
        primitives |= found
        said = _modules_said_by(source, module)
        bound |= {name: _bound_in(module, said, name, value) for name, value in found.items()}
        homes |= {**dict.fromkeys(found, plain_name(module)), **said}
    if not primitives:
        raise UnusableDsl(source, "it has no public functions or constants")
    is_pure = all(vars(module).get("PURE") is True for module in modules)
    kind = _chosen_kind(source, grid or grid_kind(primitives), is_pure)
    return Dsl(place, kind, primitives, settings, bound, homes, _preload(primitives), files)


def _chosen_kind(source: str, kind: str, is_pure: bool) -> GridKind:
    if kind == "tuple":
        return "tuple"
    if kind in ("array", "own array"):
        return "array" if is_pure and kind == "array" else "own array"
    if kind:
        raise UnusableDsl(source, f"a grid is {' or '.join(_CHOICES)}, not {kind!r}")
    raise UnusableDsl(source, "its annotations do not say what a grid is; add --grid tuple or --grid array")


def _settings() -> set[tuple[str, str]]:
    """What code can set for the whole process, and programs then run under."""
    context = decimal.getcontext()
    found: dict[str, object] = {
        "recursion limit": sys.getrecursionlimit(),
        "int digits": sys.get_int_max_str_digits(),
        "decimal context": (context.prec, context.rounding),
        "warnings": [entry[:1] for entry in warnings.filters if entry[0] == "error"],
        **{f"numpy {name}": how for name, how in np.geterr().items()},
    }
    return {(name, str(value)) for name, value in found.items()}


# What a DSL holds counts elsewhere: the key of a row has the primitives that its program names, and the
# kind of grids. How it is found then does not; raise this where a change finds something else.
open_dsl.__memo_version__ = "1"  # type: ignore[attr-defined]  # read by the fingerprint


def named_in(values: Mapping[str, object], always: tuple[object, ...], form: Form) -> tuple[object, ...]:
    """The values by name of those names that a canonical form uses, in the order of `form.names`; then
    what `always` counts."""
    return (*[values[name] for name in form.names], *always)


# -- modules ---------------------------------------------------------------------------------


def _modules_of(source: str) -> tuple[str, list[types.ModuleType]]:
    """Where a DSL is, whatever the working directory, and its modules, loaded."""
    path = Path(source)
    if not path.exists():
        if path.suffix == ".py" or len(path.parts) > 1:
            raise UnusableDsl(source, f"there is no such file or folder{_meant(path)}")
        return source, [_loaded(source, partial(importlib.import_module, source))]
    files = [path]
    if path.is_dir():
        package = path / "__init__.py"
        files = [package] if package.is_file() else [path / name for name in _IN_A_FOLDER]
        files = [file for file in files if file.is_file()]
        if not files:
            raise UnusableDsl(source, "the folder holds neither __init__.py nor dsl.py; name a file")
    return str(path.resolve()), [_loaded(source, partial(load_file, file)) for file in files]


def _meant(path: Path) -> str:
    near = nearest_file(path, (".py",))
    return f"; did you mean {near!r}?" if near is not None else ""


def _loaded(source: str, load: Callable[[], types.ModuleType]) -> types.ModuleType:
    try:
        with contextlib.redirect_stdout(sys.stderr):  # what a module prints is no part of a report
            return load()
    except (
        Exception,
        SystemExit,
        GeneratorExit,
    ) as error:  # a DSL's modules may raise anything while they are imported
        if isinstance(error, ModuleNotFoundError) and f"{source}.".startswith(f"{error.name}."):
            reason = f"there is no such module, file or folder{_meant(Path(source))}"
            raise UnusableDsl(source, reason) from None
        raise UnusableDsl(source, f"it cannot be imported: {_described(error)}") from error


def _described(error: BaseException) -> str:
    """An error with the place in the user's code where it was raised."""
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg} ({error.filename}:{error.lineno})"
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [frame for frame in frames if not frame.filename.startswith(_OURS)]
    where = f" ({theirs[-1].filename}:{theirs[-1].lineno})" if theirs else ""
    return f"{type(error).__name__}: {error}{where}"


def _files_of(modules: list[types.ModuleType]) -> Iterator[tuple[str, str]]:
    """Modules and those beside and below them, with the digests that their files have now."""
    folders = {module.__name__ if "__path__" in vars(module) else module.__package__ for module in modules}
    for name, module in sorted(sys.modules.items()):
        beside = any(name == folder or name.startswith(f"{folder}.") for folder in folders if folder)
        if beside or module in modules:
            file = vars(module).get("__file__")
            if isinstance(file, str):
                yield plain_name(module), _digest(file)


def _digest(file: str) -> str:
    try:
        return blake2b(Path(file).read_bytes(), digest_size=8).hexdigest()
    except OSError:
        return "gone"


def _refuse_edited(source: str, expected: list[str], files: tuple[tuple[str, str], ...]) -> None:
    """Raise UnusableDsl where a file is not what it was for whoever sent us here. What only one side
    has loaded so far is not compared."""
    found = dict(files)
    for line in expected:
        digest, _, module = line.partition(" ")
        if found.get(module, digest) != digest:
            raise UnusableDsl(source, f"edited during the run, so run again: module {module}")


# -- names -----------------------------------------------------------------------------------


def _primitives_of(source: str, module: types.ModuleType) -> Mapping[str, object]:
    offered = vars(module)
    if "PRIMITIVES" in offered:
        return _by_name(source, offered["PRIMITIVES"])
    if "__all__" in offered:
        names = offered["__all__"]
        if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
            raise UnusableDsl(source, "its __all__ is no list of names")
        missing = [name for name in names if name not in offered]
        if missing:
            raise UnusableDsl(source, f"its __all__ names {missing[0]!r}, which it does not have")
        return _by_name(source, {name: offered[name] for name in names})
    root = module.__name__.partition(".")[0]
    return {
        name: value
        for name, value in offered.items()
        if not name.startswith("_") and name not in _SAID and _is_public(name, value, root)
    }


def _modules_said_by(source: str, module: types.ModuleType) -> Mapping[str, str]:
    """MODULE_OF of a module: where each name can be imported from."""
    said = vars(module).get("MODULE_OF", {})
    if not isinstance(said, Mapping) or not all(isinstance(each, str) for each in said.values()):
        raise UnusableDsl(source, "its MODULE_OF is no dict of modules' names by name")
    return said


def _bound_in(module: types.ModuleType, said: Mapping[str, str], name: str, value: object) -> tuple[str, str]:
    """The module and the name that hold a primitive; where it stands in a dict alone, that."""
    home = sys.modules.get(said.get(name, module.__name__), module)
    if vars(home).get(name, home) is value:
        return home.__name__, name
    return module.__name__, "PRIMITIVES"


def _by_name(source: str, found: object) -> Mapping[str, object]:
    """Primitives by name, as a module says them."""
    if not isinstance(found, Mapping) or not all(isinstance(name, str) for name in found):
        raise UnusableDsl(source, "its PRIMITIVES are no dict of values by name")
    for name, value in found.items():
        if isinstance(value, types.ModuleType):
            raise UnusableDsl(source, f"{name!r} is a module, which no program can use")
    return found


def _is_public(name: str, value: object, root: str) -> bool:
    """Whether a public name is a primitive: no module, no class or type, and no function that was
    only imported from elsewhere (one that got another name here counts)."""
    if isinstance(value, types.ModuleType | type | types.GenericAlias | types.UnionType):
        return False
    if type(value).__module__ in ("typing", "__future__"):
        return False
    if not callable(value):
        return True
    home = getattr(value, "__module__", None) or ""
    return home == root or home.startswith(f"{root}.") or getattr(value, "__name__", None) != name


def _preload(primitives: Mapping[str, object]) -> tuple[str, ...]:
    homes = {getattr(primitive, "__module__", None) for primitive in primitives.values()}
    modules = [sys.modules.get(home) for home in sorted(home for home in homes if isinstance(home, str))]
    named = [vars(module).get("PRELOAD", ()) for module in modules if module is not None]
    return tuple(name for names in named if isinstance(names, tuple | list) for name in names)

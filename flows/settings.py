"""Settings of the ARC flow: defaults, then a config file, then the command line.

Owns: every setting with its unit and default, and the reading of config files. An unknown key or a
value of a wrong type is refused, naming the key, the file and the nearest known key.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.errors import BadSettings

__all__ = ["Settings", "read_settings"]


@dataclass(frozen=True)
class Settings:
    """One run of the ARC flow. The fields are the keys of config files."""

    dataset: str = "arcagi"
    """arcagi, arcagi2, or a path to a puzzle file, a folder of them, or a Kaggle challenges file."""
    split: str = "training"
    """training or evaluation."""
    dsl: str = "tasks.dsl"
    """The DSL: a module's name, a file, or a folder. In a config also a table with path or module,
    and grid."""
    grid: str = ""
    """What the DSL's grids are, tuple or array; empty: what its annotations say."""
    programs: tuple[str, ...] = ()
    """Files or folders of programs, which are tried instead of those that come with memoflow."""
    own: bool = False
    """Try a program called solve_<puzzle id> on that puzzle alone, and others not at all."""
    puzzle: tuple[str, ...] = ()
    """Puzzle ids; none means all."""
    limit: int = 0
    """Puzzles at most; 0 means no limit."""
    store: str = ".memoflow"
    """Directory of the store, or the URL of one in an object store."""
    layers: tuple[str, ...] = ()
    """Stores that are only read, looked through in order after `store`."""
    workers: int = 4
    """Worker processes of one thread; 0 runs in the client's process."""
    scheduler: str = ""
    """Address of a Dask scheduler to use instead of local workers."""
    dashboard: str = "127.0.0.1:8787"
    """Where local workers' Dask dashboard listens; another port is taken where that one is in use."""
    window: int = 32
    """Puzzles in flight at once."""
    differs: tuple[str, ...] = ()
    """Files of differs, or folders of them, beside the built-in ones."""
    seed: int = 0
    """Seed of what is proposed."""
    mutants: int = 0
    """Mutants of a puzzle's best candidates that are proposed in a second generation; 0 means none."""
    cpu_s: float = 0.5
    """CPU seconds, of the reference machine, that a program may use on one sample."""
    memory_mb: int = 512
    """MiB that a program may use on one sample."""
    batch: int = 50
    """Programs that are evaluated together in the sandbox; changes no verdict."""


_LEAST: Mapping[str, float] = {
    "limit": 0,
    "workers": 0,
    "window": 1,
    "mutants": 0,
    "cpu_s": 0.001,
    "memory_mb": 16,
    "batch": 1,
}

_KINDS = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    tuple: "a list of texts",
}
_DSL_KEYS = {"path": "dsl", "module": "dsl", "grid": "grid"}


def read_settings(config: Path | None, given: Mapping[str, Any]) -> Settings:
    """Settings from a config file, if any, overridden by the options that were given (None: not
    given). Raises `BadSettings`."""
    values = _read_config(config) if config is not None else {}
    options = {name: value for name, value in given.items() if value not in (None, ())}
    for name, value in options.items():
        _check_least(f"--{name}", name, value)
    return Settings(**values | options)


def _read_config(path: Path) -> dict[str, Any]:
    import tomllib  # most runs have no such file

    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSettings(str(path), f"cannot be read ({error.strerror}); name a TOML file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(str(path), f"is not TOML: {error}") from None
    fields = {field.name: field for field in dataclasses.fields(Settings)}
    _refuse_unknown(str(path), found, fields)
    if isinstance(found.get("dsl"), dict):
        found |= _dsl_table(path, found.pop("dsl"))
    return {key: _checked(path, key, value, fields[key].default) for key, value in found.items()}


def _refuse_unknown(where: str, found: Iterable[str], known: Iterable[str]) -> None:
    names = list(known)
    for key in found:
        if key not in names:
            near = difflib.get_close_matches(key, names, 1)
            mend = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(names)}"
            raise BadSettings(where, f"unknown key {key!r}; {mend}")


def _dsl_table(path: Path, table: Mapping[str, Any]) -> dict[str, Any]:
    """The settings in a table [dsl]."""
    _refuse_unknown(f"{path}, [dsl]", table, _DSL_KEYS)
    if "path" in table and "module" in table:
        raise BadSettings(f"{path}, [dsl]", "names a path and a module; name one of them")
    return {_DSL_KEYS[key]: value for key, value in table.items()}


def _checked(path: Path, key: str, value: Any, default: Any) -> Any:
    """The value in the type of the key's default."""
    if isinstance(default, float) and type(value) is int:
        value = float(value)
    if isinstance(default, tuple) and isinstance(value, list):
        value = tuple(value)
    texts = not isinstance(value, tuple) or all(isinstance(item, str) for item in value)
    if type(value) is not type(default) or not texts:
        raise BadSettings(f"{path}, {key}", f"{value!r} should be {_KINDS[type(default)]}")
    _check_least(f"{path}, {key}", key, value)
    return value


def _check_least(where: str, key: str, value: Any) -> None:
    if key in _LEAST and not _LEAST[key] <= value < math.inf:
        raise BadSettings(where, f"should be finite and at least {_LEAST[key]}, not {value}")

"""Settings of the ARC flow: defaults, then a config file, then the command line.

Owns: every setting with its unit and default, the reading of config files, and where the profiles
lie that come with memoflow. An unknown key or a value of a wrong type is refused, naming the key,
the file and the nearest known key.
"""

from __future__ import annotations

import dataclasses
import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from flows.errors import BadSettings
from flows.instances.instance import Instance
from flows.quantity import duration
from tasks.nearest import nearest, nearest_file
from tasks.outcome import Budget

__all__ = ["PROFILES", "Settings", "read_settings"]

PROFILES = Path(__file__).parents[1] / "configs"
"""The profiles: `configs/` lies beside this package in the repository and where it is installed."""


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
    workers: int = min(4, len(os.sched_getaffinity(0)))
    """Worker processes of one thread: 4, or as many as there are CPUs for this process, since one more
    costs 0.9 s of CPU to start and makes nothing faster. 0 runs in the client's process."""
    worker_memory_mb: int = 1024
    """MiB that a local worker may hold, its sandbox's programs not counted; a run that comes near puts
    less work into memory at once, and a worker that comes to it is ended. 0 means no limit."""
    scheduler: str = ""
    """Address of a Dask scheduler to use instead of local workers."""
    dashboard: str = "127.0.0.1:8787"
    """Where local workers' Dask dashboard listens; another port is taken where that one is in use."""
    window: int = 32
    """Puzzles in flight at once; fewer while workers are short of memory."""
    chunk_s: float = 1.0
    """Seconds of work in one chunk of rows: long enough to share steps of programs, short enough to
    spread."""
    deadline: float = 0.0
    """Seconds from the start of the process within which the run ends, with what is finished by then;
    also a text such as 11h30m. 0 means none."""
    instance: str = "1/1"
    """I/N for the I-th of N instances that share a store: where it begins, and that there are others."""
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
    batch: int = 500
    """Programs that are evaluated together in the sandbox; changes no verdict."""

    @property
    def budget(self) -> Budget:
        """What a program may use on one sample."""
        return Budget(self.cpu_s, self.memory_mb)

    @property
    def in_flight(self) -> int:
        """Puzzles that this run has in flight at once; how many workers a scheduler has, nobody knows yet."""
        beside = Instance.of(self.instance)
        return self.window if self.scheduler else beside.window(self.window, self.workers)


_LEAST: Mapping[str, float] = {
    "limit": 0,
    "workers": 0,
    "worker_memory_mb": 0,
    "window": 1,
    "chunk_s": 0.001,
    "deadline": 0,
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
    """Settings from a config file or the profile of that name, if any, overridden by the options that
    were given (None: not given). Raises `BadSettings`."""
    values = _read_config(_found(config)) if config is not None else {}
    options = {name: value for name, value in given.items() if value not in (None, ())}
    for name, value in options.items():
        _check(f"--{name}", name, value)
    return Settings(**values | options)


def _found(config: Path) -> Path:
    """The profile of that name where there is one, else the file."""
    profile = PROFILES / f"{config.name}.toml"
    return profile if config == Path(config.name) and profile.is_file() else config


def _read_config(path: Path) -> dict[str, Any]:
    import tomllib  # most runs have no such file

    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        profiles = sorted(file.stem for file in PROFILES.glob("*.toml"))
        near = nearest_file(path, (".toml",), folders=False) or nearest(path.name, profiles)
        mend = f"did you mean {near!r}?" if near else f"name a TOML file, or one of {', '.join(profiles)}"
        raise BadSettings(str(path), f"cannot be read ({error.strerror}); {mend}") from None
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
            near = nearest(key, names)
            mend = f"did you mean {near!r}?" if near is not None else f"known keys: {', '.join(names)}"
            raise BadSettings(where, f"unknown key {key!r}; {mend}")


def _dsl_table(path: Path, table: Mapping[str, Any]) -> dict[str, Any]:
    """The settings in a table [dsl]."""
    _refuse_unknown(f"{path}, [dsl]", table, _DSL_KEYS)
    if "path" in table and "module" in table:
        raise BadSettings(f"{path}, [dsl]", "names a path and a module; name one of them")
    return {_DSL_KEYS[key]: value for key, value in table.items()}


def _checked(path: Path, key: str, value: Any, default: Any) -> Any:
    """The value in the type of the key's default."""
    if key == "deadline" and isinstance(value, str):
        try:
            value = duration(value)
        except click.BadParameter as error:
            raise BadSettings(f"{path}, {key}", error.message) from None
    if isinstance(default, float) and type(value) is int:
        value = float(value)
    if isinstance(default, tuple) and isinstance(value, list):
        value = tuple(value)
    texts = not isinstance(value, tuple) or all(isinstance(item, str) for item in value)
    if type(value) is not type(default) or not texts:
        raise BadSettings(f"{path}, {key}", f"{value!r} should be {_KINDS[type(default)]}")
    _check(f"{path}, {key}", key, value)
    return value


def _check(where: str, key: str, value: Any) -> None:
    if key in _LEAST and not _LEAST[key] <= value < math.inf:
        least = f"at least {_LEAST[key]}" if math.isfinite(value) else "a finite number"
        raise BadSettings(where, f"should be {least}, not {value}")
    if key == "instance":
        try:
            Instance.of(value)
        except ValueError as error:
            raise BadSettings(where, str(error)) from None

"""Which differs a run has: the built-in ones and those that the settings name.

Owns: finding their files, and what they may name. `tasks.differ` reads and runs them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from flows.errors import BadSettings
from store import Store
from tasks.differ import Differ, differs_in, named_by
from tasks.differs import PRIMITIVES, differ_files
from tasks.score import Outputs

__all__ = ["Judges", "judges"]


@dataclass(frozen=True)
class Judges:
    """Differs, and `deps`, which names the primitives that their results depend on."""

    differs: tuple[Differ, ...]
    deps: Callable[[Outputs], tuple[object, ...]]


def judges(store: Store, paths: tuple[str, ...], dsl: Mapping[str, object]) -> Judges:
    """The differs of a run over a DSL. Raises `BadSettings` and `Refused`."""
    known = {**dsl, **PRIMITIVES}
    files = tuple(file for path in paths for file in _files(path))
    own = store.call(differs_in, differ_files(), tuple(sorted(PRIMITIVES)))
    given = store.call(differs_in, files, tuple(sorted(known))) if files else ()
    differs = (*own, *given)
    for name, count in Counter(each.name for each in differs).items():
        if count > 1:
            raise BadSettings("--differs", f"there are {count} differs {name!r}; rename one of them")
    named = sorted({name for each in differs for name in each.form.names})
    return Judges(differs, partial(named_by, tuple(known[name] for name in named)))


def _files(path: str) -> Iterator[Path]:
    place = Path(path)
    if place.is_dir():
        yield from sorted(place.glob("*.py"))
    elif place.is_file():
        yield place
    else:
        raise BadSettings("--differs", f"{path} is no file; name one with differs, or a folder of them")

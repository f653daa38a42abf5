"""Which differs a run has: the built-in ones and those that the settings name.

Owns: what they may name, and what their results depend on. `tasks.differ` reads and runs them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from flows.dependencies import always, by_name
from flows.errors import BadSettings
from store import Store
from tasks.differ import Differ, differs_in, named_by
from tasks.differs import PRIMITIVES, differ_files
from tasks.language import Dsl
from tasks.programs import program_files
from tasks.score import Outputs

__all__ = ["Judges", "judges"]


@dataclass(frozen=True)
class Judges:
    """Differs, and `deps`, which names the primitives that their results depend on."""

    differs: tuple[Differ, ...]
    deps: Callable[[Outputs], tuple[object, ...]]


def judges(store: Store, paths: tuple[str, ...], dsl: Dsl) -> Judges:
    """The differs of a run over a DSL. Raises `BadSettings` and `Refused`."""
    known = {False: PRIMITIVES, True: {**PRIMITIVES, **dsl.primitives}}
    differs: tuple[Differ, ...] = ()
    for own, files in ((False, differ_files()), (True, program_files(paths))):
        differs += store.call(differs_in, files, tuple(sorted(known[own])), own) if files else ()
    for name, count in Counter(each.name for each in differs).items():
        if count > 1:
            raise BadSettings("--differs", f"there are {count} differs {name!r}; rename one of them")
    named = sorted({(each.own, name) for each in differs for name in each.form.names})
    by_own = {own: by_name(primitives, dsl.bound) for own, primitives in known.items()}
    depends = [by_own[own][name] for own, name in named]
    return Judges(differs, partial(named_by, (*depends, *always(dsl))))

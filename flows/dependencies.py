"""What the rows of programs depend on beside their stage: the primitives that a program names.

Owns: how a DSL's names become what a row's key holds: functions by their code, constants by value
under their names, and what loading the DSL has set in the whole process, which every program runs
under.
"""

from __future__ import annotations

from collections.abc import Mapping

from store import Constant
from tasks.language import Dsl

__all__ = ["always", "by_name"]


def by_name(primitives: Mapping[str, object], bound: Mapping[str, tuple[str, str]]) -> dict[str, object]:
    """What a program depends on, by the names that it uses; `bound` says by which name of which module
    a primitive is bound."""
    depends = dict(primitives)
    for name, value in primitives.items():
        if not callable(value):
            module, known_as = bound.get(name, ("", name))
            depends[name] = Constant(known_as, value, module)
    return depends


def always(dsl: Dsl) -> tuple[object, ...]:
    """What every program over a DSL depends on."""
    return (Constant("settings of the process", dsl.settings),) if dsl.settings else ()

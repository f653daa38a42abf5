"""The stage `inline`: bodies become canonical forms, one for one.

A row depends on its body and the DSL's names alone, never on the rows beside it.
"""

from __future__ import annotations

from tasks.form import Form
from tasks.program import name_set, parse


def inline(bodies: list[str], names: tuple[str, ...]) -> list[Form]:
    """The canonical form of each body; `names` are those of the DSL.

    Raises Refused for a body that is no program over these names; those that `filter` kept are.
    """
    known = name_set(names)
    return [parse(body, known) for body in bodies]

"""The DSL: every primitive by its name, gathered from one module per idea.

Owns the names that a program may use. A name that two modules export is an error at import.
"""

from __future__ import annotations

from collections import Counter

from tasks.dsl import (
    arithmetic,
    canvas,
    colour,
    combinators,
    compare,
    components,
    condense,
    crop,
    denoise,
    direction,
    examples,
    fill,
    gravity,
    grouping,
    isolate,
    lines,
    masks,
    measure,
    morphology,
    mosaic,
    object_values,
    over_each,
    painting,
    palette,
    parts,
    periods,
    rays,
    relative,
    repair,
    samples,
    scale,
    selection,
    shift,
    sifting,
    split,
    symmetry,
    tile,
)

MODULES = (
    arithmetic,
    canvas,
    colour,
    combinators,
    compare,
    components,
    condense,
    crop,
    denoise,
    direction,
    examples,
    fill,
    gravity,
    grouping,
    isolate,
    lines,
    masks,
    measure,
    morphology,
    mosaic,
    object_values,
    over_each,
    painting,
    palette,
    parts,
    periods,
    rays,
    relative,
    repair,
    samples,
    scale,
    selection,
    shift,
    sifting,
    split,
    symmetry,
    tile,
)

PURE = True
"""Primitives write to nothing that they are given."""

PRIMITIVES: dict[str, object] = {name: getattr(module, name) for module in MODULES for name in module.__all__}

MODULE_OF: dict[str, str] = {name: module.__name__ for module in MODULES for name in module.__all__}
"""The module that each name is imported from."""


def _check_names() -> None:
    exports = Counter(name for module in MODULES for name in module.__all__)
    twice = sorted(name for name, count in exports.items() if count > 1)
    if twice:
        raise ImportError(f"two modules of tasks.dsl export {', '.join(twice)}; rename one of them")


_check_names()

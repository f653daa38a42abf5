"""The graph of a batch: how long its values live."""

from __future__ import annotations

import weakref
from dataclasses import replace

import numpy as np

from tasks.language import BUILT_IN, open_dsl
from tasks.program import parse
from tasks.sandbox.evaluate import Graph, Sheet
from tasks.sandbox.limits import Watch

GRID = np.zeros((2, 2), np.uint8)


def test_a_value_lives_until_the_last_program_that_reads_it_has_run() -> None:
    made: list[weakref.ref[np.ndarray]] = []

    def made_of(grid: np.ndarray) -> np.ndarray:
        copy = grid.copy()
        made.append(weakref.ref(copy))
        return copy

    primitives = {"made_of": made_of, "side": len}
    dsl = replace(open_dsl(BUILT_IN), primitives=primitives)
    bodies = ["side(made_of(I))", "side(I)", "made_of(I)", "side(I)"]
    batch = [parse(f"def program(I):\n    return {body}", frozenset(primitives)).packed for body in bodies]
    graph = Graph(dsl, batch, judging=False)
    sheet = Sheet(graph, (GRID, (), None), Watch())
    alive = []
    for plan in graph.plans:
        sheet.run(plan)  # type: ignore[arg-type]  # none of these is a Failure
        alive.append([each() is not None for each in made])
    assert alive == [[True], [True], [False], [False]]

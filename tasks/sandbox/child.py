"""What a forked child does: it evaluates the batches of a request and writes what it finds.

Every result in the file is final: it stands whatever happens to the child later. Anything but a
grid, an exception or a wrong value ends the child, and the parent decides what it means.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import count
from typing import TypeGuard

import numpy as np

from tasks.grid import COLOURS, EMPTY, MAX_SIDE, Grid, as_grid
from tasks.outcome import Invalid, Raised
from tasks.sandbox.evaluate import Failure, Graph, Plan, Sheet, describe, plain
from tasks.sandbox.limits import Overrun, Watch, limit_memory
from tasks.sandbox.progress import FORM, SAMPLE, STATE, WRITTEN, Progress, State
from tasks.sandbox.tell import TELL, tell
from tasks.sandbox.wire import Result, WireForm, WireOutcome, Work, grid_in, pack, unpack

_CELLS = bytes(range(COLOURS))
_UINT8 = np.dtype(np.uint8)


class Child:
    """A forked process's work on request after request."""

    def __init__(self, primitives: Mapping[str, object], progress: Progress, results: int) -> None:
        """`results` is the descriptor to which packed `Result`s go."""
        self._primitives = {**primitives, TELL: tell}
        self._cells = progress.cells
        self._results = results
        self._watch = Watch()
        self._bounded = False

    def serve(self, payload: bytes) -> State:
        """Does the packed `Work`; anything but DONE is for the process to end with."""
        try:
            self._evaluate(Work(*unpack(payload)))
            state = State.DONE
        except Overrun:
            state = State.TIMED_OUT
        except MemoryError:
            state = State.OUT_OF_MEMORY
        except BaseException as error:  # a fault of the sandbox must not look like a program's
            self._write(pack(describe(error)))
            state = State.FAILED
        self._cells[STATE] = state
        return state

    def _evaluate(self, work: Work) -> None:
        if not self._bounded:  # once, so that what a program leaves behind gives the next no more
            limit_memory(work.memory_bytes)
            self._bounded = True
        self._watch.start(work.limit_s)
        pairs = tuple((grid_in(given), grid_in(wanted)) for given, wanted in work.pairs)
        inputs = [grid_in(wire) for wire in work.inputs]
        for batch in work.batches:
            self._evaluate_batch(batch, inputs, pairs)

    def _evaluate_batch(
        self, batch: Sequence[WireForm], inputs: list[Grid], pairs: tuple[tuple[Grid, Grid], ...]
    ) -> None:
        graph = Graph(self._primitives, pairs)
        plans = [(form[0], graph.plan(form)) for form in batch]
        sheets = [Sheet(graph, grid, self._watch) for grid in inputs]
        outputs = np.empty((len(sheets), MAX_SIDE, MAX_SIDE), np.uint8)
        samples = list(zip(count(), sheets, outputs))
        for form, plan in plans:
            outputs.fill(EMPTY)
            self._cells[FORM] = form
            if isinstance(plan, Failure):
                outcomes, cpu_s = [plan.outcome] * len(sheets), 0.0
            else:
                self._watch.begin()
                outcomes, cpu_s = self._evaluate_form(plan, samples)
                self._watch.end()
            stack = outputs.tobytes() if None in outcomes else None
            self._write(pack(Result(form, cpu_s, outcomes, stack)))

    def _write(self, data: bytes) -> None:
        written = self._cells[WRITTEN]
        os.pwrite(self._results, data, written)
        self._cells[WRITTEN] = written + len(data)

    def _evaluate_form(
        self, plan: Plan, samples: list[tuple[int, Sheet, Grid]]
    ) -> tuple[list[WireOutcome], float]:
        watch, cells = self._watch, self._cells
        outcomes: list[WireOutcome] = []
        total_s = 0.0
        for sample, sheet, frame in samples:
            cells[SAMPLE] = sample
            watch.allow()
            value, charge_s = sheet.run(plan)
            if _is_plain_grid(value):
                height, width = value.shape
                frame[:height, :width] = value
                outcomes.append(None)
            elif type(value) is Failure:
                outcomes.append(value.outcome)
            else:
                outcomes.append(_convert(value, frame))
                charge_s += watch.lap()
            watch.check(charge_s)
            total_s += charge_s
        return outcomes, total_s


def _convert(value: object, frame: Grid) -> WireOutcome:
    """Puts what may be a grid in another guise into the corner of its frame; the outcome."""
    try:
        grid = as_grid(value)
    except ValueError as error:
        return Invalid.kind, plain(str(error))
    except (Overrun, MemoryError):
        raise
    except BaseException as error:  # its own code may run when NumPy makes an array of it
        return Raised.kind, describe(error)
    height, width = grid.shape
    frame[:height, :width] = grid
    return None


def _is_plain_grid(value: object) -> TypeGuard[Grid]:
    """Whether `as_grid` would return `value` itself; several times as fast."""
    return (
        type(value) is np.ndarray
        and value.dtype is _UINT8
        and value.ndim == 2
        and 0 < value.shape[0] <= MAX_SIDE
        and 0 < value.shape[1] <= MAX_SIDE
        and not value.tobytes().translate(None, _CELLS)
    )

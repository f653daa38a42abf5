"""What a forked child does: it evaluates the batches of a request and writes what it finds.

Every result in the file is final: it stands whatever happens to the child later. Anything but a
grid, an exception or a wrong value ends the child, and the parent decides what it means.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain, count
from typing import Any, TypeGuard

import numpy as np

from tasks.grid import COLOURS, EMPTY, MAX_SIDE, Grid, as_grid
from tasks.language import Dsl
from tasks.outcome import Invalid, Raised
from tasks.sandbox.evaluate import Failure, Graph, Plan, Sheet, describe, plain
from tasks.sandbox.judgement import judgement
from tasks.sandbox.limits import Overrun, Watch, limit_memory
from tasks.sandbox.progress import FORM, SAMPLE, STATE, WRITTEN, Progress, State
from tasks.sandbox.wire import (
    Result,
    Vocabulary,
    WireForm,
    WireGrid,
    WireOutcome,
    Work,
    grid_in,
    pack,
    unpack,
)

_GRAPHS = 4
"""How many batches' graphs are kept."""

_CELLS = bytes(range(COLOURS))
_UINT8 = np.dtype(np.uint8)
_STARTS = frozenset(("os.fork", "os.forkpty", "os.posix_spawn", "os.system", "subprocess.Popen"))


class Child:
    """A forked process's work on request after request."""

    def __init__(self, languages: Mapping[Vocabulary, Dsl], progress: Progress, results: int) -> None:
        """`results` is the descriptor to which packed `Result`s go."""
        self._languages = languages
        self._cells = progress.cells
        self._results = results
        self._watch = Watch()
        self._bounded = False
        # Puzzle after puzzle has the same programs.
        self._graph = lru_cache(_GRAPHS)(self._planned)
        sys.addaudithook(_refuse_processes)

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
        given = _tuples if self._languages[work.vocabulary].grid == "tuple" else grid_in
        pairs = tuple((given(one), given(other)) for one, other in work.pairs)
        cases = [(given(one), pairs, None if other is None else given(other)) for one, other in work.cases]
        for batch in work.batches:
            self._evaluate_batch(work.vocabulary, batch, cases)

    def _evaluate_batch(
        self, vocabulary: Vocabulary, batch: Sequence[WireForm], cases: list[tuple[Any, ...]]
    ) -> None:
        judging = vocabulary != "programs"
        graph = self._graph(vocabulary, tuple([packed for _, packed in batch]))
        sheets = [Sheet(graph, case, self._watch) for case in cases]
        outputs = np.empty((len(sheets), MAX_SIDE, MAX_SIDE), np.uint8)
        samples = list(zip(count(), sheets, outputs))
        for (form, _), plan in zip(batch, graph.plans, strict=True):
            outputs.fill(EMPTY)
            self._cells[FORM] = form
            if isinstance(plan, Failure):
                outcomes, cpu_s = [plan.outcome] * len(sheets), 0.0
            else:
                self._watch.begin()
                outcomes, cpu_s = self._evaluate_form(plan, samples, judging)
                self._watch.end()
            stack = outputs.tobytes() if None in outcomes else None
            self._write(pack(Result(form, cpu_s, outcomes, stack)))

    def _planned(self, vocabulary: Vocabulary, batch: tuple[bytes, ...]) -> Graph:
        return Graph(self._languages[vocabulary], batch, vocabulary != "programs")

    def _write(self, data: bytes) -> None:
        written = self._cells[WRITTEN]
        os.pwrite(self._results, data, written)
        self._cells[WRITTEN] = written + len(data)

    def _evaluate_form(
        self, plan: Plan, samples: list[tuple[int, Sheet, Grid]], judging: bool
    ) -> tuple[list[WireOutcome], float]:
        watch, cells = self._watch, self._cells
        outcomes: list[WireOutcome] = []
        total_s = 0.0
        for sample, sheet, frame in samples:
            cells[SAMPLE] = sample
            watch.allow()
            value, charge_s = sheet.run(plan)
            if type(value) is Failure:
                outcomes.append(value.outcome)
            elif judging:
                outcomes.append(judgement(value))
            elif _is_plain_grid(value):
                height, width = value.shape
                frame[:height, :width] = value
                outcomes.append(None)
            elif _put_tuples(value, frame):
                outcomes.append(None)
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
        if isinstance(value, list | tuple) and bool in set(map(type, chain.from_iterable(value))):
            raise ValueError("cells are integers, these are bool")  # NumPy makes them integers among such
    except ValueError as error:
        return Invalid.kind, plain(str(error))
    except (Overrun, MemoryError):
        raise
    except BaseException as error:  # its own code may run when NumPy makes an array of it
        return Raised.kind, describe(error)
    height, width = grid.shape
    frame[:height, :width] = grid
    return None


def _refuse_processes(event: str, _: tuple[Any, ...]) -> None:
    """What a program starts would outlive it, unlimited; a copy of this process would go on with the
    batch."""
    if event in _STARTS:
        raise PermissionError("a program may not start processes")


def _tuples(wire: WireGrid) -> tuple[tuple[int, ...], ...]:
    """A grid as DSLs have it whose grids are tuples."""
    return tuple(map(tuple, grid_in(wire).tolist()))


def _put_tuples(value: object, frame: Grid) -> bool:
    """Puts a grid of plain tuples of ints into the corner of its frame, many times as fast as
    `_convert`; False, with nothing put, for whatever it cannot be sure of."""
    if type(value) is not tuple or set(map(type, value)) != {tuple} or len(value) > MAX_SIDE:
        return False
    width = len(value[0])
    if not 0 < width <= MAX_SIDE or set(map(len, value)) != {width}:
        return False
    if set(map(type, chain.from_iterable(value))) != {int}:
        return False
    try:
        cells = b"".join(map(bytes, value))
    except ValueError:  # no byte
        return False
    if cells.translate(None, _CELLS):
        return False
    frame[: len(value), :width] = np.frombuffer(cells, np.uint8).reshape(len(value), width)
    return True


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

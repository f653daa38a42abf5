"""The sandbox as its users see it: forms and grids in, an evaluation per form out."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from functools import cache, partial
from weakref import WeakSet

from tasks.form import Form
from tasks.grid import Grid
from tasks.language import BUILT_IN, GridKind
from tasks.outcome import Budget
from tasks.sandbox.evaluation import Evaluation
from tasks.sandbox.link import Ending, Link, SandboxError
from tasks.sandbox.trial import Batch, Trial
from tasks.sandbox.wire import Vocabulary, WireCase, WireGrid, Work, grid_out

PATIENCE_S = 10.0

_WALL_PER_CPU = 20
_ATTEMPTS = 3


class Sandbox:
    """Evaluates forms over one DSL. Starts its process when first used, and again if that dies.

    Threads may share it, and wait for each other. A forked process must make its own.
    """

    def __init__(self, dsl: str = BUILT_IN, grid: GridKind = "array", patience_s: float = PATIENCE_S) -> None:
        """`dsl` and `grid` as `tasks.language.open_dsl` takes them.

        A sample may take `patience_s` seconds of wall time, and 20 for each CPU second it has.
        """
        self._dsl = dsl
        self._grid: GridKind = grid
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._link: Link | None = None
        self._past_s = 0.0

    @property
    def cpu_seconds(self) -> float:
        """CPU that the sandbox's processes had used when the last request ended."""
        return self._past_s + (self._link.cpu_seconds if self._link else 0.0)

    @property
    def pid(self) -> int | None:
        """The zygote's process, None while there is none."""
        return self._link.pid if self._link else None

    @property
    def speed_factor(self) -> float | None:
        """Seconds of this machine in a reference second; None while there is no process."""
        return self._link.speed_factor if self._link else None

    def evaluate(
        self,
        forms: Sequence[Form],
        inputs: Sequence[Grid],
        pairs: tuple[tuple[Grid, Grid], ...],
        budget: Budget,
        batch: int = 500,
    ) -> list[Evaluation]:
        """One evaluation per form, over all `inputs` (I); `pairs` are the train samples (S).

        Raises SandboxError when the DSL cannot be loaded or no process stays alive.
        """
        cases = [(grid_out(grid), None) for grid in inputs]
        return self._evaluations("programs", forms, cases, pairs, budget, batch)

    def judge(
        self,
        differs: Sequence[Form],
        cases: Sequence[tuple[Grid, Grid]],
        pairs: tuple[tuple[Grid, Grid], ...],
        budget: Budget,
        own: bool,
    ) -> list[Evaluation]:
        """As `evaluate`, for differs, on cases (I, C): an outcome is `Judged` where one returned a
        score and a detail. `own`: they are the user's, over this DSL too."""
        packed = [(grid_out(given), grid_out(answer)) for given, answer in cases]
        return self._evaluations(
            "own differs" if own else "differs", differs, packed, pairs, budget, len(differs)
        )

    def _evaluations(
        self,
        vocabulary: Vocabulary,
        forms: Sequence[Form],
        cases: Sequence[WireCase],
        pairs: tuple[tuple[Grid, Grid], ...],
        budget: Budget,
        batch: int,
    ) -> list[Evaluation]:
        if not forms or not cases:
            return [Evaluation((), None, 0.0) for _ in forms]
        numbered = [(number, form.packed) for number, form in enumerate(forms)]
        shown = [(grid_out(given), grid_out(wanted)) for given, wanted in pairs]
        with self._lock:
            run = partial(self._run, vocabulary, cases, shown, budget)
            try:
                return Trial(numbered, len(cases), run).evaluations(batch)
            except BaseException:  # also Ctrl-C: a child may still be at work
                self.close()
                raise

    def close(self) -> None:
        """Ends the sandbox's processes; the next evaluation starts them again."""
        if self._link is not None:
            self._past_s = self.cpu_seconds
            self._link.close()
            self._link = None

    def _run(
        self,
        vocabulary: Vocabulary,
        cases: Sequence[WireCase],
        pairs: Sequence[tuple[WireGrid, WireGrid]],
        budget: Budget,
        batches: Sequence[Batch],
        samples: range,
        alone: bool,
    ) -> Ending:
        """Has one child do the work; again in a new process where none came to begin."""
        some = cases[samples.start : samples.stop]
        for _ in range(_ATTEMPTS):
            try:
                if self._link is None:
                    self._link = Link(self._dsl, self._grid)
                limit_s = budget.cpu_s * self._link.speed_factor
                work = Work(batches, some, pairs, limit_s, budget.memory_mb << 20, vocabulary)
                wall_s = self._patience_s + _WALL_PER_CPU * limit_s
                ending = self._link.run(work, wall_s, alone)
            except ConnectionError:
                self.close()
                continue
            if ending.began:
                return ending
        raise SandboxError(self._dsl, f"its processes were ended from outside {_ATTEMPTS} times")


def shared(dsl: str = BUILT_IN, grid: GridKind = "array") -> Sandbox:
    """This process's sandbox over a DSL, kept for as long as the process lives."""
    return _of_process(dsl, grid, os.getpid())


def speed_factors() -> list[float]:
    """The speed factors of the sandboxes that this process shares and has used."""
    return [each.speed_factor for each in _known if each.speed_factor is not None]


_known: WeakSet[Sandbox] = WeakSet()


@cache
def _of_process(dsl: str, grid: GridKind, _pid: int) -> Sandbox:
    """By pid too, since a fork's copy of a sandbox is not its own."""
    sandbox = Sandbox(dsl, grid)
    _known.add(sandbox)
    return sandbox

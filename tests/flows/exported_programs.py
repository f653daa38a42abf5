"""A directory of exported programs, and what its files and its store say of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from command_line import Said, read_json, run_here

from flows.arc import best_nodes
from flows.flow import Flow
from flows.puzzles import chosen_puzzles
from flows.settings import Settings
from store import Store
from tasks.best import Best
from tasks.dsl import PRIMITIVES
from tasks.form import Form
from tasks.language import named_in
from tasks.outcome import Budget
from tasks.program import functions_in, parse
from tasks.puzzle import Puzzle
from tasks.validate import Verdict, validate

NAMES = frozenset(PRIMITIVES)
BEST = 5


@dataclass(frozen=True)
class Exported:
    """A directory with the best programs of some puzzles, its store, and what was said."""

    folder: Path
    said: Said

    @property
    def options(self) -> list[object]:
        return [*self.dataset(self.folder / "puzzles"), "--workers", 0, "--best", BEST]

    def dataset(self, path: Path) -> list[object]:
        return ["--dataset", path, "--store", self.folder / "store", "--out", self.out]

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def again(self, *options: object) -> dict[str, Any]:
        """Export once more; the JSON that it writes."""
        said = run_here("export", "arc", *self.options, "--json", self.folder / "said.json", *options)
        assert (said.code, said.err) == (0, "")
        counts: dict[str, Any] = read_json(self.folder / "said.json")
        return counts

    @property
    def settings(self) -> Settings:
        return Settings(str(self.folder / "puzzles"), store=str(self.folder / "store"))

    @property
    def flow(self) -> Flow:
        return Flow(Store(self.folder / "store"))

    @property
    def puzzles(self) -> dict[str, Puzzle]:
        return chosen_puzzles(self.settings)

    def best(self) -> dict[str, tuple[Best, ...]]:
        """What the store has, nothing being executed."""
        run = self.flow.run(list(best_nodes(self.flow, self.puzzles, self.settings, BEST)), workers=0)
        assert not run.executed
        return dict(zip(self.puzzles, run.value, strict=True))

    def forms(self, puzzle: str) -> list[Form]:
        """What a puzzle's file reads as."""
        text = (self.out / f"{puzzle}.py").read_text("utf-8")
        return [parse(source, NAMES, name) for name, source, _ in functions_in(text)]

    def verdicts(self, puzzle: str) -> tuple[list[Verdict], int]:
        """What the flow says of a file's programs, and how many it had to execute."""
        run = self.flow.run(
            self.flow.map(
                validate,
                self.forms(puzzle),
                partial(named_in, PRIMITIVES, ()),
                train=self.puzzles[puzzle].train,
                questions=self.puzzles[puzzle].questions,
                budget=Budget(self.settings.cpu_s, self.settings.memory_mb),
                grid="array",
            ),
            workers=0,
        )
        return run.value, run.rows_executed["validate"]

    def files(self) -> dict[str, tuple[int, int, bytes]]:
        """Each file: when it was written, which it is, and what it holds."""
        return {
            file.name: (file.stat().st_mtime_ns, file.stat().st_ino, file.read_bytes())
            for file in self.out.iterdir()
        }

    def changed(self, before: dict[str, tuple[int, int, bytes]]) -> set[str]:
        after = self.files()
        return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def exported(folder: Path) -> Exported:
    made = Exported(folder, Said(None, "", ""))
    return replace(made, said=run_here("export", "arc", *made.options))

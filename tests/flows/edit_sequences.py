"""Sequences of edits, and what a run after each one may do: the judge of `test_edit_sequences`.

Owns: the edits, how hypothesis draws them, and `Judge`, which remembers by its own account, without
any digest, what was computed under which code. It holds a run to that: what is new must run, once;
what is known may not; what was damaged may.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edited_project import EDITABLE, LAYOUTS, MODULES, PRIMITIVES, Project, reached
from edited_run import TARGETS
from hypothesis import strategies as st

__all__ = ["Damage", "Give", "Judge", "LayOut", "Rewrite", "Step", "sequences"]


@dataclass(frozen=True)
class Rewrite:
    """A line gets one of its texts; 0 is the file's own, so that this may undo an edit."""

    name: str
    text: int


@dataclass(frozen=True)
class LayOut:
    """A module's definitions are moved, or spaced and remarked upon: nothing may run again."""

    module: str
    layout: str


@dataclass(frozen=True)
class Give:
    """The flow gets another input."""

    name: str
    value: Any


@dataclass(frozen=True)
class Damage:
    """An object of the store is removed, or a byte in the middle of its file is flipped."""

    folder: str
    which: int
    flip: bool


@dataclass(frozen=True)
class Step:
    """Edits, then a run of some targets. A plan before it would set aside what is damaged."""

    edits: tuple[Rewrite | LayOut | Give | Damage, ...]
    targets: tuple[str, ...]
    planned: bool


def sequences(most: int) -> st.SearchStrategy[list[Step]]:
    """Lists of at most so many steps. Half of the edits are to code."""
    rewrites = st.sampled_from(
        [Rewrite(name, text) for name, line in EDITABLE.items() for text in range(len(line.texts))]
    )
    layouts = st.builds(LayOut, st.sampled_from(MODULES), st.sampled_from(LAYOUTS))
    programs = st.lists(st.sampled_from(PRIMITIVES), min_size=1, max_size=3).map(tuple)
    gifts = st.one_of(
        st.builds(Give, st.just("count"), st.integers(0, 9)),
        st.builds(Give, st.sampled_from(["rate", "start"]), st.integers(1, 3)),
        st.builds(
            Give, st.just("sizes"), st.lists(st.sampled_from([2, 7, 9, 14, 30]), max_size=4).map(tuple)
        ),
        st.builds(Give, st.just("programs"), st.lists(programs, min_size=1, max_size=4).map(tuple)),
    )
    folders = st.sampled_from(["arrays", "arrays", "entries", "entries/target", "rows", "runs"])
    damages = st.builds(Damage, folders, st.integers(0, 30), st.booleans())
    edits = st.lists(st.one_of(rewrites, rewrites, rewrites, layouts, gifts, damages), max_size=3)
    targets = st.just(TARGETS) | st.lists(st.sampled_from(TARGETS), min_size=1, max_size=4, unique=True)
    steps = st.builds(Step, edits.map(tuple), targets.map(tuple), st.booleans())
    return st.lists(steps, min_size=1, max_size=most)


Work = tuple[str, str, tuple[tuple[str, int], ...]]
"""One call or row: its stage, what it is given, and the version of all code that it reaches."""


class Judge:
    """Knows what was computed and kept, and what may have been lost."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.known: set[Work] = set()
        self.damaged: set[Work] = set()

    def apply(self, edit: Rewrite | LayOut | Give | Damage) -> None:
        match edit:
            case Rewrite(name, text):
                self.project.texts[name] = text
            case LayOut(module, layout):
                self.project.layouts[module] = layout
            case Give(name, value):
                self.project.inputs = dataclasses.replace(self.project.inputs, **{name: value})
            case Damage():
                self._lose(damage(self.project.folder / "store", edit))

    def judge(self, report: dict[str, Any]) -> None:
        """Hold one step's report to what must, may and must not happen."""
        expected, *others = report["values"]
        assert others == [expected] * 3, "warm, repeated or cold, the values are those of plain calls"
        needed = {self._work(*entry) for entry in report["needed"]}
        cold = [self._work(*entry) for entry in report["cold"]["ran"]]
        assert Counter(cold) == Counter(needed), "a cold run does everything once"
        ran = [self._work(*entry) for entry in report["warm"]["ran"]]
        assert len(ran) == len(set(ran)), "nothing runs twice"
        assert not needed - self.known - self.damaged - set(ran), "what is new runs"
        assert not set(ran) - (needed - self.known), "what is known does not run"
        assert report["again"]["ran"] == [], "a repeat runs nothing"
        assert {status for _, status, *_ in report["again"]["plan"]} == {"hit"}
        for name in ("warm", "again", "cold"):
            _check_counts(report[name])
            if report[name]["plan"]:
                _check_plan(report[name])
        self.known.update(ran)
        self.damaged.difference_update(ran)

    def _lose(self, stages: set[str]) -> None:
        lost = {work for work in self.known if work[0] in stages}
        self.known -= lost
        self.damaged |= lost

    def _work(self, stage: str, given: str) -> Work:
        names = [name for name in PRIMITIVES if stage == "evaluated" and f'"{name}"' in given]
        return stage, given, self.project.version(reached(stage, tuple(names)))


def damage(store: Path, edit: Damage) -> set[str]:
    """Damage one object below a folder of the store, if there is any; the stages it may be of."""
    files = sorted(path for path in (store / edit.folder).rglob("*") if path.is_file())
    if not files:
        return set()
    file = files[edit.which % len(files)]
    if edit.flip:
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    elif edit.folder == "arrays":
        shutil.rmtree(store / "arrays" / file.relative_to(store / "arrays").parts[0])
    else:
        file.unlink()
    if edit.folder == "arrays":
        return {"evaluated", "stacked"}
    return {file.relative_to(store).parts[1]}


def _check_counts(account: dict[str, Any]) -> None:
    """What a run counted is what was seen to run."""
    ran = Counter(stage for stage, _ in account["ran"])
    rows, executed = Counter(account["rows_executed"]), Counter(account["executed"])
    calls = executed.keys() - rows.keys()
    assert ran == rows + Counter({stage: executed[stage] for stage in calls})


def _check_plan(account: dict[str, Any]) -> None:
    """What a plan said is what the run then did."""
    assert account["planned"] == [], "a plan runs nothing"
    ran = Counter(stage for stage, _ in account["ran"])
    counts = {name: Counter(account[name]) for name in ("executed", "hits", "rows_executed", "rows_hit")}
    stages = {stage for stage, *_ in account["plan"]}
    assert counts["executed"].keys() | counts["hits"].keys() == stages
    for stage in stages:
        fates = [node[1:] for node in account["plan"] if node[0] == stage]
        missing = sum(missing for *_, missing in fates)
        run, pending = (sum(status == name for status, *_ in fates) for name in ("run", "pending"))
        executed = counts["executed"][stage]
        assert run <= executed <= run + pending, f"{stage}: {run} to run, {pending} pending, {executed} did"
        assert executed + counts["hits"][stage] == len(fates)
        assert all(missing > 0 for status, _, missing in fates if status == "run")
        assert missing <= ran[stage]
        if not pending:
            assert missing == ran[stage], f"{stage}: planned {missing}, ran {ran[stage]}"
            rows = sum(rows or 0 for _, rows, _ in fates)
            assert counts["rows_executed"][stage] + counts["rows_hit"][stage] == rows


def chosen(project: Project) -> Iterator[tuple[str, ...]]:
    """The programs that name only primitives which the project has."""
    late = project.texts.get("late", 0)
    return (program for program in project.inputs.programs if late or "late" not in program)

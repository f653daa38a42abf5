"""The project in `edited/` under edits: what can be edited, and what each stage can reach.

Above a line of that project, `#: NAME: TEXT` marks another text that the line can have; one marked
`same` may not make anything run again. Edits are chosen by NAME.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["EDITABLE", "LAYOUTS", "MODULES", "PRIMITIVES", "Inputs", "Project", "reached"]

LAYOUTS = ("as it is", "functions in reverse", "spaced")
PRIMITIVES = ("double", "clip", "lift", "late")

_MARK = re.compile(r"\s*#: (\w+)( same)?: (.*)")

_HELPED = {"unit", "core", "guarded", "default"}
_REACHED = {
    "numbers": {"numbers", *_HELPED},
    "digits": {"digits"},
    "split": {"split"},
    "priced": {"attribute", "method", "inherited", "override"},
    "labelled": {"labelled", "decorator", "lambda", "parameter", "bound"},
    "evaluated": set(),
    "stacked": {"stacked"},
    "report": set(),
    "tally": {"rename"},
    "tallied": {"rename"},
}
_REACHED_BY_PRIMITIVE = {"double": {"double"}, "clip": {"limit"}, "lift": _HELPED, "late": {"late"}}


def reached(stage: str, primitives: tuple[str, ...] = ()) -> set[str]:
    """The edits that a stage's result can depend on, where its item names these primitives."""
    return _REACHED[stage].union(*(_REACHED_BY_PRIMITIVE[name] for name in primitives))


@dataclass(frozen=True)
class Line:
    """The texts that a line can have; the first is the file's own, and those in `same` count as it."""

    texts: tuple[str, ...]
    name: str
    same: frozenset[int]


@dataclass(frozen=True)
class Inputs:
    """What the flow is given."""

    count: int = 6
    rate: int = 2
    start: int = 5
    sizes: tuple[int, ...] = (2, 7, 30)
    programs: tuple[tuple[str, ...], ...] = (
        ("double", "lift", "clip"),
        ("lift", "clip"),
        ("double", "double", "lift"),
    )


@dataclass
class Project:
    """A copy of the project in a folder: which text each line has, which layout each module."""

    folder: Path
    texts: dict[str, int] = field(default_factory=dict)
    layouts: dict[str, str] = field(default_factory=dict)
    inputs: Inputs = Inputs()

    def write(self) -> None:
        """Bring the files up to date; those that do not change are left alone."""
        for module, lines in SOURCES.items():
            chosen = (line.texts[self.texts.get(line.name, 0)] for line in lines)
            text = _laid_out("\n".join(chosen), self.layouts.get(module, LAYOUTS[0]))
            file = self.folder / "edited" / f"{module}.py"
            if not file.exists() or file.read_text() != text:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)

    def version(self, names: set[str]) -> tuple[tuple[str, int], ...]:
        """What counts of the lines of these names: equal wherever nothing may run again."""
        chosen = ((name, self.texts.get(name, 0)) for name in sorted(names))
        return tuple((name, 0 if text in EDITABLE[name].same else text) for name, text in chosen)


def _lines(source: str) -> list[Line]:
    lines, marks = [], []
    for text in source.splitlines():
        mark = _MARK.fullmatch(text)
        if mark:
            marks.append(mark)
            continue
        indent = text[: len(text) - len(text.lstrip())]
        same = frozenset(place for place, mark in enumerate(marks, start=1) if mark[2])
        texts = (text, *(f"{indent}{mark[3]}" for mark in marks))
        lines.append(Line(texts, marks[0][1] if marks else "", same))
        marks = []
    return lines


def _laid_out(text: str, layout: str) -> str:
    if layout == "spaced":
        return "# A remark.\n" + text.replace("\n\n", "\n\n\n# Another.\n")
    blocks = text.rstrip("\n").split("\n\n\n")
    if layout == "functions in reverse":
        functions = [block for block in blocks if block.startswith("def ")]
        blocks = [functions.pop() if block.startswith("def ") else block for block in blocks]
    return "\n\n\n".join(blocks) + "\n"


SOURCES = {
    file.stem: _lines(file.read_text()) for file in sorted((Path(__file__).parent / "edited").glob("*.py"))
}
MODULES = [name for name in SOURCES if name != "__init__"]
EDITABLE = {line.name: line for lines in SOURCES.values() for line in lines if line.name}

"""Listings: the best programs of a puzzle as one importable Python file, and reading that again.

Owns the text of such a file: a mark by which it is known, the puzzle's id, imports of the DSL's
names, and each program in canonical form under a head of `# key: value` lines whose values are
JSON. So whatever candidates and puzzles are called, no name can end a line or become code.

Does not promise to read what was edited by hand: `listed` says None.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tasks.best import Best

__all__ = ["MARK", "listed", "listing"]

MARK = '"""Exported by memoflow: '
"""What every listing begins with, and nothing else may."""

_DOCSTRING = f"""{MARK}the programs that do best on the train samples of a puzzle.

`memoflow export arc` replaces this file when they change.
\"\"\"
"""

_KEYS = ("score", "exact", "samples", "cells", "steps", "cpu_ms", "origin", "name")
_WIDTH = 100
_PUZZLE = re.compile(r"^# puzzle: (.*)$", re.MULTILINE)
_PROGRAM = re.compile(r"^((?:# [a-z_]+: .*\n)+)def (\w+)\(", re.MULTILINE)


def listing(puzzle: str, programs: Sequence[Best], modules: Mapping[str, str]) -> str:
    """The file of a puzzle's programs, best first.

    They are called `solve_<puzzle>`, `solve_<puzzle>_2` and so on; `modules` says for each name of
    the DSL which module it is imported from.
    """
    parts = [f"{_DOCSTRING}# puzzle: {json.dumps(puzzle)}\n", *_imports(programs, modules)]
    for number, program in enumerate(programs, 1):
        source = program.form.source(_name(puzzle, number, modules))
        parts.append(f"\n\n{_head(program)}{source}")
    return "".join(parts)


def listed(text: str) -> tuple[str, list[dict[str, Any]]] | None:
    """The puzzle of a listing, and the heads of its programs with their names as `program`; None
    where the text is no listing."""
    puzzle = _PUZZLE.search(text)
    if puzzle is None or not text.startswith(MARK):
        return None
    try:
        programs = [{"program": match[2], **_known(match[1])} for match in _PROGRAM.finditer(text)]
        name = json.loads(puzzle[1])
    except (ValueError, RecursionError):
        return None
    whole = isinstance(name, str) and all((*program,) == ("program", *_KEYS) for program in programs)
    return (name, programs) if whole else None


def _name(puzzle: str, number: int, taken: Mapping[str, str]) -> str:
    """What the puzzle's `number`-th program is called: an identifier, and no name of the DSL."""
    plain = re.sub(r"\W", "_", puzzle, flags=re.ASCII)
    name = f"solve_{plain}" if number == 1 else f"solve_{plain}_{number}"
    while name in taken:
        name += "_"
    return name


def _imports(programs: Sequence[Best], modules: Mapping[str, str]) -> Iterator[str]:
    """What the programs need, a statement per module."""
    names: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted({name for program in programs for name in program.form.names}):
        names[modules[name]].append(name)
    for position, module in enumerate(sorted(names)):
        line = f"from {module} import {', '.join(names[module])}\n"
        if len(line) > _WIDTH:
            column = "".join(f"    {name},\n" for name in names[module])
            line = f"from {module} import (\n{column})\n"
        yield line if position else f"\n{line}"


def _head(program: Best) -> str:
    """What is known of a program, a line each."""
    known = (
        program.score,
        sum(program.exact),
        len(program.exact),
        program.cells,
        program.form.size,
        float(f"{1000 * program.cpu_s:.3g}"),
        program.origin,
        program.name,
    )
    return "".join(f"# {key}: {json.dumps(value)}\n" for key, value in zip(_KEYS, known, strict=True))


def _known(head: str) -> dict[str, Any]:
    """A head as it was written."""
    pairs = (line[2:].partition(": ") for line in head.rstrip("\n").split("\n"))
    found: dict[str, Any] = json.loads("{" + ",".join(f'"{key}":{value}' for key, _, value in pairs) + "}")
    return found

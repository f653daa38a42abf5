"""What Kaggle's ARC Prize asks of a submission, read from its description and not from ours.

    {"id": [{"attempt_1": grid, "attempt_2": grid}, ...], ...}     one entry per test input, in their order

Knows nothing of the project: it takes a submission's text and how many test inputs each puzzle has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

MOST_CELLS = 30
ATTEMPTS = {"attempt_1", "attempt_2"}


def faults(text: str, tests: Mapping[str, int]) -> list[str]:
    """All that is wrong with a submission for puzzles with so many test inputs; empty where nothing is."""
    try:
        handed = json.loads(text, object_pairs_hook=_distinct, parse_constant=_no_number)
    except ValueError as error:
        return [f"not JSON: {error}"]
    if type(handed) is not dict:
        return [f"a {type(handed).__name__}, not an object of puzzles"]
    return list(_faults(handed, tests))


def _faults(handed: dict[str, Any], tests: Mapping[str, int]) -> Iterator[str]:
    for name in sorted(handed.keys() ^ tests.keys()):
        yield f"{name}: {'not asked for' if name in handed else 'missing'}"
    for name in sorted(handed.keys() & tests.keys()):
        entries = handed[name]
        if type(entries) is not list or len(entries) != tests[name]:
            yield f"{name}: not a list of {tests[name]} entries"
            continue
        for number, entry in enumerate(entries, 1):
            yield from (f"{name}, test {number}: {fault}" for fault in _entry(entry))


def _entry(entry: object) -> Iterator[str]:
    if type(entry) is not dict or entry.keys() != ATTEMPTS:
        yield "not an object of two attempts"
        return
    for attempt in sorted(ATTEMPTS):
        yield from (f"{attempt}: {fault}" for fault in _grid(entry[attempt]))
    if entry["attempt_1"] == entry["attempt_2"]:
        yield "the attempts are equal"


def _grid(rows: object) -> Iterator[str]:
    if type(rows) is not list or not 1 <= len(rows) <= MOST_CELLS:
        yield f"not a list of 1 to {MOST_CELLS} rows"
        return
    if not all(type(row) is list and 1 <= len(row) <= MOST_CELLS for row in rows):
        yield f"a row that is not a list of 1 to {MOST_CELLS} cells"
        return
    if len({len(row) for row in rows}) > 1:
        yield "rows of different lengths"
    if not all(type(cell) is int and 0 <= cell <= 9 for row in rows for cell in row):
        yield "a cell that is not an integer from 0 to 9"


def _distinct(members: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in members}) < len(members):
        raise ValueError("a name that stands twice in an object")
    return dict(members)


def _no_number(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")

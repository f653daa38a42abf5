"""The puzzles of a run: which they are, and what is known of them without reading them.

Owns: `entries/puzzles/`: of each puzzle of a data set the digests of its samples, which is what keys
are made of, and its answers. They are found by the content of the files and by the code that reads
them. A repeat needs no more; whatever is computed reads the grids, and checks that they are those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from flows.errors import BadSettings, EditedPuzzle
from flows.node import Known
from flows.settings import Settings
from flows.state.resolve import Resolver
from store import Corrupt, Store, Unencodable
from store.encode import DIGEST_SIZE, digest
from store.key import Keys, call_key
from tasks.errors import TaskError
from tasks.grid import Grid
from tasks.puzzle import DATASETS, Puzzle, Sample, files_of, load

__all__ = ["Chosen", "chosen_puzzles", "given", "keep_puzzles"]

_STAGE = "puzzles"
_NO_DIGEST = bytes(DIGEST_SIZE)
"""No node reads these records, so that nobody asks for the digests of their values."""

_Answer: TypeAlias = tuple[int, int, bytes] | None
"""Height, width and cells of a test output, if it is known."""


class _Record(NamedTuple):
    """What is kept of a puzzle: the digests of its train samples and of its test inputs, and its
    answers."""

    name: str
    train: bytes
    questions: bytes
    answers: tuple[_Answer, ...]


class Chosen(dict[str, Puzzle]):
    """Puzzles by id, and the digest that their files had before they were read, if that is known."""

    def __init__(self, puzzles: Mapping[str, Puzzle], content: bytes | None) -> None:
        super().__init__(puzzles)
        self.content = content


class _KeptPuzzle(Puzzle):
    """A puzzle by its record: its samples are read when somebody looks at them."""

    _record: _Record
    _keys: Keys
    _read: Callable[[], Mapping[str, Puzzle]]

    def __init__(self, record: _Record, keys: Keys, read: Callable[[], Mapping[str, Puzzle]]) -> None:
        vars(self).update(id=record.name, _record=record, _keys=keys, _read=read)

    @cached_property
    def train(self) -> tuple[Sample, ...]:
        return self._whole.train

    @cached_property
    def test(self) -> tuple[Sample, ...]:
        return self._whole.test

    @property
    def answers(self) -> tuple[Grid | None, ...]:
        return tuple(map(_as_grid, self._record.answers))

    @cached_property
    def given(self) -> tuple[Known, Known]:
        """What stages may see of it, as arguments of nodes."""
        return (
            Known(self._record.train, lambda: self.train),
            Known(self._record.questions, lambda: self.questions),
        )

    @cached_property
    def _whole(self) -> Puzzle:
        """The puzzle itself. Raises `EditedPuzzle` where it is another by now."""
        try:
            puzzle = self._read()[self.id]
        except TaskError as error:
            raise EditedPuzzle(self.id, str(error)) from None
        found = self._keys.value(puzzle.train), self._keys.value(puzzle.questions)
        if found != (self._record.train, self._record.questions):
            raise EditedPuzzle(self.id, "its samples are others")
        return puzzle


def given(puzzle: Puzzle) -> tuple[Any, Any]:
    """The train samples and the test inputs of a puzzle, as arguments of nodes."""
    return puzzle.given if isinstance(puzzle, _KeptPuzzle) else (puzzle.train, puzzle.questions)


def chosen_puzzles(settings: Settings, store: Store | None = None) -> Chosen:
    """The puzzles that the settings name, by id; those that a store knows are not read yet. Raises
    `UnknownName` and `MalformedPuzzle`."""
    content = _content(settings)
    records = _find(settings, store, content) if store is not None and content is not None else None
    if store is not None and records is not None:
        read = cache(lambda: load(settings.dataset, settings.split))
        return Chosen({each.name: _KeptPuzzle(each, store.keys, read) for each in records}, content)
    puzzles = load(settings.dataset, settings.split)
    names = settings.puzzle or tuple(puzzles)
    if settings.limit:
        names = names[: settings.limit]
    if not names:
        raise BadSettings(settings.dataset, "holds no puzzles")
    return Chosen({name: puzzles[name] for name in dict.fromkeys(names)}, content)


def keep_puzzles(settings: Settings, resolver: Resolver, puzzles: Chosen) -> None:
    """Keep what the next run needs to know of puzzles that had to be read."""
    if all(isinstance(puzzle, _KeptPuzzle) for puzzle in puzzles.values()):
        return
    if puzzles.content is None or _content(settings) != puzzles.content:
        return  # edited since: nobody knows what was read
    records = []
    for name, puzzle in puzzles.items():
        train, questions = map(resolver.literal, given(puzzle))
        records.append((name, train, questions, tuple(map(_as_answer, puzzle.answers))))
    store = resolver.store
    store.keep_entry(_STAGE, _key(settings, store, puzzles.content), tuple(records), _NO_DIGEST, load, 0.0)


def _find(settings: Settings, store: Store, content: bytes) -> list[_Record] | None:
    row = store.find_entry(_STAGE, _key(settings, store, content), load)
    if row is None:
        return None
    try:
        return list(_checked(store.entry_value(row, load)))
    except (Corrupt, TypeError, ValueError):
        return None


def _content(settings: Settings) -> bytes | None:
    """The digest of the files, by name, that the puzzles are in; None where one cannot be read."""
    files = files_of(settings.dataset, settings.split)
    try:
        return digest([(file.name, file) for file in files])
    except Unencodable:
        return None


def _key(settings: Settings, store: Store, content: bytes) -> bytes:
    """Everything that the records of the chosen puzzles depend on: the files, and how they are read."""
    how = settings.dataset in DATASETS, settings.split, settings.puzzle, settings.limit
    return call_key(_STAGE, store.keys.code(load).digest, [content, digest(how)])


def _checked(records: Any) -> Iterator[_Record]:
    """Records as they were kept. Raises TypeError and ValueError for anything else."""
    for name, train, questions, answers in records:
        if type(name) is not str or type(train) is not bytes or type(questions) is not bytes:
            raise TypeError("a puzzle has a name and two digests")
        record = _Record(name, train, questions, answers)
        for answer in answers:
            _as_grid(answer)
        yield record


def _as_answer(grid: Grid | None) -> _Answer:
    return None if grid is None else (*grid.shape, grid.tobytes())


def _as_grid(answer: _Answer) -> Grid | None:
    if answer is None:
        return None
    height, width, cells = answer
    return np.frombuffer(cells, np.uint8).reshape(height, width)

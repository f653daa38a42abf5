from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flows.errors import EditedPuzzle
from flows.flow import Flow
from flows.node import Known
from flows.puzzles import Chosen, chosen_puzzles, given, keep_puzzles
from flows.settings import Settings
from flows.state.resolve import Resolver
from store import Store
from tasks.submission import solved_test

PUZZLE = {
    "train": [{"input": [[1, 2]], "output": [[2, 1]]}],
    "test": [{"input": [[3, 4]], "output": [[4, 3]]}, {"input": [[5]]}],
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    file = tmp_path / "data" / "a.json"
    file.parent.mkdir()
    file.write_text(json.dumps(PUZZLE))
    return file


@pytest.fixture
def resolver(tmp_path: Path) -> Resolver:
    return Flow(Store(tmp_path / "store")).resolver()


def settings_of(data: Path) -> Settings:
    return Settings(dataset=str(data.parent))


def known(data: Path, resolver: Resolver) -> Chosen:
    """The puzzles as a repeat has them."""
    keep_puzzles(settings_of(data), resolver, chosen_puzzles(settings_of(data)))
    return chosen_puzzles(settings_of(data), resolver.store)


def edited(data: Path, **changes: Any) -> None:
    data.write_text(json.dumps({**PUZZLE, **changes}))


def test_a_known_puzzle_has_the_keys_and_the_answers_of_the_one_that_was_read(
    data: Path, resolver: Resolver
) -> None:
    read, kept = chosen_puzzles(settings_of(data))["a"], known(data, resolver)["a"]
    assert all(isinstance(part, Known) for part in given(kept))
    assert [*map(resolver.literal, given(kept))] == [*map(resolver.literal, given(read))]
    first, second = kept.answers
    assert np.array_equal(first, [[4, 3]])  # type: ignore[arg-type]  # it is known
    assert second is None
    assert solved_test(kept, ((), ())) is None


def test_a_known_puzzle_is_read_for_its_grids(data: Path, resolver: Resolver) -> None:
    kept = known(data, resolver)["a"]
    data.rename(data.with_suffix(".gone"))
    assert len(kept.answers) == 2
    with pytest.raises(EditedPuzzle, match="run again"):
        _ = kept.train
    data.with_suffix(".gone").rename(data)
    fresh = chosen_puzzles(settings_of(data), resolver.store)["a"]
    assert next(part.load() for part in given(fresh))[0].input.tolist() == [[1, 2]]
    assert [grid.tolist() for grid in fresh.questions] == [[[3, 4]], [[5]]]


@pytest.mark.parametrize("part", ["train", "test"])
def test_an_edited_puzzle_is_read_anew(data: Path, resolver: Resolver, part: str) -> None:
    before = [*map(resolver.literal, given(known(data, resolver)["a"]))]
    edited(data, **{part: [{"input": [[7]], "output": [[7]]}]})
    after = [*map(resolver.literal, given(chosen_puzzles(settings_of(data), resolver.store)["a"]))]
    assert (before[0] != after[0], before[1] != after[1]) == (part == "train", part == "test")


@pytest.mark.parametrize("part", ["train", "test"])
def test_a_puzzle_that_is_edited_after_it_was_looked_up_is_not_computed_with(
    data: Path, resolver: Resolver, part: str
) -> None:
    kept = known(data, resolver)["a"]
    edited(data, **{part: [{"input": [[7]], "output": [[7]]}]})
    with pytest.raises(EditedPuzzle, match="samples are others"):
        _ = kept.train if part == "train" else kept.questions


def test_what_was_edited_before_it_was_read_is_not_remembered(data: Path, resolver: Resolver) -> None:
    """Digests of the new samples, under the content that the file had before, would come back with it."""
    content = chosen_puzzles(settings_of(data)).content
    edited(data, train=[{"input": [[7]], "output": [[7]]}])
    keep_puzzles(settings_of(data), resolver, Chosen(chosen_puzzles(settings_of(data)), content))
    edited(data)
    again = chosen_puzzles(settings_of(data), resolver.store)
    assert not isinstance(given(again["a"])[0], Known)


def test_other_puzzles_of_the_same_files_are_others(data: Path, resolver: Resolver) -> None:
    known(data, resolver)
    data.with_name("b.json").write_text(json.dumps(PUZZLE))
    assert [*chosen_puzzles(settings_of(data), resolver.store)] == ["a", "b"]
    data.with_name("b.json").unlink()
    data.rename(data.with_name("c.json"))
    assert [*chosen_puzzles(settings_of(data), resolver.store)] == ["c"]

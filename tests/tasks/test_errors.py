"""The errors of `tasks`: their text names object, place and mend; they survive pickling."""

from __future__ import annotations

import pickle

import pytest

from tasks.errors import Impossible, MalformedPuzzle, Refused, TaskError, UnknownName

EXAMPLES = (
    (Refused("spin", 3, "no attributes"), "program spin, line 3: no attributes"),
    (MalformedPuzzle("a.json, train 0", "ragged"), "malformed puzzle: a.json, train 0: ragged"),
    (
        UnknownName("split", "trainin", "training"),
        "unknown split 'trainin'; did you mean 'training'?",
    ),
    (UnknownName("puzzle", "zzz"), "unknown puzzle 'zzz'"),
    (Impossible("crop", "it leaves the grid"), "crop: it leaves the grid"),
)


@pytest.mark.parametrize(("error", "text"), EXAMPLES)
def test_text_names_what_where_and_the_mend(error: TaskError, text: str) -> None:
    assert str(error) == text


@pytest.mark.parametrize(("error", "text"), EXAMPLES)
def test_pickling_keeps_type_fields_and_text(error: TaskError, text: str) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert vars(copy) == vars(error)
    assert str(copy) == text


def test_impossible_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="crop: empty"):
        raise Impossible("crop", "empty")

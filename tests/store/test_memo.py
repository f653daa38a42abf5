"""What a function and its results may say of themselves."""

from __future__ import annotations

import numpy as np
import pytest

from store import memo
from store.key import Keys
from store.memo import check_length, is_final


@memo
def plain(x: int) -> int:
    return 2 * x


@memo(version="1")
def pinned(x: int) -> int:
    return 2 * x


def test_a_memoized_function_stays_a_plain_function() -> None:
    assert (plain(2), pinned(2)) == (4, 4)
    assert (plain.__name__, pinned.__name__) == ("plain", "pinned")


def test_a_pinned_function_counts_by_its_version() -> None:
    def one(x: int) -> int:
        return x

    def two(x: int) -> int:
        return -x

    codes = {
        (version, func): Keys().code(memo(version=version)(func)).digest
        for func in (one, two)
        for version in ("1", "2")
    }
    assert codes["1", one] != codes["2", one]
    assert codes["1", two] != codes["2", two]


class Draft:
    __memo_final__ = False


def test_a_value_is_final_unless_it_says_no() -> None:
    assert all(is_final(value) for value in (None, 0, [], np.zeros(3)))
    assert not is_final(Draft())


RESULTS = [([1], True), ((1,), True), ([], False), ([1, 2], False), ({1: 1}, False), (1, False),
           (None, False), (iter([1]), False), (np.zeros(1), False), ({1}, False)]  # fmt: skip


@pytest.mark.parametrize(
    ("results", "good"), RESULTS, ids=[f"{i}-{type(r).__name__}" for i, (r, _) in enumerate(RESULTS)]
)
def test_one_result_each_is_needed(results: object, good: bool) -> None:
    if good:
        check_length(plain, results, 1)
    else:
        with pytest.raises(TypeError, match=f"{__name__}:plain got 1 items and gave .*; one each is needed"):
            check_length(plain, results, 1)

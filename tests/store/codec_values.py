"""Types that were registered, and values of every kind that the codec takes."""

from __future__ import annotations

import dataclasses
import datetime
import enum
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from store.types import Types


class Colour(enum.Enum):
    RED = 1
    BLUE = "b"
    CRIMSON = 1


class Level(enum.IntEnum):
    LOW = 1


class Side(enum.Flag):
    TOP = 1
    LEFT = 2


class Pair(NamedTuple):
    a: Any
    b: Any


@dataclass
class Box:
    value: Any


@dataclass(frozen=True, slots=True)
class Frozen:
    x: Any
    y: Any = dataclasses.field(default=None, compare=False)


@dataclass(frozen=True)
class Nothing:
    pass


@dataclass
class Tag:
    """Has no fields, and may be given attributes all the same."""


TYPES = Types([Colour, Level, Side, Pair, Box, Frozen, Nothing, Tag])

ZONES = st.none() | st.integers(-23 * 3600, 23 * 3600).map(
    lambda seconds: datetime.timezone(datetime.timedelta(seconds=seconds))
)

ATOMS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(2**200), 2**200)
    | st.floats()
    | st.complex_numbers()
    | st.text(st.characters(), max_size=4)
    | st.binary(max_size=4)
    | st.dates()
    | st.datetimes(timezones=ZONES)
    | st.times(timezones=ZONES)
    | st.timedeltas()
    | st.sampled_from([*Colour, *Level, *Side])
    | hnp.from_dtype(np.dtype("f4"))
    | hnp.scalar_dtypes().flatmap(hnp.from_dtype)
)

HASHABLE = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.frozensets(inner, max_size=3)
        | st.builds(Pair, inner, inner)
        | st.builds(Frozen, inner, inner)
        | st.builds(Nothing)
    ),
    max_leaves=6,
)


def is_untitled(dtype: np.dtype[Any]) -> bool:
    """Whether no field has a title beside its name; those are refused."""
    parts = [part[0] for part in (dtype.fields or {}).values()] + (
        [dtype.subdtype[0]] if dtype.subdtype else []
    )
    return all(len(part) == 2 for part in (dtype.fields or {}).values()) and all(map(is_untitled, parts))


DTYPES = hnp.scalar_dtypes() | hnp.nested_dtypes(hnp.scalar_dtypes(), max_leaves=4).filter(is_untitled)
ARRAYS = hnp.arrays(DTYPES, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))

VALUES = st.recursive(
    HASHABLE | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(HASHABLE, inner, max_size=3)
        | st.sets(HASHABLE, max_size=3)
        | st.builds(Box, inner)
    ),
    max_leaves=8,
)

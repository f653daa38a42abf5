"""Arrays inside values: dtype and shape come back exactly, or are refused."""

from __future__ import annotations

from typing import Any

import msgpack
import numpy as np
import pytest

from store import Corrupt, Unencodable
from store.codec import decode
from store.ndarray import pack_array, read_array
from store.types import Types

ARRAYS_EXACT = [
    np.zeros((0, 3), bool), np.array(5), np.array("text"), np.array(["a", "bcd"]), np.zeros(3, "V0"),
    np.zeros(2, "V3"), np.array([b"a\0b"]), np.arange(6, dtype=">i4").reshape(2, 3), np.zeros(2, "M8[ns]"),
    np.array(["NaT"], "m8[s]"), np.ones(2, np.longdouble), np.zeros((), [("a", "i4"), ("b", "f8", (2, 2))]),
    np.zeros(2, [("a", "i4"), ("b", [("c", "f4"), ("d", [("e", "U3")])])]),
    np.zeros(2, np.dtype([("a", "i1"), ("b", "i4")], align=True)), np.zeros(1, np.dtype([])),
    np.zeros(1, np.dtype({"names": ["a", "b"], "formats": ["<i4", "<i2"], "offsets": [4, 0], "itemsize": 9})),
    np.zeros(1, np.dtype({"names": ["a", "b"], "formats": ["<i4", "<i2"], "offsets": [0, 0]})),
]  # fmt: skip


@pytest.mark.parametrize(
    "array", ARRAYS_EXACT, ids=[f"{i}-{a.dtype.kind}" for i, a in enumerate(ARRAYS_EXACT)]
)
def test_arrays_of_any_dtype_come_back_exactly(array: np.ndarray[Any, Any]) -> None:
    back = read_array(pack_array(array))
    assert (back.dtype, back.shape, back.tobytes()) == (array.dtype, array.shape, array.tobytes())
    assert back.dtype.isalignedstruct == array.dtype.isalignedstruct


def test_arrays_come_back_writable_in_c_order_whatever_their_strides() -> None:
    for array in (np.arange(12).reshape(3, 4).T, np.arange(12)[::-2], np.broadcast_to(np.arange(3), (2, 3))):
        back = read_array(pack_array(array))
        np.testing.assert_array_equal(back, array)
        assert back.flags.writeable
        assert back.flags.c_contiguous


DTYPE_TEXTS = [
    "O",
    "object",
    ",",
    "i4,(1",
    "(2,,3)f4",
    "(,)i4",
    "U99999999999999",
    "V2147483647",
    "M8[3x]",
    "T",
    "",
]


@pytest.mark.parametrize("text", DTYPE_TEXTS)
def test_hostile_dtypes_are_corrupt(text: str) -> None:
    fields = [[["a", text, 0]], 8, False]
    for dtype in (text, fields, [text, [2]], [[["a", "i4", 99]], 4, False], [[], []]):
        for shape in ([1], [-1], [2**62], ["a"], 1, None):
            array = msgpack.packb([dtype, shape, b"12345678901"])
            with pytest.raises(Corrupt):
                decode(msgpack.packb(msgpack.ExtType(5, array)), Types())


def test_a_dtype_that_would_not_come_back_is_refused() -> None:
    for dtype in (object, np.dtypes.StringDType(), [("a", object)], [(("title", "name"), "i4")]):
        with pytest.raises(Unencodable, match="numpy array of"):
            pack_array(np.zeros(1, dtype))

"""Arrays are encoded by what they hold, whatever their layout in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from store.encode import encode


@given(hnp.arrays(hnp.scalar_dtypes(), hnp.array_shapes(min_dims=1, max_dims=3, max_side=4)))
def test_an_array_counts_by_content_not_by_layout(array: np.ndarray[Any, Any]) -> None:
    expected = encode(array)
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    wide[..., ::2] = array
    read_only = array.copy()
    read_only.setflags(write=False)
    swapped = array.astype(array.dtype.newbyteorder(">"))
    for other in (np.asfortranarray(array), wide[..., ::2], array[::-1].copy()[::-1], read_only, swapped):
        assert encode(other) == expected


@given(hnp.arrays(np.uint8, hnp.array_shapes(max_dims=2, max_side=3), elements=st.integers(0, 3)))
def test_an_array_differs_by_dtype_and_shape_and_from_its_list(array: np.ndarray[Any, Any]) -> None:
    others = [array.astype(np.int8), array.astype(bool), array[None], array.tolist(), array.tobytes()]
    assert len({encode(value) for value in [array, *others]}) == 6


def test_padding_of_a_structured_array_does_not_count() -> None:
    dtype = np.dtype([("a", "u1"), ("b", "<i4")], align=True)
    clean, dirty = np.zeros(2, dtype), np.frombuffer(b"\0\7\7\7\0\0\0\0" * 2, dtype)
    assert clean.tobytes() != dirty.tobytes()
    assert encode(clean) == encode(dirty)
    assert encode(clean) != encode(np.ones(2, dtype))


def test_fields_of_a_structured_array_may_overlap_or_hold_objects() -> None:
    overlapping = np.dtype({"names": ["a", "b"], "formats": ["<i4", "<i2"], "offsets": [0, 0]})
    assert encode(np.zeros(1, overlapping)) != encode(np.ones(1, overlapping))
    holding = np.array([(1, [2])], [("a", "i4"), ("b", object)])
    assert encode(holding) == encode(holding.copy())
    assert encode(holding) != encode(np.array([(1, [3])], holding.dtype))

"""Bytes that the codec did not write: reading them imports and runs nothing, and raises `Corrupt` alone."""

from __future__ import annotations

import dataclasses
import sys
from dataclasses import dataclass
from typing import Any

import msgpack
import pytest
from codec_values import TYPES, VALUES, Box, Colour, Frozen, Pair
from hypothesis import given
from hypothesis import strategies as st

from store import Corrupt
from store.codec import decode, encode_value
from store.types import Types


def test_a_name_that_nobody_registered_is_corrupt_and_imports_nothing() -> None:
    module = "antigravity"
    assert module not in sys.modules
    for code in (8, 9, 10):
        for name in (f"{module}:fly", "os:system", "builtins:eval", "subprocess:Popen", "", f"{module}:"):
            inner = msgpack.packb([name, ["true"]])
            with pytest.raises(Corrupt, match="not among those"):
                decode(msgpack.packb(msgpack.ExtType(code, inner)), TYPES)
    assert module not in sys.modules


def test_a_known_name_used_as_another_kind_of_type_is_corrupt() -> None:
    for kind in (Colour, Pair, Box, Frozen):
        for code in (8, 9, 10):
            for content in ([], [1], [1, 2, 3], "RED ", None, {}):
                data = msgpack.packb(msgpack.ExtType(code, msgpack.packb([Types.name_of(kind), content])))
                try:
                    decode(data, TYPES)
                except Corrupt:
                    continue
                assert (kind, code, content) == (Box, 8, [1])


def test_no_constructor_runs_when_a_value_is_read() -> None:
    @dataclass
    class Loud:
        x: int

        def __post_init__(self) -> None:
            calls.append(self.x)

    calls: list[int] = []
    types = Types([Loud])
    data = encode_value(Loud(1), types)
    assert decode(data, types) == Loud(1)
    assert calls == [1, 1], "only the two constructions in this test"


def test_a_class_with_other_fields_than_were_written_is_corrupt() -> None:
    data = encode_value([Box(1), Pair(1, 2)], TYPES)
    wider_box = dataclasses.make_dataclass("Box", ["value", "more"])
    wider_box.__module__ = Box.__module__
    with pytest.raises(Corrupt, match="Box had 1 fields when it was written"):
        decode(data, Types([wider_box, Pair]))


@given(st.binary(max_size=60))
def test_random_bytes_raise_nothing_but_corrupt(data: bytes) -> None:
    for given_bytes in (data, *(msgpack.packb(msgpack.ExtType(code, data)) for code in range(18))):
        try:
            decode(given_bytes, TYPES)
        except Corrupt as error:
            assert error.where == "value"  # noqa: PT017  # that nothing is raised is right as well


@given(VALUES, st.data())
def test_damaged_bytes_raise_nothing_but_corrupt(value: Any, data: st.DataObject) -> None:
    written = bytearray(encode_value(value, TYPES))
    place = data.draw(st.integers(0, len(written) - 1))
    written[place] ^= data.draw(st.integers(1, 255))
    for damaged in (bytes(written), bytes(written[:place])):
        try:
            decode(damaged, TYPES)
        except Corrupt as error:
            assert error.where == "value"  # noqa: PT017  # as above

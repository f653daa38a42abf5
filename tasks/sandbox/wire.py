"""What parent, zygote and child say to each other: msgpack in frames that carry their length.

Owns the encoding of work and of results, and framing. Nothing here can run code: unpacking gives
plain values only.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

import msgpack
import numpy as np

from tasks.grid import Grid

WireGrid: TypeAlias = tuple[int, int, bytes]
WireCase: TypeAlias = tuple[WireGrid, WireGrid | None]
"""What a program is called with: the grid I, and for a differ the grid C."""

WireForm: TypeAlias = tuple[int, bytes]
"""A form's number within the request, and what it keeps packed."""

WireOutcome: TypeAlias = tuple[str, str] | tuple[str, str, int] | None
"""(kind, text) of `raised` and `invalid`; of `returned` None, or for a differ (kind, detail, score). A
child can tell no other."""

Vocabulary: TypeAlias = Literal["programs", "differs", "own differs"]
"""What forms are, and so what they are written over: programs over the DSL, differs over primitives of
their own, whose grids are arrays, or, a user's own, over both."""

_LENGTH_BYTES = 8


class Work(NamedTuple):
    """What a child is to do: every form of every batch, on every case. Those of differs have a C."""

    batches: Sequence[Sequence[WireForm]]
    cases: Sequence[WireCase]
    pairs: Sequence[tuple[WireGrid, WireGrid]]
    limit_s: float
    memory_bytes: int
    vocabulary: Vocabulary


class Result(NamedTuple):
    """What became of one form: an outcome for each case, and the stack of output grids."""

    form: int
    cpu_s: float
    outcomes: Sequence[WireOutcome]
    outputs: bytes | None


def pack(value: object) -> bytes:
    """Plain data as msgpack."""
    data: bytes = msgpack.packb(value)
    return data


def unpack(data: bytes) -> Any:
    """The value that `pack` took, with tuples for all sequences."""
    return msgpack.unpackb(data, use_list=False)


def unpack_all(data: bytes) -> Iterator[Any]:
    """The values that lie packed one after another."""
    stream = msgpack.Unpacker(use_list=False, max_buffer_size=0)
    stream.feed(data)
    yield from stream


def grid_out(grid: Grid) -> WireGrid:
    """A grid as plain data."""
    return grid.shape[0], grid.shape[1], grid.tobytes()


def grid_in(wire: WireGrid) -> Grid:
    """The grid again; it lies on immutable bytes, so nothing can ever write to it."""
    height, width, cells = wire
    return np.frombuffer(cells, np.uint8).reshape(height, width)


def send(channel: socket.socket, payload: bytes) -> None:
    """One frame; raises ConnectionError when the other end is gone."""
    channel.sendall(len(payload).to_bytes(_LENGTH_BYTES) + payload)


def receive(channel: socket.socket) -> bytes:
    """The next frame; raises ConnectionError when the other end is gone."""
    return _exactly(channel, int.from_bytes(_exactly(channel, _LENGTH_BYTES)))


def _exactly(channel: socket.socket, size: int) -> bytes:
    data = bytearray(size)
    view = memoryview(data)
    while view:
        count = channel.recv_into(view)
        if not count:
            raise ConnectionResetError("the other end of the channel is closed")
        view = view[count:]
    return bytes(data)

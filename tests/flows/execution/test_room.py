"""Memory: workers that come near their limit are given less at once, and none is ended."""

from __future__ import annotations

from pathlib import Path

import pytest
import stages

from flows import Flow
from flows.clock import Clock
from flows.execution.room import WINDOW, Room
from store import Store

MIB = 1 << 20


@pytest.mark.parametrize(
    ("peak", "window"), [(0, 32), (500, 32), (501, 16), (549, 16), (551, 8), (949, 1), (2000, 1)]
)
def test_the_window_is_halved_with_each_twentieth_above_half_of_the_limit(peak: int, window: int) -> None:
    room = Room(32)
    room.heard(peak, 1000)
    assert room.window == window
    assert room.short is (window < 32)


def test_a_window_once_lowered_stays_so() -> None:
    room = Room(32)
    room.heard(700, 1000)
    lowered = room.window
    room.heard(600, 1000)
    assert room.window == lowered < 32


def test_without_a_limit_nothing_is_lowered() -> None:
    room = Room(32)
    room.heard(1 << 40, 0)
    assert room.window == 32


def test_calls_double_until_memory_is_short_and_shrink_from_there() -> None:
    room = Room()
    assert room.most("stage") is None
    assert room.most("stage", before=3) == 6
    room.saw("stage", 8)
    room.saw("stage", 4)
    assert room.most("stage", before=3) == 16
    room.heard(51, 100)
    room.saw("stage", 16)
    assert room.most("stage") == 4
    room.heard(90, 100)
    assert room.most("stage") == 1


def test_no_worker_is_ended_where_large_values_follow_small_ones(tmp_path: Path) -> None:
    """In four calls, as nothing is known of them, 64 rows of 2 MiB would take more than there is."""
    flow, made, room = Flow(Store(tmp_path / "store")), tmp_path / "made", Room()
    made.mkdir()
    counts = [(4, 2 * MIB), (64, 2 * MIB + 8), (4, 8 * MIB)]
    nodes = [flow.map(stages.large_rows, range(n), size=size, folder=str(made)) for n, size in counts]
    runner = flow.runner(flow.starter(2, worker_memory=150 * MIB), Clock(), room)
    lengths = {finished.index: len(finished.value or ()) for finished in runner.stream(nodes)}
    assert lengths == {index: count for index, (count, _) in enumerate(counts)}
    assert len(list(made.iterdir())) == 2
    assert room.window < WINDOW

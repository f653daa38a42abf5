"""What a run says on standard error while it goes on."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable

import pytest
from command_line import on_terminal

from flows.progress.screen import Screen, Voice, screen
from flows.progress.snapshot import Snapshot, StageCounts, Standing


def after(seconds: float, finished: int = 1) -> Snapshot:
    """A run of 10 puzzles after some seconds."""
    counts = StageCounts("validate", nodes_executed=1, rows_executed=700, rows_hit=300, waiting=9)
    page = "http://127.0.0.1:8787/memo"
    return Snapshot("id", seconds, 10, finished, 0, Standing(2, 1), (counts,), (), 1.5, 75.0, page)


def said(voice: Voice, say: Callable[[Screen], None]) -> str:
    """What comes of it where standard error is no terminal."""
    out = io.StringIO()
    with contextlib.redirect_stderr(out), screen(voice) as shown:
        say(shown)
    return out.getvalue()


def test_a_terminal_shows_a_table_with_what_is_left_and_where_to_watch() -> None:
    def show() -> None:
        with screen(Voice.USUAL) as shown:
            shown.see(after(2))

    text = on_terminal(show)
    for word in ("validate", "700", "300", "30.0%", "puzzles 1/10", "solved 1 (train 2)", "1 min 15 s left"):
        assert word in text
    assert "http://127.0.0.1:8787/memo" in text


def test_a_short_run_shows_no_table() -> None:
    def show() -> None:
        with screen(Voice.USUAL) as shown:
            shown.see(after(0.4))

    assert on_terminal(show) == ""


def test_without_a_terminal_lines_come_seldom_and_ever_more_so() -> None:
    def follow(shown: Screen) -> None:
        for second in range(1, 3601):
            shown.see(after(second))

    lines = said(Voice.USUAL, follow).splitlines()
    assert lines[:2] == [
        "watch it at http://127.0.0.1:8787/memo",
        "puzzles 1/10, solved 1 (train 2), hit rate 30.0%, 10 s, 1 min 15 s left",
    ]
    assert 20 < len(lines) < 60


def test_a_verbose_run_tells_where_to_watch_at_once_and_each_puzzle() -> None:
    def follow(shown: Screen) -> None:
        shown.see(after(0.1))
        shown.took("one", "solved\x1b[2J")

    lines = said(Voice.VERBOSE, follow).splitlines()
    assert lines[0] == "watch it at http://127.0.0.1:8787/memo"
    assert lines[-1] == r"one: solved\x1b[2J"


@pytest.mark.parametrize("seconds", [1, 100])
def test_a_quiet_run_says_nothing(seconds: float) -> None:
    def follow(shown: Screen) -> None:
        shown.see(after(seconds))
        shown.took("one", "solved")

    assert said(Voice.QUIET, follow) == ""

"""What the page knows of runs stays bounded, and the text that it makes of it stays text."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from flows.dashboard.history import MOMENTS, RUNS, History
from flows.dashboard.tables import headline, outcomes_table, slowest_table, stages_table, workers_table
from flows.progress.snapshot import Slow, Snapshot, StageCounts, Standing

FIRST = Snapshot("run", 0.0, 10, 0, 0, Standing(), (StageCounts("validate"),), (), 0.0, None)
HOSTILE = "<script>alert(1)</script>"


def after(seconds: int, run: str = "run") -> Snapshot:
    return replace(
        FIRST, run=run, seconds=float(seconds), stages=(StageCounts("validate", rows_executed=3 * seconds),)
    )


def test_a_long_run_is_kept_from_begin_to_end_in_few_moments() -> None:
    history = History()
    for second in range(1, 10_001):
        history.add(after(second))
        assert len(history.runs["run"].moments) <= MOMENTS
    seconds = [moment.seconds for moment in history.runs["run"].moments]
    gaps = [later - earlier for earlier, later in pairwise(seconds)]
    assert (seconds[0] < 500, seconds[-1]) == (True, 10_000)
    assert min(gaps) > 0
    assert len(seconds) >= MOMENTS // 2


def test_the_newest_runs_are_kept() -> None:
    history = History()
    for number in range(RUNS + 3):
        history.add(after(1, f"run{number}"))
    assert list(history.runs) == [f"run{number}" for number in range(3, RUNS + 3)]


def test_rows_per_second_are_those_since_the_moment_before() -> None:
    history = History()
    for second in (2, 3, 7):
        history.add(after(second))
    assert history.runs["run"].rows_per_second() == [3, 3, 3]


def test_names_cannot_inject_markup() -> None:
    hostile = replace(
        FIRST,
        run=HOSTILE,
        standing=Standing(outcomes={HOSTILE: 1}),
        stages=(StageCounts(HOSTILE),),
        slowest=(Slow(HOSTILE, HOSTILE, 1.0),),
    )
    texts = [
        headline(hostile, 0.0),
        stages_table(hostile),
        slowest_table(hostile),
        outcomes_table(hostile),
        workers_table([(HOSTILE, HOSTILE, HOSTILE)]),
    ]
    assert [("<script" in text, "&lt;script" in text) for text in texts] == [(False, True)] * len(texts)

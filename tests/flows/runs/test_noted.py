"""What a run notes for its report: seconds of nodes, and its misses by what they have in common."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from flows import Flow, Node
from flows.clock import Clock
from flows.execution.executor import InProcess
from flows.flow import Tally
from flows.runs.noted import Journal, Missed
from flows.state.misses import Misses
from flows.state.target import Finished, Member
from store import Store
from store.cause import NEW, Cause


def summed(items: list[int], scale: int) -> list[int]:
    return [scale * sum(range(100_000 * item)) for item in items]


def total(sums: list[int]) -> int:
    return sum(range(300_000)) + sum(sums)


def targets(flow: Flow, items: list[int], *scales: int) -> list[Node]:
    return [flow.node(total, flow.map(summed, items, scale=scale)) for scale in scales]


def ran(place: Path, items: list[int], *scales: int) -> tuple[list[dict[str, Member]], Misses]:
    """A run in what could be another process: the nodes of each target by stage, and its misses."""
    flow = Flow(Store(place))
    runner = flow.runner(InProcess, Clock())
    misses = Misses(runner.resolver, lambda: targets(flow, items, *scales))
    runner.missed = misses.add
    finished = sorted(runner.stream(targets(flow, items, *scales)), key=lambda each: each.index)
    return [{member.stage: member for member in each.members} for each in finished], misses


def test_a_node_knows_the_seconds_that_its_results_took_whenever_that_was(tmp_path: Path) -> None:
    (first,), _ = ran(tmp_path, [1, 2], 1)
    for member in first.values():
        assert member.spent_s > 0
        assert member.saved_s == 0
    (by_record,), _ = ran(tmp_path, [1, 2], 1)
    shutil.rmtree(tmp_path / "entries" / "target")
    (one_by_one,), _ = ran(tmp_path, [1, 2], 1)
    for stage, member in first.items():
        for again in (by_record[stage], one_by_one[stage]):
            assert again.spent_s == 0
            assert again.saved_s == pytest.approx(member.spent_s, abs=1e-5)


def test_rows_that_hit_save_their_share(tmp_path: Path) -> None:
    (first,), _ = ran(tmp_path, [1, 2], 1)
    (one,), _ = ran(tmp_path, [1, 3], 1)
    (other,), _ = ran(tmp_path, [2, 4], 1)
    assert one["summed"].saved_s + other["summed"].saved_s == pytest.approx(first["summed"].spent_s)
    assert min(each["summed"].spent_s for each in (one, other)) > 0
    assert one["total"].saved_s == 0


def test_misses_are_told_by_what_changed_since_the_runs_before(tmp_path: Path) -> None:
    _, first = ran(tmp_path, [1, 2], 1)
    assert first.counts == {"summed": Counter({NEW: 2}), "total": Counter({NEW: 1})}
    _, other = ran(tmp_path, [1, 2, 3], 2)
    (causes,) = [causes for causes in other.counts["summed"] if causes != NEW]
    assert [(cause.kind, cause.name) for cause in causes] == [("settings", "scale")]
    assert other.counts["summed"] == Counter({causes: 2, NEW: 1})


def test_what_is_asked_for_beside_it_is_no_earlier_version(tmp_path: Path) -> None:
    ran(tmp_path, [1, 2], 1)
    _, misses = ran(tmp_path, [1, 2], 1, 2)
    assert misses.counts["summed"] == Counter({NEW: 2})


def test_a_repeat_asks_nobody_for_its_targets(tmp_path: Path) -> None:
    ran(tmp_path, [1], 1)
    _, misses = ran(tmp_path, [1], 1)
    assert misses.counts == {}


def journal(tmp_path: Path) -> Journal:
    return Journal(Misses(Flow(Store(tmp_path)).resolver(), list))


def test_causes_that_read_the_same_are_counted_together(tmp_path: Path) -> None:
    noting = journal(tmp_path)
    changed = [(Cause("input", "verdicts", "validate", f"old{n}", f"new{n}"),) for n in range(3)]
    noting.misses.counts["score"].update([*changed, NEW])
    assert noting.noted(Tally()).misses == (Missed("score", 3, changed[0]), Missed("score", 1, NEW))


def test_what_is_noted_is_bounded(tmp_path: Path) -> None:
    noting = journal(tmp_path)
    causes = [(Cause("function", f"m:f{n}", "", "old", "new"),) for n in range(30)]
    noting.misses.counts["score"].update(causes)
    members = [Member(bytes([n, m]), "score", None, 1, n + m) for n in range(100) for m in range(5)]
    for n in range(100):
        noting.add(f"p{n}", Finished(n, None, RuntimeError("x" * 9999), tuple(members[5 * n : 5 * n + 5])))
    noted = noting.noted(Tally())
    assert noted.misses[-1] == Missed("score", 10, ())
    assert len(noted.misses) == 21
    assert max(map(len, noted.failures.values())) == 500
    assert [node.seconds for node in noted.slowest][:3] == [103, 102, 102]
    assert len(noted.slowest) == 40

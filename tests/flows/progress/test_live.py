"""How a run stands while it goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgpack
import pytest
import stages

from flows import Flow
from flows.clock import Clock
from flows.flow import Tally
from flows.node import Node
from flows.progress.live import Live
from flows.progress.snapshot import Snapshot, from_plain
from store import Store


class Seen(list[Snapshot]):
    """Keeps what it is shown."""

    def see(self, snapshot: Snapshot) -> None:
        self.append(snapshot)


def watched(flow: Flow, targets: list[Node], every_s: float = 1.0) -> tuple[Seen, Tally]:
    """What is seen of a run in this process, and its tally."""
    seen, tally = Seen(), Tally()
    runner = flow.runner(flow.starter(0), Clock())
    live = Live(runner, tally, len(targets), observers=[seen], every_s=every_s)
    for finished in runner.stream(targets):
        tally.add(finished.members)
        live.took(finished.error)
    return seen, tally


def of_stages(snapshot: Snapshot, field: str) -> dict[str, int]:
    """A count by stage, where it is not 0."""
    counts = {each.stage: getattr(each, field) for each in snapshot.stages}
    return {stage: count for stage, count in counts.items() if count}


def targets_of(flow: Flow) -> list[Node]:
    """A target whose rows hit in part, one that fails, and one that shares a node with the first."""
    numbers = flow.node(stages.numbers, 5)
    rows = flow.map(stages.scaled, numbers, factor=2)
    return [flow.node(stages.total, rows), flow.node(stages.refuse, 1), flow.map(stages.timed, numbers)]


def test_the_last_look_sees_what_the_run_counts(tmp_path: Path) -> None:
    flow = Flow(Store(tmp_path / "store"))
    flow.run(flow.map(stages.scaled, [0, 1], factor=2), workers=0)
    seen, tally = watched(flow, targets_of(flow))
    last = seen[-1]
    assert last.ended
    assert of_stages(last, "nodes_executed") == tally.executed
    assert of_stages(last, "nodes_hit") == tally.hits
    assert of_stages(last, "rows_executed") == tally.rows_executed == {"scaled": 3, "timed": 5}
    assert of_stages(last, "rows_hit") == tally.rows_hit == {"scaled": 2}
    assert of_stages(last, "failed") == {"refuse": 1}
    assert of_stages(last, "waiting") == {}
    assert (last.finished, last.failed, last.targets) == (3, 1, 3)


def test_nodes_of_unfinished_targets_are_seen_at_once(tmp_path: Path) -> None:
    flow = Flow(Store(tmp_path / "store"))
    first = watched(flow, targets_of(flow))[0][0]
    assert not first.ended
    assert of_stages(first, "nodes_executed") == {"numbers": 1}
    assert of_stages(first, "waiting") == {"scaled": 1, "total": 1, "timed": 1, "refuse": 1}


def test_a_node_of_a_finished_target_that_others_need_is_counted_once(tmp_path: Path) -> None:
    flow = Flow(Store(tmp_path / "store"))
    numbers = flow.node(stages.numbers, 5)
    second = watched(flow, [numbers, flow.map(stages.scaled, numbers, factor=2)], every_s=0)[0][1]
    assert (second.finished, second.ended) == (1, False)
    assert of_stages(second, "nodes_executed") == {"numbers": 1}


def test_nobody_looks_where_everything_hits(tmp_path: Path) -> None:
    flow = Flow(Store(tmp_path / "store"))
    node = flow.node(stages.double, 21)
    assert [len(watched(flow, [node])[0]) > 0 for _ in range(2)] == [True, False]


def test_the_slowest_rows_are_named_with_their_target(tmp_path: Path) -> None:
    flow = Flow(Store(tmp_path / "store"))
    seen, _ = watched(flow, [flow.node(stages.double, 1), flow.map(stages.timed, list(range(40)))])
    slowest = seen[-1].slowest
    assert [slow.cpu_s for slow in slowest] == sorted((slow.cpu_s for slow in slowest), reverse=True)
    assert (slowest[0].label, slowest[0].item, slowest[0].cpu_s) == ("target 1", "39", 0.039)
    assert len(slowest) <= 10


def snapshot(flow: Flow) -> Snapshot:
    return watched(flow, targets_of(flow))[0][-1]


def test_a_snapshot_survives_the_way_to_a_scheduler(tmp_path: Path) -> None:
    sent = snapshot(Flow(Store(tmp_path / "store")))
    assert from_plain(msgpack.unpackb(msgpack.packb(sent.plain()))) == sent


@pytest.mark.parametrize("change", [{"stages": [{"name": "x"}]}, {"standing": {"no": 1}}, {"run": None}])
def test_a_snapshot_of_another_version_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    plain = {**snapshot(Flow(Store(tmp_path / "store"))).plain(), **change}
    if change == {"run": None}:
        del plain["run"]
    with pytest.raises((TypeError, KeyError)):
        from_plain(plain)

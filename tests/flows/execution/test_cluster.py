"""Flows on real Dask workers."""

from __future__ import annotations

import gc
import shutil
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import stages
from bokeh.client import pull_session
from bokeh.models import ColumnDataSource
from distributed import LocalCluster

from flows import Flow, NodeFailed, NoScheduler
from flows.clock import Clock
from flows.execution.cluster import Cluster
from store import Store


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a cluster that somebody else started."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as cluster:
        yield cluster.scheduler_address


def test_workers_compute_what_this_process_would(tmp_path: Path) -> None:
    values = []
    for workers in (0, 2):
        flow = Flow(Store(tmp_path / str(workers)))
        doubled = flow.map(stages.scaled, flow.node(stages.numbers, 50), factor=2)
        nodes = [doubled, flow.node(stages.total, doubled)]
        values.append(flow.run(nodes, workers=workers).value)
    assert values[0] == values[1]


def test_an_existing_cluster_is_used_and_left_alive(scheduler: str, tmp_path: Path) -> None:
    flow = Flow(Store(tmp_path / "store"))
    for count in (3, 4):
        run = flow.run(flow.node(stages.numbers, count), scheduler=scheduler)
        assert run.executed == {"numbers": 1}
        assert run.value == list(range(count))


def test_a_killed_worker_costs_no_result(tmp_path: Path) -> None:
    flow = Flow(Store(tmp_path / "store"))
    killed = flow.map(stages.kill_once, [1, 2, 3], marker=str(tmp_path / "killed"))
    other = flow.map(stages.scaled, [4, 5], factor=2)
    run = flow.run([killed, other], workers=2)
    assert run.value == [[1, 2, 3], [8, 10]]
    assert (tmp_path / "killed").exists()


def test_a_call_that_kills_every_worker_fails_alone(tmp_path: Path) -> None:
    flow = Flow(Store(tmp_path / "store"))
    nodes = [flow.node(stages.deadly, number) for number in (11, 12, 13, 14)]
    with pytest.raises(NodeFailed, match="1 target"):
        flow.run(nodes, workers=2)
    run = flow.run([nodes[0], nodes[1], nodes[3]], workers=0)
    assert run.value == [11, 12, 14]
    assert run.executed.total() == 0


@pytest.mark.parametrize("rows", [False, True])
def test_work_of_unknown_cost_is_spread_over_the_workers(tmp_path: Path, rows: bool) -> None:
    flow, folder = Flow(Store(tmp_path / "store")), tmp_path / "met"
    folder.mkdir()
    nodes = (
        [flow.map(stages.meet_all, [1, 2], folder=str(folder))]
        if rows
        else [flow.node(stages.meet, number, folder=str(folder)) for number in (1, 2)]
    )
    assert flow.run(nodes, workers=2).value == ([[1, 2]] if rows else [1, 2])


@pytest.mark.parametrize("lost", ["entries/numbers", "rows/scaled"])
def test_results_that_vanish_are_computed_again_on_workers(tmp_path: Path, lost: str) -> None:
    flow = Flow(Store(tmp_path / "store"))
    node = flow.node(stages.total, flow.map(stages.scaled, flow.node(stages.numbers, 5), factor=2))
    flow.run(node, workers=0)
    flow.plan(node)  # so that this process remembers the rows
    for gone in (lost, "entries/total", "entries/target"):
        shutil.rmtree(tmp_path / "store" / gone)
    assert flow.run(node, workers=1).value == 20


def test_a_scheduler_that_does_not_answer_is_named(tmp_path: Path) -> None:
    flow = Flow(Store(tmp_path / "store"))
    with pytest.raises(NoScheduler, match=r"tcp://127\.0\.0\.1:9"):
        flow.run(flow.node(stages.double, 1), scheduler="tcp://127.0.0.1:9")


def test_the_stock_dashboard_groups_tasks_by_stage(tmp_path: Path) -> None:
    flow, gate = Flow(Store(tmp_path / "store")), tmp_path / "gate"
    cluster = Cluster(2)
    runner = flow.runner(lambda: cluster, Clock())
    nodes = [flow.map(stage, [1, 2], gate=str(gate)) for stage in (stages.held, stages.held_too)]
    with ThreadPoolExecutor(1) as pool:
        try:
            shown = pool.submit(stages_on_dashboard, cluster.dashboard, {"held", "held_too"})
            shown.add_done_callback(lambda _: gate.touch())
            assert [finished.value for finished in runner.stream(nodes)] == [[1, 2], [1, 2]]
        finally:
            gate.touch()
        assert shown.result() >= {"held", "held_too"}


def test_a_port_that_is_in_use_gives_way_to_another_and_nothing_is_left_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            cluster = Cluster(1, dashboard=f"127.0.0.1:{port}")
            try:
                assert f":{port}/" not in cluster.dashboard
            finally:
                cluster.close()
            gc.collect()
    assert [each for each in caught if each.category is ResourceWarning] == []


def stages_on_dashboard(address: str, wanted: set[str]) -> set[str]:
    """The names on the dashboard's progress page, as soon as the wanted ones are among them."""
    deadline = time.monotonic() + 40
    found: set[str] = set()
    while not found >= wanted and time.monotonic() < deadline:
        page = pull_session(url=address.replace("/status", "/individual-progress"))
        page.force_roundtrip()
        sources = page.document.select({"type": ColumnDataSource})
        found = {name for source in sources for name in source.data.get("name", ())}
        page.close()
    return found


def test_dask_is_not_imported_when_nothing_must_run(tmp_path: Path) -> None:
    script = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
import stages
from flows import Flow
from store import Store
flow = Flow(Store({str(tmp_path / "store")!r}))
run = flow.run(flow.node(stages.double, 21), workers=int(sys.argv[1]))
print(run.value, run.executed.total(), "dask" in sys.modules, "distributed" in sys.modules)
"""
    said = [
        subprocess.run(
            [sys.executable, "-c", script, workers], capture_output=True, text=True, check=True
        ).stdout.split()
        for workers in ("0", "4")
    ]
    assert said == [["42", "1", "False", "False"], ["42", "0", "False", "False"]]

"""Flows over stores that are no directory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import stages
from command_line import read_json, run_apart, run_here, write_puzzles
from s3_server import BUCKET, Server, serving

from flows import Flow
from flows.errors import BadSettings
from store import Store


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An S3 server, and an environment that leads this process and its workers to it."""
    with serving(tmp_path_factory.mktemp("s3") / "log") as server, pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        yield server


@pytest.mark.usefixtures("s3")
def test_workers_share_a_store_on_s3(tmp_path: Path) -> None:
    store = Store(f"s3://{BUCKET}/flow")
    log = str(tmp_path / "log")

    def run(workers: int, opened: Store) -> tuple[object, int]:
        flow = Flow(opened)
        done = flow.run(flow.node(stages.total, flow.map(stages.logged, [1, 2, 3], log=log)), workers=workers)
        return done.value, done.executed.total()

    assert run(2, store) == (14, 2)
    assert run(2, Store(store.location)) == (14, 0)
    assert sorted(Path(log).read_text().split()) == ["1", "2", "3"]


def test_rows_cost_no_request_each(s3: Server, tmp_path: Path) -> None:
    flow = Flow(Store(f"s3://{BUCKET}/rows"))
    numbers = flow.map(stages.scaled, flow.node(stages.numbers, 100), factor=3)
    node = flow.map(stages.logged, numbers, lambda number: [number % 7], log=str(tmp_path / "log"))
    before = len(s3.requests())
    flow.run(node, workers=0)
    cold = len(s3.requests()) - before
    opened = Flow(Store(flow.store.location))
    before = len(s3.requests())
    assert opened.run(node, workers=0).executed.total() == 0
    warm = len(s3.requests()) - before
    print(f"100 rows of two maps: {cold} requests cold, {warm} warm")
    assert cold < 100
    assert warm < 10


@pytest.mark.usefixtures("s3")
def test_the_command_line_runs_over_s3_and_repeats_for_free(tmp_path: Path) -> None:
    puzzles, place, said = write_puzzles(tmp_path / "puzzles", 2), f"s3://{BUCKET}/arc", tmp_path / "json"
    options = ["--dataset", puzzles, "--limit", 2, "--workers", 2, "--store", place, "--json", said]
    cold = run_apart(["-m", "flows.arc"], *options)
    assert (cold.code, cold.err) == (0, "")
    first = read_json(said)
    assert first["nodes"]["score"] == {"executed": 2, "hit": 0}
    plan = run_here("plan", "arc", "--dataset", puzzles, "--store", place, "--json", said)
    assert plan.code == 0
    assert all(count["run"] == count["pending"] == 0 for count in read_json(said)["nodes"].values())
    warm = run_here("run", "arc", *options)
    assert warm.code == 0
    again = read_json(said)
    assert sum(count["executed"] for count in again["nodes"].values()) == 0
    assert sum(count["executed"] for count in again["rows"].values()) == 0
    assert again["solved_train"] == first["solved_train"]
    stats = run_here("store", "stats", "--store", place)
    assert (stats.code, "entries/target" in stats.out) == (0, True)
    listed = run_here("store", "ls", "--store", place)
    assert (listed.code, "memoflow.json" in listed.out) == (0, True)
    verified = run_here("store", "verify", "--store", place)
    assert (verified.code, ", 0 bad" in verified.out) == (0, True)


@pytest.mark.usefixtures("s3")
def test_a_bucket_that_is_not_there_is_one_line_of_bad_use() -> None:
    said = run_here("run", "arc", "--limit", 1, "--store", "s3://no-such-bucket/store")
    assert said.code == 2
    assert "name a place you can write to" in said.complaint()


def test_workers_over_the_memory_of_this_process_are_refused() -> None:
    flow = Flow(Store("memory://flow"))
    node = flow.node(stages.double, 21)
    for options in ({"workers": 4}, {"workers": 0, "scheduler": "tcp://127.0.0.1:1"}):
        with pytest.raises(BadSettings, match=r"flow: lies in the memory of this process.*use 0 workers"):
            flow.run(node, **options)
    assert flow.run(node, workers=0).value == 42


def test_a_layer_in_the_memory_of_this_process_is_refused_with_workers(tmp_path: Path) -> None:
    Store("memory://layer").call(stages.double, 21)
    flow = Flow(Store(tmp_path / "store", ["memory://layer"]))
    with pytest.raises(BadSettings, match="memory://layer"):
        flow.run(flow.node(stages.double, 21), workers=1)
    assert flow.run(flow.node(stages.double, 21), workers=0).executed.total() == 0


def test_the_command_line_refuses_workers_over_memory(tmp_path: Path) -> None:
    options = ["--dataset", write_puzzles(tmp_path / "puzzles", 1), "--store", "memory://line"]
    said = run_here("run", "arc", *options, "--workers", 2)
    assert said.code == 2
    assert "use 0 workers, or a store at a directory or URL" in said.complaint()
    assert run_here("run", "arc", *options, "--workers", 0).code == 0

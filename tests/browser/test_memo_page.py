"""The page `Memo` on Dask's dashboard, looked at in a browser while runs go on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import stages
from command_line import ROOT, environment, read_json, write_puzzles
from distributed import LocalCluster
from playwright.sync_api import expect

from flows import Flow
from store import Store

from .conftest import Tab


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """A cluster of somebody else's, whose scheduler was started with `--preload flows.dashboard`."""
    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        scheduler_kwargs={"preload": ["flows.dashboard"]},
    ) as cluster:
        yield cluster


def rows_of(tab: Tab, caption: str) -> dict[str, list[str]]:
    """The cells of a table on the page by their first."""
    table = tab.page.locator("table", has=tab.page.locator("caption", has_text=caption))
    rows = [row.locator("td").all_inner_texts() for row in table.locator("tbody tr").all()]
    return {row[0]: row[1:] for row in rows}


def counts(said: dict[str, Any], stage: str) -> list[str]:
    """What the page should say of a stage that is done: nodes run, hit, waiting, failed, rows run, hit."""
    nodes, rows = said["nodes"][stage], said["rows"].get(stage)
    of_rows = [str(rows["executed"]), str(rows["hit"])] if rows else ["", ""]
    return [str(nodes["executed"]), str(nodes["hit"]), "0", "0", *of_rows]


def test_the_page_shows_what_workers_do_while_a_run_goes_on(
    tab: Tab, cluster: LocalCluster, tmp_path: Path
) -> None:
    tab.page.goto(cluster.dashboard_link)
    tab.page.get_by_role("link", name="Memo", exact=True).click()
    flow, gate = Flow(Store(tmp_path / "store")), tmp_path / "gate"
    node = flow.map(stages.held, flow.node(stages.numbers, 3), gate=str(gate))
    with ThreadPoolExecutor(1) as pool:
        try:
            run = pool.submit(flow.run, node, scheduler=cluster.scheduler_address)
            expect(tab.page.get_by_text("so far")).to_be_visible()
            expect(tab.page.get_by_role("cell", name="target 0").first).to_be_visible()
            assert rows_of(tab, "Stages")["held"][:4] == ["0", "0", "1", "0"]
            assert "held" in {stage for stage, _ in rows_of(tab, "Workers").values()}
        finally:
            gate.touch()
        run.result()
    expect(tab.page.get_by_text("ended after")).to_be_visible()
    assert rows_of(tab, "Stages")["held"][:6] == ["1", "0", "0", "0", "3", "0"]


def test_the_page_and_the_json_of_a_run_say_the_same(tab: Tab, cluster: LocalCluster, tmp_path: Path) -> None:
    puzzles, file = write_puzzles(tmp_path / "puzzles", 3), tmp_path / "said.json"
    tab.page.goto(cluster.dashboard_link.replace("/status", "/memo"))
    words = ["--dataset", puzzles, "--store", tmp_path / "store", "--json", file]
    command = [sys.executable, "-m", "flows.arc", *words, "--scheduler", cluster.scheduler_address]
    subprocess.run(list(map(str, command)), cwd=ROOT, env=environment(), check=True, capture_output=True)
    said = read_json(file)
    expect(tab.page.get_by_text(f"run {said['run']}")).to_be_visible()
    expect(tab.page.get_by_text("ended after")).to_be_visible()
    shown = rows_of(tab, "Stages")
    assert {stage: cells[:6] for stage, cells in shown.items()} == {
        stage: counts(said, stage) for stage in said["nodes"]
    }
    outcomes = {kind.replace(" ", "_"): int(count) for kind, (count,) in rows_of(tab, "Outcomes").items()}
    assert outcomes == said["outcomes"]
    assert tab.page.get_by_text(f"{said['puzzles']} / {said['puzzles']}").is_visible()
    tab.page.set_viewport_size({"width": 820, "height": 900})
    menu = tab.page.locator(".navbar").bounding_box()
    assert menu is not None
    assert menu["height"] < 60, "the menu lies over the page, and stays on one line"

"""What notebooks show of flows: graphs by fate, plans and runs; and that no name in it is markup."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from flows import BadSettings, Flow, Node, Plan, PlanNode, Run
from flows.graph import Graph
from flows.plan import Why
from store import Store
from store.cause import Cause

SVG = "{http://www.w3.org/2000/svg}"


def double(x: int) -> int:
    return 2 * x


def squares(items: list[int], offset: int) -> list[int]:
    return [item**2 + offset for item in items]


def total(numbers: list[int], more: int) -> int:
    return sum(numbers) + more


@pytest.fixture
def flow(tmp_path: Path) -> Flow:
    return Flow(Store(tmp_path / "store"))


@pytest.fixture
def node(flow: Flow) -> Node:
    """A sum over a map that runs; of what it reads, one hits."""
    doubled = flow.node(double, 21)
    flow.run(doubled, workers=0)
    return flow.node(total, flow.map(squares, [1, 2, 3], offset=0), doubled)


@pytest.fixture(params=["ours", "dot"])
def layout(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Without Graphviz, and with it where it is installed."""
    name: str = request.param
    if name == "ours":
        monkeypatch.setenv("PATH", "")
    elif shutil.which("dot") is None:
        pytest.skip("Graphviz is not installed")
    return name


def test_a_graph_has_the_fates_that_the_plan_has(flow: Flow, node: Node) -> None:
    graph = flow.visualize(node)
    assert {(each.stage, each.status) for each in graph.nodes} == {
        ("squares", "run"), ("double", "hit"), ("total", "pending"),
    }  # fmt: skip
    assert sorted(each.stage for each in graph.nodes) == sorted(each.stage for each in flow.plan(node).nodes)
    assert [len(reads) for reads in graph.reads] == [0, 0, 2]
    assert repr(graph) == "<Graph of 3 nodes: 1 hit, 1 run, 1 pending>"
    flow.run(node, workers=0)
    assert repr(flow.visualize([node, node])) == "<Graph of 3 nodes: 3 hit, 0 run, 0 pending>"


def test_a_graph_is_drawn_with_and_without_graphviz(
    flow: Flow, node: Node, layout: str, tmp_path: Path
) -> None:
    graph = flow.visualize(node, tmp_path / "graph.svg")
    drawn = ElementTree.parse(tmp_path / "graph.svg")
    texts = [each.text for each in drawn.iter(f"{SVG}text")]
    assert {"squares", "run, 3 of 3 rows", "double", "hit", "total", "pending"} <= set(texts)
    assert graph._repr_html_().startswith("<svg")
    fills = [each.get("fill") for each in drawn.iter() if each.get("fill")]
    assert {"#c8e6c9", "#ffcc80", "#e0e0e0"} <= set(fills)


def test_a_picture_that_needs_graphviz_is_refused_without_it(
    flow: Flow, node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BadSettings, match="needs Graphviz"):
        flow.visualize(node, tmp_path / "graph.png")
    with pytest.raises(BadSettings, match=r"\.svg, \.png, \.pdf or \.dot"):
        flow.visualize(node, tmp_path / "graph.jpeg")
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_names_and_values_cannot_inject_markup(layout: str) -> None:
    script = "<script>alert('\"')</script>\\"
    node = PlanNode(script, "run", script, why=(Why((Cause("function", script),), 1),))
    counts = Counter({script: 1})
    shown = [
        Graph((node,), ((),))._repr_html_(),
        Plan((node,))._repr_html_(),
        Run(script, counts, counts, counts, counts)._repr_html_(),
    ]
    for html in shown:
        assert "<script" not in html
        assert html.count("&lt;script&gt;") >= 2
        assert script in "".join(ElementTree.fromstring(html).itertext())


def test_a_plan_of_many_nodes_stays_small_in_a_notebook(flow: Flow) -> None:
    few, many = ([flow.node(double, number) for number in range(count)] for count in (2, 500))
    assert len(flow.plan(many)._repr_html_()) < 1.1 * len(flow.plan(few)._repr_html_())
    assert "double: 500 because new" in flow.plan(many)._repr_html_()

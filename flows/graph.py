"""Graphs of nodes, drawn: what each reads, and whether it hits, runs or waits.

Owns: Graphviz's text for a graph, its drawing by `dot` where that is installed, and a plain one of our own
where it is not: nodes in ranks, each below all that it reads.
"""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import count
from pathlib import Path

from flows.errors import BadSettings
from flows.node import Node
from flows.output import write_bytes
from flows.plan import PlanNode, planned
from flows.state.order import inputs_first
from flows.state.resolve import Resolver

__all__ = ["Graph", "draw", "graph_of"]

_FILLS = {"hit": "#c8e6c9", "run": "#ffcc80", "pending": "#e0e0e0"}
_WIDTH, _HEIGHT, _GAP, _RANK = 150, 40, 20, 80
"""Pixels: a box, what lies between two, and from one rank to the next."""

_SOURCES = (".dot", ".gv")
_BY_DOT = (".png", ".pdf")


@dataclass(frozen=True)
class Graph:
    """Nodes, inputs before what reads them, and for each the places of those that it reads."""

    nodes: tuple[PlanNode, ...]
    reads: tuple[tuple[int, ...], ...]

    def __repr__(self) -> str:
        fates = Counter(node.status for node in self.nodes)
        return f"<Graph of {len(self.nodes)} nodes: {', '.join(f'{fates[name]} {name}' for name in _FILLS)}>"

    def _repr_html_(self) -> str:
        drawn = draw(self, "svg").decode()
        return drawn[drawn.index("<svg") :]  # dot's begins with a head, which has no place in a page

    def dot(self) -> str:
        """The graph in Graphviz's language."""
        lines = ["digraph {", "  node [shape=box style=filled fontname=sans];"]
        for place, node in enumerate(self.nodes):
            label = "\\n".join(map(_quoted, _label(node)))
            look = f'fillcolor="{_FILLS[node.status]}" tooltip="{_quoted(node.reason)}"'
            lines.append(f'  {place} [label="{label}" {look}];')
        lines += [f"  {below} -> {place};" for place, reads in enumerate(self.reads) for below in reads]
        return "\n".join([*lines, "}", ""])

    def save(self, file: Path) -> None:
        """Write a picture (.svg, with Graphviz also .png and .pdf) or the text that makes one (.dot).
        Raises `BadSettings`."""
        suffix = file.suffix.lower()
        if suffix in _SOURCES:
            write_bytes(file, self.dot().encode())
        elif suffix == ".svg" or (suffix in _BY_DOT and shutil.which("dot")):
            write_bytes(file, draw(self, suffix[1:]))
        elif suffix in _BY_DOT:
            raise BadSettings(str(file), "needs Graphviz, whose dot is not installed; name a .svg file")
        else:
            raise BadSettings(str(file), "is no picture; end the name in .svg, .png, .pdf or .dot")


def graph_of(resolver: Resolver, targets: Iterable[Node]) -> Graph:
    """The graph of some nodes with all below them; equal ones are one."""
    targets = list(targets)
    fates = planned(resolver, targets)
    places: dict[bytes, int] = {}
    nodes: list[PlanNode] = []
    reads: list[tuple[int, ...]] = []
    recipe = resolver.recipe
    for target in targets:
        for node in inputs_first(target, resolver.inputs, lambda each: recipe(each) in places):
            places[recipe(node)] = len(nodes)
            nodes.append(fates.get(recipe(node), PlanNode(node.stage, "run", "fails")))
            reads.append(tuple(dict.fromkeys(places[recipe(below)] for below in resolver.inputs(node))))
    return Graph(tuple(nodes), tuple(reads))


def draw(graph: Graph, kind: str) -> bytes:
    """The picture of a graph: by `dot`, or, as SVG, by ourselves where there is none. Raises
    `BadSettings`."""
    dot = shutil.which("dot")
    if dot is None:
        return _svg(graph).encode()
    drawn = subprocess.run([dot, f"-T{kind}"], input=graph.dot().encode(), capture_output=True)
    if drawn.returncode != 0:
        raise BadSettings(dot, f"cannot draw {kind}: {drawn.stderr.decode(errors='replace').strip()}")
    return drawn.stdout


def _label(node: PlanNode) -> tuple[str, str]:
    rows = f", {node.missing} of {node.rows} rows" if node.rows is not None and node.status == "run" else ""
    return node.stage, f"{node.status}{rows}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


# -- our own layout --------------------------------------------------------------------------


def _svg(graph: Graph) -> str:
    at = _corners(graph)
    width = max((x for x, _ in at), default=0) + _WIDTH + _GAP
    height = max((y for _, y in at), default=0) + _HEIGHT + _GAP
    body = "".join([*_lines(graph, at), *_boxes(graph, at)])
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    style = 'font-family="sans-serif" font-size="12" text-anchor="middle"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>{body}</svg>\n'


def _corners(graph: Graph) -> list[tuple[int, int]]:
    """The upper left corner of each box: by rank downwards, in order to the right."""
    ranks: list[int] = []
    free: dict[int, Iterator[int]] = {}
    at = []
    for reads in graph.reads:
        ranks.append(1 + max((ranks[below] for below in reads), default=-1))
        column = next(free.setdefault(ranks[-1], count()))
        at.append((_GAP + column * (_WIDTH + _GAP), _GAP + ranks[-1] * _RANK))
    return at


def _lines(graph: Graph, at: list[tuple[int, int]]) -> Iterator[str]:
    for (x, y), reads in zip(at, graph.reads, strict=True):
        for below in reads:
            from_x, from_y = at[below]
            ends = f'x1="{from_x + _WIDTH // 2}" y1="{from_y + _HEIGHT}" x2="{x + _WIDTH // 2}" y2="{y}"'
            yield f'<line {ends} stroke="#888888"/>'


def _boxes(graph: Graph, at: list[tuple[int, int]]) -> Iterator[str]:
    for (x, y), node in zip(at, graph.nodes, strict=True):
        box = f'x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" fill="{_FILLS[node.status]}"'
        stage, fate = map(escape, _label(node))
        middle = x + _WIDTH // 2
        yield f'<g><title>{escape(node.reason)}</title><rect {box} stroke="#555555"/>'
        yield f'<text x="{middle}" y="{y + 17}">{stage}</text>'
        yield f'<text x="{middle}" y="{y + 33}">{fate}</text></g>'

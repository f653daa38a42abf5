"""The graph of what code can reach, and its digest.

Owns: nodes, the labels that say what is in them, and the digest of everything reachable from one.
A digest holds no names and no places: where a helper lies and what it is called do not count. Each
node's digest is made once, from its label and the digests of what it refers to; nodes that reach
each other (recursion) are numbered in the order in which a walk from one of them meets the others.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from store.encode import hash_bytes
from store.fingerprint.origin import place_of
from store.fingerprint.traits import NONE, PLACES, TRAITS, Meta

__all__ = [
    "LINK",
    "Distributions",
    "Label",
    "Node",
    "Part",
    "Where",
    "digest_of_root",
    "reached",
    "rooted",
    "seal",
    "traits_of",
]

Distributions = frozenset[tuple[str, str]]

Where = str | tuple[str, str, int] | Callable[[], str]
"""Where something lies: in words, as module, file and line, or as what will say it."""

LINK = b"->"
"""Stands in a label for a reference to a node."""
_COUNT = struct.Struct("<I")
_FIRST = b"#" + _COUNT.pack(0)


@dataclass(frozen=True)
class Part:
    """One piece of what a function reaches, with a digest of its own and where it lies."""

    name: str
    kind: str
    digest: str
    where: str


class Node:
    """One function, class, constant, package or module, and what it refers to, in order.

    `reads`: the traits that its code reads. `cls`: the class that it is the node of. The last three
    hold for all that the node reaches, once it is sealed.
    """

    # Most nodes keep most of these: what a node does not set costs nothing.
    label: bytes = b""
    meta: Meta = NONE
    reads: int = 0
    cls: type | None = None
    notes: tuple[str, ...] = ()
    own: tuple[tuple[str, str], ...] = ()
    digest: bytes = b""
    all_reads: int = 0
    distributions: Distributions = frozenset()

    def __init__(self, name: str, kind: str, where: Where, *edges: Node) -> None:
        self.name = name
        self.kind = kind
        self.where = where
        self.edges = list(edges)

    def part(self) -> Part:
        """What of the node is recorded. Its digest changes when it refers to something else."""
        names = "\n".join(edge.name for edge in self.edges)
        read = b"".join(self.meta[trait] for trait in TRAITS if self.reads >> trait & 1)
        digest = hash_bytes(self.label + read + names.encode())
        where = self.where
        if not isinstance(where, str):
            where = place_of(*where) if isinstance(where, tuple) else where()
        return Part(self.name, self.kind, digest.hex(), where)


class Label:
    """Collects what a node holds: tokens, and edges to other nodes."""

    __slots__ = ("node", "out")

    def __init__(self, node: Node) -> None:
        self.node = node
        self.out = bytearray()

    def add(self, tag: str, content: bytes | str = b"") -> None:
        """Add one token."""
        data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        self.out += f"{tag} {len(data)}:".encode() + data

    def link(self, node: Node) -> None:
        """Add a reference to another node."""
        self.out += LINK
        self.node.edges.append(node)

    def take(self, other: Label) -> None:
        """Add all that another label holds."""
        self.out += other.out
        self.node.edges += other.node.edges

    def finish(self) -> None:
        """Put the label on the node."""
        self.node.label = _label(self.node.kind, self.out)


def _label(kind: str, out: bytearray | bytes) -> bytes:
    return hash_bytes(kind.encode() + b"\0" + out)


_ROOT = _label("root", LINK)
_ONE_LINK = _ROOT + _COUNT.pack(1) + b"="


def rooted(node: Node) -> Node:
    """A root for a node that is none: it holds a link to it."""
    root = Node(node.name, "root", "", node)
    root.label = _ROOT
    _seal_alone(root)
    return root


def digest_of_root(node: Node) -> bytes:
    """The digest of a sealed root, or of what `rooted` makes of a node that is none."""
    return node.digest if node.kind == "root" else hash_bytes(_ONE_LINK + node.digest)


def seal(root: Node) -> None:
    """Give a node and all that it reaches their digests; what is sealed already stays as it is."""
    if root.digest:
        return
    if _is_end(root):
        _seal_alone(root)
        return
    index: dict[Node, int] = {root: 0}
    lowest: dict[Node, int] = {root: 0}
    open_nodes = [root]
    path = [(root, iter(root.edges))]
    while path:
        node, edges = path[-1]
        for edge in edges:
            if edge.digest:
                continue
            if edge not in index:
                if _is_end(edge):
                    _seal_alone(edge)
                    continue
                index[edge] = lowest[edge] = len(index)
                open_nodes.append(edge)
                path.append((edge, iter(edge.edges)))
                break
            if index[edge] < lowest[node]:
                lowest[node] = index[edge]
        else:
            path.pop()
            if lowest[node] < index[node]:
                above = path[-1][0]
                lowest[above] = min(lowest[above], lowest[node])
            elif open_nodes[-1] is node:
                _seal_alone(open_nodes.pop())
            else:
                _seal_circle(open_nodes, node)


def _is_end(node: Node) -> bool:
    """Whether all that a node refers to is sealed: most nodes are met so."""
    for edge in node.edges:  # noqa: SIM110  # a third of the cost of `all`
        if not edge.digest:
            return False
    return True


def _seal_alone(node: Node) -> None:
    """Seal a node that reaches no other one that reaches it."""
    out = [node.label, _COUNT.pack(len(node.edges))]
    reads, distributions = node.reads, node.distributions
    for edge in node.edges:
        if edge is node:
            out.append(_FIRST)
            continue
        out += (b"=", edge.digest)
        reads |= edge.all_reads
        if edge.distributions is not distributions:
            distributions = _union(distributions, edge.distributions)
    if not distributions.issuperset(node.own):
        distributions = _union(distributions, node.own)
    node.digest, node.all_reads, node.distributions = hash_bytes(b"".join(out)), reads, distributions


def _seal_circle(open_nodes: list[Node], first: Node) -> None:
    """Take the nodes that reach each other, from the first on, and seal them."""
    circle = [open_nodes.pop()]
    while circle[-1] is not first:
        circle.append(open_nodes.pop())
    reads, distributions = 0, Node.distributions
    for node in circle:
        reads |= node.reads
        distributions = _union(distributions, node.own)
        for edge in node.edges:
            reads |= edge.all_reads
            distributions = _union(distributions, edge.distributions)
    digests = [_digest(node) for node in circle]
    for node, digest in zip(circle, digests, strict=True):
        node.digest, node.all_reads, node.distributions = digest, reads, distributions


@cache
def _union(some: Distributions, more: Iterable[tuple[str, str]]) -> Distributions:
    """Both. One object for each set, so that equal ones are told at once."""
    both = some.union(more)
    return both if both != some else some


def _digest(start: Node) -> bytes:
    """The digest of a node whose edges are sealed, or lie with it in a circle that is not."""
    number = {start: 0}
    stack = [start]
    out: list[bytes] = []
    while stack:
        node = stack.pop()
        out += (node.label, _COUNT.pack(len(node.edges)))
        fresh = []
        for edge in node.edges:
            if edge.digest:
                out += (b"=", edge.digest)
                continue
            if edge not in number:
                number[edge] = len(number)
                fresh.append(edge)
            out.append(b"#" + _COUNT.pack(number[edge]))
        stack += reversed(fresh)
    return hash_bytes(b"".join(out))


def reached(root: Node) -> list[Node]:
    """All nodes that a node reaches, itself first, in the order in which a walk meets them."""
    found: dict[Node, None] = {}
    stack = [root]
    while stack:
        node = stack.pop()
        if node not in found:
            found[node] = None
            stack += [edge for edge in reversed(node.edges) if edge not in found]
    return list(found)


def traits_of(nodes: list[Node], reads: int) -> bytes:
    """The traits of nodes that some code reads."""
    traits = [trait for trait in TRAITS if reads >> trait & 1]
    found = [node.meta[trait] for node in nodes for trait in traits]
    if reads >> PLACES & 1:
        found += [
            node.name.partition(":")[0].encode() for node in nodes if node.kind in ("function", "class")
        ]
    return b"".join(len(item).to_bytes(4, "little") + item for item in found)

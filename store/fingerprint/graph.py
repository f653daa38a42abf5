"""The graph of what code can reach, and its digest.

Owns: nodes, the labels that say what is in them, and the digest of everything reachable from one.
Nodes are numbered in the order in which a walk along the edges meets them, so a digest holds no
names: where a helper lies and what it is called do not count. A flat numbered set needs no care for
cycles: it says as much as hashing each strongly connected component would.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from store.encode import hash_bytes

__all__ = ["Label", "Node", "Part", "digest_of_graph"]


@dataclass(frozen=True)
class Part:
    """One piece of what a function reaches, with a digest of its own and where it lies."""

    name: str
    kind: str
    digest: str
    where: str


@dataclass(eq=False)
class Node:
    """One function, class, constant, package or module, and what it refers to, in order."""

    name: str
    kind: str
    where: str
    label: bytes = b""
    edges: list[Node] = field(default_factory=list)
    meta: bytes = b""
    reads_meta: bool = False
    notes: list[str] = field(default_factory=list)
    distributions: tuple[tuple[str, str], ...] = ()
    finished: Part | None = None

    def part(self) -> Part:
        """What of the node is recorded. Its digest changes when it refers to something else."""
        if self.finished is None:
            names = "\n".join(edge.name for edge in self.edges)
            digest = hash_bytes(self.label + self.meta * self.reads_meta + names.encode())
            self.finished = Part(self.name, self.kind, digest.hex(), self.where)
        return self.finished


class Label:
    """Collects what a node holds: tokens, and edges to other nodes."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self._out = bytearray()

    def add(self, tag: str, content: bytes | str = b"") -> None:
        """Add one token."""
        data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        self._out += f"{tag} {len(data)}:".encode()
        self._out += data

    def link(self, node: Node) -> None:
        """Add a reference to another node."""
        self._out += b"->"
        self.node.edges.append(node)

    def finish(self) -> None:
        """Put the label on the node."""
        self.node.label = hash_bytes(self.node.kind.encode() + b"\0" + self._out)


def digest_of_graph(root: Node) -> tuple[bytes, list[Node]]:
    """The digest of all that a node reaches, and its nodes in the order in which a walk meets them.

    Annotations and docstrings count where any of the nodes reads some.
    """
    number: dict[Node, int] = {}
    stack = [root]
    while stack:
        node = stack.pop()
        if node not in number:
            number[node] = len(number)
            stack.extend(reversed(node.edges))
    reads_meta = any(node.reads_meta for node in number)
    out: list[bytes] = []
    for node in number:
        out.append(node.label)
        if reads_meta:
            out.append(node.meta)
        targets = [len(node.edges), *[number[edge] for edge in node.edges]]
        out.append(struct.pack(f"<{len(targets)}I", *targets))
    return hash_bytes(b"".join(out)), list(number)

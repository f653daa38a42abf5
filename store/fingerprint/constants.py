"""How constants count: values behind names of modules, and in closures.

Owns: the node of such a value, under the name that it has where it was made, and what defines it, for
a value that does not say itself what it is.
"""

from __future__ import annotations

import sys
from collections.abc import Container
from functools import partial
from typing import TYPE_CHECKING

from store.fingerprint import origin
from store.fingerprint.graph import Label, Node
from store.fingerprint.kinds import IMMUTABLE
from store.fingerprint.names import Environment, Found

if TYPE_CHECKING:
    from store.fingerprint.reach import Walk

__all__ = ["Constants"]


class Constants:
    """Makes the nodes of constants, for one walk."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self.places: dict[tuple[str, str], Node] = {}

    def node(self, found: Found, reader: str) -> Node:
        """The node of a module-level value, or of one in the closure of `reader`.

        A name keeps the value that it had first: later ones are what functions that ran have made
        of it.
        """
        place_known = (found.module, found.name)
        if found.module and place_known in self.places:
            return self.places[place_known]
        value = found.value
        module, name = "", f"{reader}.{found.name}"
        if found.module:
            module, name = self._walk.definitions.home(found.module, found.name)
        # With the value's id: another module may have put another value under an imported name.
        key = ("constant", module, name, id(value))
        where = partial(self._place, module, name) if module else ""
        shown = f"{module}:{name}" if module else name
        node = self._walk.node(key, shown, "constant", where, self._fill, found, module, name)
        if found.module:
            self.places[place_known] = node
        return node

    def _fill(self, label: Label, found: Found, module: str, name: str) -> None:
        value = found.value
        if not self._walk.values.write(label, value, Found(value, module, name, ())):
            self._expression(label, found)
        if module in sys.modules and not isinstance(value, IMMUTABLE):
            # Two names of one object are another thing than two equal objects.
            names = sum(other is value for other in list(vars(sys.modules[module]).values()))
            label.add("names", str(names))

    def _place(self, module: str, name: str) -> str:
        for defined_in, entry in self._walk.definitions.of_constant(module, name):
            return origin.place_of(defined_in, origin.file_of(sys.modules[defined_in]), entry.line)
        return ""

    def _expression(self, label: Label, found: Found) -> None:
        """What defines a name, for a value that does not say itself what it is."""
        entries = self._walk.definitions.of_constant(found.module, found.name) if found.module else []
        if not self._imported_from_outside(label, found) and not entries:
            self._walk.values.state(label, found.value, found)
        for module, entry in entries:
            env = Environment(module, vars(sys.modules[module]))
            self._walk.references.entry(label, entry, env)
            self._walk.references.decorators(label, entry, env)

    def _imported_from_outside(self, label: Label, found: Found) -> bool:
        module, name = self._walk.definitions.home(found.module, found.name) if found.module else ("", "")
        outside = bool(module) and origin.of_module(module) in (origin.INSTALLED, origin.STDLIB)
        if outside:
            self._walk.values.external(label, module, (name,))
        return outside

    def depends_on_file(self, found: Found) -> bool:
        """Whether a constant is made from the place of its module's file."""
        return bool(found.module) and self._walk.definitions.depends_on_file(found.module, found.name)

    def forget(self, nodes: Container[Node]) -> None:
        """Do not meet these nodes again: they were not filled."""
        self.places = {key: node for key, node in self.places.items() if node not in nodes}

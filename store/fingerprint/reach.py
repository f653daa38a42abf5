"""The walk: from a live object to everything of the project that it can reach.

Owns: one node per function, class, module and constant, filled once per process. Filling is put off
until the walk that asks for a node is done with its own, so long chains of calls need no deep
stack.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterable
from types import CellType, FunctionType, ModuleType
from typing import NamedTuple

from store.encode import hash_bytes
from store.fingerprint import origin
from store.fingerprint.canon import Entry
from store.fingerprint.constants import Constants
from store.fingerprint.definitions import Definitions, functions_of_class
from store.fingerprint.graph import LINK, Label, Node, Where
from store.fingerprint.kinds import carries
from store.fingerprint.members import registered_with, traits_read_by_bases, write_members
from store.fingerprint.names import Environment, Found
from store.fingerprint.references import IGNORED_GLOBALS, References
from store.fingerprint.scope import Ref
from store.fingerprint.source import read_source
from store.fingerprint.traits import DOCS, HINTS
from store.fingerprint.values import Values

__all__ = ["Walk"]

_NO_ATTRIBUTES = {"__wrapped__", "__final__", "__override__", "__no_type_check__"}
_READ_BY_NAME = {"__doc__", "__annotations__"}


_Filling = tuple[Callable[..., None], Label, tuple[object, ...]]
"""What fills a node, its label, and what of."""


class _Home(NamedTuple):
    """What the functions of a module have in common: where their names are looked up if they have no
    closure, the distributions that they come with, and whether the module sets something in others."""

    env: Environment
    own: tuple[tuple[str, str], ...]
    settings: bool


class Walk:
    """Makes nodes, and keeps them: those of functions and classes by their ids. One instance per
    process shares what functions have in common."""

    def __init__(self, definitions: Definitions, is_apart: bool = False) -> None:
        self.definitions = definitions
        self.is_apart = is_apart
        self.nodes: dict[object, Node] = {}
        self._names: dict[str, int] = {}
        self._alive: list[object] = []
        self._homes: dict[int, _Home] = {}
        self._pending: deque[_Filling] = deque()
        self._last: deque[_Filling] = deque()
        self._packages: dict[str, tuple[Node, ...]] = {}
        self.values = Values(self)
        self.references = References(self)
        self.constants = Constants(self)

    def root(self, value: object) -> Node:
        """The node of a value, with all that it reaches filled: that of a function or class, or one of
        kind `root` for what has none. Raises `Unfingerprintable`."""
        known = self.nodes.get(id(value))
        if known is not None and not carries(value, "__memo_version__"):
            return known
        before = len(self.nodes)
        try:
            node = self._begin(value)
            while self._pending or self._last:
                # Constants: an import inside a function may change what they hold.
                fill, below, args = (self._pending or self._last).popleft()
                fill(below, *args)
                below.finish()
        except BaseException:  # also Ctrl-C; raised again below
            # Nodes that were not filled must not be met again.
            self.constants.forget({self.nodes.popitem()[1] for _ in range(len(self.nodes) - before)})
            self._pending.clear()
            self._last.clear()
            raise
        return node

    def apart(self) -> Walk:
        """A walk of its own, for what must be known before this one is done."""
        return Walk(self.definitions, is_apart=True)

    def _begin(self, value: object) -> Node:
        """The node of a value, which may have to be filled."""
        if type(value) is FunctionType and not value.__dict__ and self.values.is_ours(value):
            return self.function(value)
        name = getattr(value, "__qualname__", type(value).__qualname__)
        node = Node(f"{getattr(value, '__module__', '')}:{name}", "root", "")
        label = Label(node)
        self.values.write(label, value, Found(value, "", name, ()), called=True)
        if label.out == LINK:
            return node.edges[0]
        if not node.edges:
            # Code of the engine adds nothing, and must still not be taken for other code.
            label.add("name", node.name)
        label.finish()
        return node

    def node(
        self,
        key: object,
        name: str,
        kind: str,
        where: Where,
        fill: Callable[..., None],
        *args: object,
    ) -> Node:
        """The node under a key; a new one will be filled by `fill(label, *args)`. What the key's ids
        are of must be among these, which are kept."""
        node = self.nodes.get(key)
        return self._new(key, name, kind, where, fill, args, args) if node is None else node

    def _new(
        self,
        key: object,
        name: str,
        kind: str,
        where: Where,
        fill: Callable[..., None],
        args: tuple[object, ...],
        kept: object,
    ) -> Node:
        count = self._names[name] = self._names.get(name, 0) + 1
        node = self.nodes[key] = Node(name if count == 1 else f"{name}#{count}", kind, where)
        self._alive.append(kept)
        (self._last if kind == "constant" else self._pending).append((fill, Label(node), args))
        return node

    def function(self, func: FunctionType) -> Node:
        """The node of a project's function."""
        node = self.nodes.get(id(func))
        if node is not None:
            return node
        entry = self.definitions.of_function(func)
        home = self._homes.get(id(func.__globals__)) or self._home(func)
        code, module = func.__code__, home.env.module
        place, name = (module, code.co_filename, entry.line), f"{module}:{code.co_qualname}"
        return self._new(id(func), name, "function", place, self._fill_function, (func, entry, home), func)

    def _fill_function(self, label: Label, func: FunctionType, entry: Entry, home: _Home) -> None:
        env = home.env
        if func.__closure__:
            cells = dict(zip(func.__code__.co_freevars, func.__closure__, strict=True))
            env = Environment(env.module, func.__globals__, cells)
        label.node.own = home.own
        attributes = func.__dict__
        self.references.entry(label, entry, env, attributes.get("__memo_imports__") if attributes else None)
        if entry.decorators and self.references.decorators(label, entry, env):
            label.add("read by a decorator", entry.meta[HINTS] + entry.meta[DOCS])
        if func.__defaults__ or func.__kwdefaults__ or attributes or env.cells:
            self.state(label, func, entry, env)
        if home.settings:
            label.link(self.settings(env.module))

    def _home(self, func: FunctionType) -> _Home:
        space = func.__globals__
        module = str(space.get("__name__", func.__module__))
        settings = bool(self.definitions.settings(module))
        home = _Home(Environment(module, space), origin.distributions_of(module), settings)
        if module in sys.modules and vars(sys.modules[module]) is space:
            self._homes[id(space)] = home
        return home

    def state(self, label: Label, func: FunctionType, entry: Entry, env: Environment) -> None:
        """What a function object carries: defaults, attributes, and cells that no name reads
        (`super()`)."""
        self.defaults(label, func)
        attributes = {key: value for key, value in vars(func).items() if key not in _NO_ATTRIBUTES}
        if attributes:
            label.add("attributes")
            self.values.state(label, attributes, self._owner(func, "attribute"))
        if "__wrapped__" in vars(func):
            wrapped = vars(func)["__wrapped__"]
            self.values.write(label, wrapped, self._owner(func, "__wrapped__"), called=True)
        for name in sorted(set(env.cells) - {root for root, _, _ in entry.refs}):
            self.references.write(label, Ref(name, (), True), env)

    def defaults(self, label: Label, func: FunctionType) -> None:
        """The values of a function's defaults, made when it was defined."""
        if func.__defaults__:
            label.add("defaults")
            self.values.state(label, func.__defaults__, self._owner(func, "default"))
        if func.__kwdefaults__:
            label.add("keyword defaults")
            self.values.state(label, func.__kwdefaults__, self._owner(func, "default"))

    @staticmethod
    def _owner(func: FunctionType, what: str) -> Found:
        return Found(None, "", f"{func.__module__}:{func.__qualname__} {what}", ())

    def class_(self, cls: type) -> Node:
        """The node of a project's class: its whole body, its bases, and what was put on it
        later."""
        node = self.nodes.get(id(cls))
        if node is not None:
            return node
        functions = list(functions_of_class(cls))
        found = self.definitions.of_class(cls, functions)
        entry, file = found or (None, "")
        where = (cls.__module__, file, entry.line) if entry else ""
        name = f"{cls.__module__}:{cls.__qualname__}"
        return self.node(id(cls), name, "class", where, self._fill_class, cls, entry, functions)

    def _fill_class(
        self, label: Label, cls: type, entry: Entry | None, functions: Iterable[FunctionType]
    ) -> None:
        label.add("class", cls.__qualname__)
        label.node.cls = cls
        label.node.own = origin.distributions_of(cls.__module__)
        for base in (*cls.__bases__, type(cls), *registered_with(cls)):
            self.values.write(label, base, Found(base, "", base.__qualname__, ()))
        if entry:
            env = self._class_environment(cls, functions)
            self.references.entry(label, entry, env)
            for trait in traits_read_by_bases(cls, self.references.decorators(label, entry, env)):
                label.add("read by a base", entry.meta[trait])
        write_members(self, label, cls, in_text=entry is not None)

    @staticmethod
    def _class_environment(cls: type, functions: Iterable[FunctionType]) -> Environment:
        cells: dict[str, CellType] = {}
        for func in functions:
            if func.__closure__:
                cells.update(zip(func.__code__.co_freevars, func.__closure__, strict=True))
        cells.pop("__class__", None)
        return Environment(cls.__module__, vars(sys.modules.get(cls.__module__, object)), cells)

    def settings(self, module: str) -> Node:
        """The node of the statements by which a module sets something in modules of others."""

        def fill(label: Label) -> None:
            env = Environment(module, vars(sys.modules[module]))
            for entry in self.definitions.settings(module):
                self.references.entry(label, entry, env)

        return self.node(("settings", module), f"{module} settings", "statements", module, fill)

    def module(self, module: ModuleType, why: str) -> Node:
        """The node of a whole module, for what cannot be resolved more narrowly."""
        name = module.__name__

        def fill(label: Label) -> None:
            label.node.notes += (why,)
            env = Environment(name, vars(module))
            for variable in sorted(vars(module)):
                if variable not in IGNORED_GLOBALS and variable not in _READ_BY_NAME:
                    label.add("name", variable)
                    self.references.write(label, Ref(variable, (), True), env)

        return self.node(("module", name), name, "module", origin.file_of(module), fill)

    def extension(self, module: str) -> Node:
        """The node of a project's module that is not written in Python."""
        file = origin.file_of(sys.modules[module]) if module in sys.modules else ""

        def fill(label: Label) -> None:
            label.add("file", hash_bytes(read_source(file) or b""))

        return self.node(("extension", module), module, "module", file, fill)

    def package(self, module: str, attrs: tuple[str, ...]) -> tuple[Node, ...]:
        """The nodes of the distributions that hold something, and of what they require."""
        top = module.partition(".")[0]
        name = ".".join((module, *attrs)) if origin.is_shared(top) else top
        nodes = self._packages.get(name)
        if nodes is None:
            found = origin.required_by(name)
            nodes = self._packages[name] = tuple(self.distribution(*each) for each in found)
        return nodes

    def distribution(self, name: str, version: str) -> Node:
        """The node of an installed distribution."""
        key = ("package", name)
        if key not in self.nodes:
            label = Label(Node(name, "package", f"{name} {version}"))
            label.add("distribution", f"{name} {version}")
            label.finish()
            self.nodes[key] = label.node
        return self.nodes[key]

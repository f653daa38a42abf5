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

from store.fingerprint import origin
from store.fingerprint.canon import Entry
from store.fingerprint.definitions import Definitions, functions_of_class
from store.fingerprint.graph import Label, Node
from store.fingerprint.members import write_members
from store.fingerprint.names import Environment, External, Found, Missing, find
from store.fingerprint.scope import OWN_MODULE, Ref
from store.fingerprint.values import Values

__all__ = ["Walk"]

_IGNORED_GLOBALS = {
    "__file__", "__doc__", "__spec__", "__loader__", "__builtins__", "__cached__", "__path__",
    "__annotations__",
}  # fmt: skip


class Walk:
    """Makes nodes. One instance per process shares what functions have in common."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._nodes: dict[object, Node] = {}
        self._names: dict[str, int] = {}
        self._alive: list[object] = []
        self._pending: deque[Callable[[], None]] = deque()
        self._fresh: list[object] = []
        self.values = Values(self)

    def root(self, value: object) -> Node:
        """The node of a value, with all that it reaches filled. Raises `Unfingerprintable`."""
        name = getattr(value, "__qualname__", type(value).__qualname__)
        node = Node(f"{getattr(value, '__module__', '')}:{name}", "root", "")
        label = Label(node)
        try:
            self.values.write(label, value, Found(value, "", name, ()), called=True)
            if not node.edges:
                # Code of the engine adds nothing, and must still not be taken for other code.
                label.add("name", node.name)
            label.finish()
            while self._pending:
                self._pending.popleft()()
        except BaseException:  # also Ctrl-C; raised again below
            # Nodes that were not filled must not be met again.
            for key in self._fresh:
                del self._nodes[key]
            raise
        finally:
            self._pending.clear()
            self._fresh.clear()
        return node

    def node(
        self, key: object, name: str, kind: str, where: str, fill: Callable[[Label], None], *alive: object
    ) -> Node:
        """The node under a key, made and to be filled when it is new. `alive`: what the key's ids
        are of."""
        node = self._nodes.get(key)
        if node is not None:
            return node
        count = self._names[name] = self._names.get(name, 0) + 1
        node = self._nodes[key] = Node(name if count == 1 else f"{name}#{count}", kind, where)
        self._fresh.append(key)
        self._alive.extend(alive)
        label = Label(node)

        def finish() -> None:
            fill(label)
            label.finish()

        self._pending.append(finish)
        return node

    # -- what nodes hold -------------------------------------------------------------------------

    def function(self, func: FunctionType) -> Node:
        """The node of a project's function."""
        entry = self._definitions.of_function(func)
        module = str(func.__globals__.get("__name__", func.__module__))
        file = func.__code__.co_filename

        def fill(label: Label) -> None:
            cells = dict(zip(func.__code__.co_freevars, func.__closure__ or (), strict=True))
            env = Environment(module, func.__globals__, cells)
            label.node.distributions = origin.distributions_of(module)
            self._entry(label, entry, env)
            self._decorators(label, entry, env)
            self._state(label, func, {ref.root for ref in entry.refs}, env)

        place = origin.place_of(module, file, entry.line)
        return self.node(id(func), f"{module}:{func.__code__.co_qualname}", "function", place, fill, func)

    def _state(self, label: Label, func: FunctionType, used: set[str], env: Environment) -> None:
        """What a function object carries: defaults, attributes, and cells that no name reads
        (`super()`)."""
        self.values.sequence(label, "defaults", func.__defaults__ or (), self._owner(func, "default"))
        self.values.named(label, "keyword defaults", func.__kwdefaults__ or {}, self._owner(func, "default"))
        attributes = {key: value for key, value in vars(func).items() if key != "__wrapped__"}
        self.values.named(label, "attributes", attributes, self._owner(func, "attribute"))
        if hasattr(func, "__wrapped__"):
            self.values.write(label, func.__wrapped__, self._owner(func, "__wrapped__"), called=True)
        for name in sorted(set(env.cells) - used):
            self._reference(label, Ref(name, (), True), env)

    @staticmethod
    def _owner(func: FunctionType, what: str) -> Found:
        return Found(None, "", f"{func.__module__}:{func.__qualname__} {what}", ())

    def class_(self, cls: type) -> Node:
        """The node of a project's class: its whole body, its bases, and what was put on it
        later."""
        found = self._definitions.of_class(cls)

        def fill(label: Label) -> None:
            label.add("class", cls.__qualname__)
            label.node.distributions = origin.distributions_of(cls.__module__)
            for base in (*cls.__bases__, type(cls)):
                self.values.write(label, base, Found(base, "", base.__qualname__, ()))
            if found:
                env = self._class_environment(cls)
                self._entry(label, found[0], env)
                self._decorators(label, found[0], env)
            write_members(self.values, label, cls, in_text=found is not None)

        place = origin.place_of(cls.__module__, found[1], found[0].line) if found else ""
        return self.node(id(cls), f"{cls.__module__}:{cls.__qualname__}", "class", place, fill, cls)

    @staticmethod
    def _class_environment(cls: type) -> Environment:
        cells: dict[str, CellType] = {}
        for func in functions_of_class(cls):
            cells.update(zip(func.__code__.co_freevars, func.__closure__ or (), strict=True))
        cells.pop("__class__", None)
        return Environment(cls.__module__, vars(sys.modules.get(cls.__module__, object)), cells)

    def module(self, module: ModuleType, why: str) -> Node:
        """The node of a whole module, for what cannot be resolved more narrowly."""
        name = module.__name__

        def fill(label: Label) -> None:
            label.node.notes.append(why)
            env = Environment(name, vars(module))
            for variable, value in sorted(vars(module).items(), key=lambda item: item[0]):
                if variable not in _IGNORED_GLOBALS and not isinstance(value, ModuleType):
                    label.add("name", variable)
                    self._reference(label, Ref(variable, (), True), env)

        return self.node(("module", name), name, "module", origin.file_of(module), fill)

    def constant(self, found: Found, reader: str) -> Node:
        """The node of a module-level value, or of one in the closure of `reader`."""
        value = found.value
        module, name = "", f"{reader}.{found.name}"
        if found.module:
            module, name = self._definitions.home(found.module, found.name)
        key = ("constant", module, name) if module else ("cell", id(value), name)
        owner = Found(value, module, name, ())

        def fill(label: Label) -> None:
            if not self.values.write(label, value, owner):
                self.expression(label, module, name)

        entries = self._definitions.of_constant(module, name) if module else []
        file = origin.file_of(sys.modules[module]) if entries else ""
        where = origin.place_of(module, file, entries[0].line) if entries else ""
        return self.node(key, f"{module}:{name}" if module else name, "constant", where, fill, value)

    def expression(self, label: Label, module: str, name: str) -> None:
        """What defines a name, for a value that does not say itself what it is."""
        entries = self._definitions.of_constant(module, name) if module else []
        if not entries:
            label.node.notes.append(f"{label.node.name}: its state is not counted, only its type")
        env = Environment(module, vars(sys.modules[module]) if entries else {})
        for entry in entries:
            self._entry(label, entry, env)
            self._decorators(label, entry, env)

    def depends_on_file(self, found: Found) -> bool:
        """Whether a constant is made from the place of its module's file."""
        return bool(found.module) and self._definitions.depends_on_file(found.module, found.name)

    def package(self, module: str) -> Iterable[Node]:
        """The nodes of the distributions that hold a module."""
        for name, version in origin.distributions_of(module):
            yield self.distribution(name, version)

    def distribution(self, name: str, version: str) -> Node:
        """The node of an installed distribution."""
        key = ("package", name)
        if key not in self._nodes:
            label = Label(Node(name, "package", f"{name} {version}"))
            label.add("distribution", label.node.where)
            label.finish()
            self._nodes[key] = label.node
        return self._nodes[key]

    # -- references ------------------------------------------------------------------------------

    def _entry(self, label: Label, entry: Entry, env: Environment) -> None:
        label.add("code", entry.code)
        label.node.meta += entry.meta
        label.node.reads_meta |= entry.reads_meta
        label.node.notes += entry.notes
        for ref in entry.refs:
            self._reference(label, ref, env)

    def _decorators(self, label: Label, entry: Entry, env: Environment) -> None:
        for code, refs in entry.decorators:
            if not any(self._is_engine(find(ref, env)) for ref in refs):
                label.add("decorator", code)
                for ref in refs:
                    self._reference(label, ref, env)

    @staticmethod
    def _is_engine(found: Found | External | Missing) -> bool:
        if isinstance(found, External):
            return origin.of_module(found.module) == origin.ENGINE
        if isinstance(found, Missing):
            return False
        return origin.of_module(getattr(found.value, "__module__", None) or "") == origin.ENGINE

    def _reference(self, label: Label, ref: Ref, env: Environment) -> None:
        if ref.root in _IGNORED_GLOBALS and ref.root not in env.cells:
            label.add("module attribute", ref.root)
            return
        found = find(ref, env)
        if isinstance(found, Missing):
            label.add("missing")
            label.node.notes += [found.note] if found.note else []
        elif isinstance(found, External):
            self.values.external(label, found.module, found.attrs)
        else:
            if found.attrs:
                label.add("attributes", ".".join(found.attrs))
            if ref.root != OWN_MODULE and isinstance(found.value, ModuleType):
                module = found.value.__name__
                why = f"{label.node.name} uses the module {module} as a value: it is taken whole"
            else:
                why = f"{found.module} is taken whole for {label.node.name}"
            self.values.bound(label, found, ref.called and not found.attrs, why)
            if "__subclasses__" in found.attrs and isinstance(found.value, type):
                self.values.sequence(label, "subclasses", _subclasses(found.value), found)


def _subclasses(cls: type) -> list[type]:
    """All subclasses at any distance, in the order of their names."""
    direct: list[type] = cls.__subclasses__()
    found = {below for sub in direct for below in (sub, *_subclasses(sub))}
    return sorted(found, key=lambda item: (item.__qualname__, item.__module__))

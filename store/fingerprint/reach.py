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

from store.encode import hash_bytes
from store.fingerprint import origin
from store.fingerprint.canon import Entry
from store.fingerprint.definitions import Definitions, functions_of_class
from store.fingerprint.graph import Label, Node
from store.fingerprint.kinds import IMMUTABLE
from store.fingerprint.members import registered_with, traits_read_by_bases, write_members
from store.fingerprint.names import Environment, External, Found, Missing, find
from store.fingerprint.source import read_source
from store.fingerprint.scope import OWN_MODULE, Ref
from store.fingerprint.tree import folders_of
from store.fingerprint.traits import NAMES, NONE, joined
from store.fingerprint.values import Values

__all__ = ["Walk"]

_IGNORED_GLOBALS = {
    "__file__", "__spec__", "__loader__", "__builtins__", "__cached__", "__path__",
}
_READ_ONLY_BY_NAME = {"__doc__", "__annotations__"}
_LOADERS = {
    "builtins.__import__", "importlib.import_module", "importlib.util.spec_from_file_location",
    "importlib.machinery.SourceFileLoader", "pkgutil.resolve_name", "pydoc.locate", "runpy.run_module",
    "runpy.run_path", "sys.modules",
}  # fmt: skip
"""What gives modules by names that nobody can know before."""


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
        self,
        key: object,
        name: str,
        kind: str,
        where: str | Callable[[], str],
        fill: Callable[[Label], None],
        *alive: object,
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
        node = self._nodes.get(id(func))
        if node is not None:
            return node
        entry = self._definitions.of_function(func)
        module = str(func.__globals__.get("__name__", func.__module__))

        def fill(label: Label) -> None:
            cells = dict(zip(func.__code__.co_freevars, func.__closure__ or (), strict=True))
            env = Environment(module, func.__globals__, cells)
            label.node.own = origin.distributions_of(module)
            self._entry(label, entry, env, getattr(func, "__memo_imports__", None))
            if self._decorators(label, entry, env):
                label.add("read by a decorator", b"".join(entry.meta[:NAMES]))
            self.state(label, func, {ref.root for ref in entry.refs}, env)

        def place() -> str:
            return origin.place_of(module, func.__code__.co_filename, entry.line)

        return self.node(id(func), f"{module}:{func.__code__.co_qualname}", "function", place, fill, func)

    def state(self, label: Label, func: FunctionType, used: set[str], env: Environment) -> None:
        """What a function object carries: defaults, attributes, and cells that no name reads
        (`super()`)."""
        self.defaults(label, func)
        attributes = {key: value for key, value in vars(func).items() if key != "__wrapped__"}
        if attributes:
            label.add("attributes")
            self.values.state(label, attributes, self._owner(func, "attribute"))
        if hasattr(func, "__wrapped__"):
            self.values.write(label, func.__wrapped__, self._owner(func, "__wrapped__"), called=True)
        for name in sorted(set(env.cells) - used):
            self._reference(label, Ref(name, (), True), env)

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
        node = self._nodes.get(id(cls))
        if node is not None:
            return node
        found = self._definitions.of_class(cls)

        def fill(label: Label) -> None:
            label.add("class", cls.__qualname__)
            label.node.cls = cls
            label.node.own = origin.distributions_of(cls.__module__)
            for base in (*cls.__bases__, type(cls), *registered_with(cls)):
                self.values.write(label, base, Found(base, "", base.__qualname__, ()))
            if found:
                entry, env = found[0], self._class_environment(cls)
                self._entry(label, entry, env)
                for trait in traits_read_by_bases(cls, self._decorators(label, entry, env)):
                    label.add("read by a base", entry.meta[trait])
            write_members(self, label, cls, in_text=found is not None)

        def place() -> str:
            return origin.place_of(cls.__module__, found[1], found[0].line) if found else ""

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
            for variable in sorted(vars(module)):
                if variable not in _IGNORED_GLOBALS and variable not in _READ_ONLY_BY_NAME:
                    label.add("name", variable)
                    self._reference(label, Ref(variable, (), True), env)

        return self.node(("module", name), name, "module", origin.file_of(module), fill)

    def constant(self, found: Found, reader: str) -> Node:
        """The node of a module-level value, or of one in the closure of `reader`."""
        value = found.value
        module, name = "", f"{reader}.{found.name}"
        if found.module:
            module, name = self._definitions.home(found.module, found.name)
        # With the value's id: another module may have put another value under an imported name.
        key = ("constant", module, name, id(value))
        owner = Found(value, module, name, ())

        def fill(label: Label) -> None:
            if not self.values.write(label, value, owner):
                self.expression(label, found)
            if module in sys.modules and not isinstance(value, IMMUTABLE):
                # Two names of one object are another thing than two equal objects.
                names = sum(other is value for other in list(vars(sys.modules[module]).values()))
                label.add("names", str(names))

        def place() -> str:
            for defined_in, entry in self._definitions.of_constant(module, name) if module else ():
                return origin.place_of(defined_in, origin.file_of(sys.modules[defined_in]), entry.line)
            return ""

        return self.node(key, f"{module}:{name}" if module else name, "constant", place, fill, value)

    def expression(self, label: Label, found: Found) -> None:
        """What defines a name, for a value that does not say itself what it is."""
        entries = self._definitions.of_constant(found.module, found.name) if found.module else []
        if not entries and not self._imported_from_outside(label, found):
            self.values.state(label, found.value, found)
        for module, entry in entries:
            env = Environment(module, vars(sys.modules[module]))
            self._entry(label, entry, env)
            self._decorators(label, entry, env)

    def _imported_from_outside(self, label: Label, found: Found) -> bool:
        module, name = self._definitions.home(found.module, found.name) if found.module else ("", "")
        outside = bool(module) and origin.of_module(module) in (origin.INSTALLED, origin.STDLIB)
        if outside:
            self.values.external(label, module, (name,))
        return outside

    def depends_on_file(self, found: Found) -> bool:
        """Whether a constant is made from the place of its module's file."""
        return bool(found.module) and self._definitions.depends_on_file(found.module, found.name)

    def extension(self, module: str) -> Node:
        """The node of a project's module that is not written in Python."""
        file = origin.file_of(sys.modules[module]) if module in sys.modules else ""

        def fill(label: Label) -> None:
            label.add("file", hash_bytes(read_source(file) or b""))

        return self.node(("extension", module), module, "module", file, fill)

    def package(self, module: str) -> Iterable[Node]:
        """The nodes of the distributions that hold a module, and of what they require."""
        for name, version in origin.required_by(module):
            yield self.distribution(name, version)

    def distribution(self, name: str, version: str) -> Node:
        """The node of an installed distribution."""
        key = ("package", name)
        if key not in self._nodes:
            label = Label(Node(name, "package", f"{name} {version}"))
            label.add("distribution", f"{name} {version}")
            label.finish()
            self._nodes[key] = label.node
        return self._nodes[key]

    # -- references ------------------------------------------------------------------------------

    def _entry(
        self, label: Label, entry: Entry, env: Environment, imports: Iterable[str] | None = None
    ) -> None:
        """What a definition says. `imports`: the modules that its author says it imports by
        computed names."""
        node = label.node
        label.add("code", entry.code)
        node.meta = entry.meta if node.meta is NONE else joined([node.meta, entry.meta])
        node.reads |= entry.reads
        node.notes += entry.notes
        for ref in entry.refs:
            if imports is None or not self._loads(ref, env):
                self._reference(label, ref, env)
        for name in imports or ():
            self._reference(label, Ref(f"import {name}", (), False), env)

    @staticmethod
    def _loads(ref: Ref, env: Environment) -> bool:
        found = None if ref.root.startswith("tree ") else find(ref, env)
        return found is None or (isinstance(found, External) and _is_loader(found))

    def _decorators(self, label: Label, entry: Entry, env: Environment) -> bool:
        """Write the decorators; whether one is installed, and may read any trait of what it
        decorates."""
        installed = False
        for code, refs in entry.decorators:
            places = [self._origin(find(ref, env)) for ref in refs]
            installed |= origin.INSTALLED in places
            if origin.ENGINE not in places:
                label.add("decorator", code)
                for ref in refs:
                    self._reference(label, ref, env)
        return installed

    @staticmethod
    def _origin(found: Found | External | Missing) -> str:
        if isinstance(found, Missing):
            return origin.UNKNOWN
        if isinstance(found, External):
            return origin.of_module(found.module)
        return origin.of_module(getattr(found.value, "__module__", None) or "")

    def _reference(self, label: Label, ref: Ref, env: Environment) -> None:
        if ref.root in _IGNORED_GLOBALS and ref.root not in env.cells:
            label.add("module attribute", ref.root)
            return
        if ref.root.startswith("tree "):
            self._tree(label, ref.root.removeprefix("tree "), env)
            return
        found = find(ref, env)
        if isinstance(found, Missing):
            label.add("missing")
            label.node.notes += [found.note] if found.note else []
        elif isinstance(found, External):
            self.values.external(label, found.module, found.attrs)
            if _is_loader(found):
                name = ".".join((found.module, *found.attrs))
                label.node.notes.append(f"{label.node.name} uses {name}: every module of the project counts")
                self._tree(label, "", env)
        else:
            known = self._nodes.get(id(found.value))
            if known is not None:  # a function or class that was met before
                self._again(label, known, found, ref.called)
                return
            if found.module and found.name in _IGNORED_GLOBALS:
                label.add("module attribute", found.name)
                return
            if found.attrs:
                label.add("attributes", ".".join(found.attrs))
            if ref.root != OWN_MODULE and isinstance(found.value, ModuleType):
                module = found.value.__name__
                why = f"{label.node.name} uses the module {module} as a value: it is taken whole"
            else:
                why = f"{found.module} is taken whole for {label.node.name}"
            self.values.bound(label, found, ref.called and not found.attrs, why)

    @staticmethod
    def _again(label: Label, node: Node, found: Found, called: bool) -> None:
        if found.attrs:
            label.add("attributes", ".".join(found.attrs))
        if isinstance(found.value, FunctionType) and (found.attrs or not called):
            label.add("named", found.value.__name__)
        label.link(node)

    def _tree(self, label: Label, package: str, env: Environment) -> None:
        """All modules in a package, or in the folder of the own module's top-level package."""
        found = find(Ref(f"import {package}", (), False), env) if package else None
        if isinstance(found, External):
            self.values.external(label, found.module, found.attrs)
        elif found is None or isinstance(found, Found):
            holder = found.value if found else sys.modules.get(env.module.partition(".")[0])
            for folder in folders_of(holder) if isinstance(holder, ModuleType) else ():
                label.link(self._folder(folder, package or env.module))
        else:
            label.add("missing")

    def _folder(self, folder: str, name: str) -> Node:
        def fill(label: Label) -> None:
            for place, digest in self._definitions.files_below(folder):
                label.add("file", place)
                label.add("holds", digest)

        return self.node(("folder", folder), f"{name} and beside", "folder", folder, fill)


def _is_loader(found: External) -> bool:
    path = (found.module, *found.attrs)
    return any(".".join(path[:length]) in _LOADERS for length in range(2, len(path) + 1))

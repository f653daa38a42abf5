"""What a definition refers to: each of its free names, followed to a node or named in the label.

Owns: writing an entry, its decorators and its references into the label of the node that it belongs
to, and what is widened where a name can only be known while running.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterable, Mapping
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, NamedTuple

from store.encode import DIGEST_SIZE
from store.fingerprint import origin
from store.fingerprint.canon import Entry
from store.fingerprint.graph import LINK, Label, Node
from store.fingerprint.kinds import PLAIN
from store.fingerprint.names import Environment, External, Found, Missing, find, is_patched, load
from store.fingerprint.scope import OWN_MODULE, Ref
from store.fingerprint.traits import NONE, joined
from store.fingerprint.tree import folders_of

if TYPE_CHECKING:
    from store.fingerprint.reach import Walk

__all__ = ["IGNORED_GLOBALS", "References"]

IGNORED_GLOBALS = {
    "__file__", "__spec__", "__loader__", "__builtins__", "__cached__", "__path__", "__memo_absolute__",
}  # fmt: skip
"""What a module holds that follows from where it lies, or from who loaded it."""

_LOADERS = {
    "builtins.__import__", "importlib.import_module", "importlib.util.spec_from_file_location",
    "importlib.machinery.SourceFileLoader", "pkgutil.resolve_name", "pydoc.locate", "runpy.run_module",
    "runpy.run_path", "sys.modules",
}  # fmt: skip
"""What gives modules by names that nobody can know before."""
_ABSENT = object()
_CODE = f"code {DIGEST_SIZE}:".encode()
"""As `Label.add` begins a token."""


class _Outside(NamedTuple):
    """What stands for a value of a module outside the project: where it is found, the text, and the
    distributions that it comes with."""

    module: ModuleType
    space: Mapping[str, object]
    name: str
    value: object
    text: bytes
    packages: tuple[Node, ...]


class References:
    """Writes references into labels, for one walk."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._met: dict[tuple[int | str, tuple[str, ...]], _Outside] = {}

    def entry(
        self, label: Label, entry: Entry, env: Environment, imports: Iterable[str] | None = None
    ) -> None:
        """What a definition says. `imports`: the modules that its author says it imports by
        computed names."""
        node = label.node
        label.out += _CODE + entry.code
        node.meta = entry.meta if node.meta is NONE else joined([node.meta, entry.meta])
        if entry.reads:
            node.reads |= entry.reads
        if entry.notes:
            node.notes += entry.notes
        for name in entry.loads:
            load(name, env)
        if imports is None:
            self._refs(label, entry.refs, env)
            return
        self._refs(label, [ref for ref in entry.refs if not _loads(Ref(*ref), env)], env)
        node.notes += (f"{node.name} imports by computed names only what its __memo_imports__ says",)
        self._refs(label, [Ref(f"import {name}", (), False) for name in imports], env)

    def _refs(
        self, label: Label, refs: Iterable[tuple[str, tuple[str, ...], bool]], env: Environment
    ) -> None:
        """Write references. Most name what was met before, a function, class or plain constant, or
        something outside the project: as `write` writes them, only faster."""
        variables, cells = env.variables, env.cells
        nodes, constants = self._walk.nodes, self._walk.constants.places
        out, edges = label.out, label.node.edges
        for root, attrs, called in refs:
            if root in cells or root in IGNORED_GLOBALS or " " in root:
                self.write(label, Ref(root, attrs, called), env)
                continue
            value = variables.get(root, _ABSENT)
            if attrs or value is _ABSENT:
                known = self._met.get((root if value is _ABSENT else id(value), attrs))
                if known is not None and known.space.get(known.name, _ABSENT) is known.value:
                    out += known.text
                    edges += known.packages
                    continue
                if type(value) is ModuleType and self._outside(label, value, attrs):
                    continue
            elif (node := nodes.get(id(value))) is not None:
                if not called and type(value) is FunctionType:
                    label.add("named", value.__name__)
                out += LINK
                edges.append(node)
                continue
            elif type(value) is FunctionType:
                if not value.__dict__ and self._walk.values.is_ours(value):
                    if not called:
                        label.add("named", value.__name__)
                    out += LINK
                    edges.append(self._walk.function(value))
                    continue
            elif type(value) in PLAIN:
                node = constants.get((env.module, root))
                if node is None:
                    found = Found(value, env.module, root, ())
                    node = self._walk.constants.node(found, label.node.name)
                out += LINK
                edges.append(node)
                continue
            self.write(label, Ref(root, attrs, called), env)

    def _outside(self, label: Label, module: ModuleType, attrs: tuple[str, ...]) -> bool:
        """Write what is read from a module outside the project, as `write` does; False where it is
        something that takes a closer look."""
        name = attrs[0]
        value = vars(module).get(name, _ABSENT)
        if value is _ABSENT or isinstance(value, ModuleType) or name.startswith("@") or is_patched(value):
            return False
        found = External(module.__name__, attrs)
        if origin.of_module(found.module) == origin.PROJECT or _is_loader(found):
            return False
        self._external(label, found, (id(module), attrs), module, name)
        return True

    def _external(
        self,
        label: Label,
        found: External,
        key: tuple[int | str, tuple[str, ...]],
        module: ModuleType,
        name: str,
    ) -> None:
        """Write something outside the project, and keep what was written while its module holds the
        same value."""
        start, linked = len(label.out), len(label.node.edges)
        self._walk.values.external(label, found.module, found.attrs)
        text, packages = bytes(label.out[start:]), tuple(label.node.edges[linked:])
        space = vars(module)
        if name in space:
            self._met[key] = _Outside(module, space, name, space[name], text, packages)

    def _known(self, label: Label, value: object, called: bool) -> bool:
        """Link a function or class that was met before: as `Values` writes it, only faster."""
        node = self._walk.nodes.get(id(value))
        if node is None:
            return False
        if not called and type(value) is FunctionType:
            label.add("named", value.__name__)
        label.link(node)
        return True

    def decorators(self, label: Label, entry: Entry, env: Environment) -> bool:
        """Write the decorators; whether one is installed, and may read any trait of what it
        decorates."""
        installed = False
        for code, refs in entry.decorators:
            places = [_origin(find(Ref(*ref), env)) for ref in refs]
            installed |= origin.INSTALLED in places
            if origin.ENGINE not in places:
                label.add("decorator", code)
                for ref in refs:
                    self.write(label, Ref(*ref), env)
        return installed

    def write(self, label: Label, ref: Ref, env: Environment) -> None:
        """Write one reference."""
        if ref.root in IGNORED_GLOBALS and ref.root not in env.cells:
            label.add("module attribute", ref.root)
            return
        if ref.root.startswith("tree "):
            self._tree(label, ref.root.removeprefix("tree "), env)
            return
        found = find(ref, env)
        if isinstance(found, Missing):
            label.add("missing")
            label.node.notes += (found.note,) if found.note else ()
        elif isinstance(found, External):
            if _is_loader(found):
                self._walk.values.external(label, found.module, found.attrs)
                name = ".".join((found.module, *found.attrs))
                label.node.notes += (f"{label.node.name} uses {name}: every module of the project counts",)
                self._tree(label, "", env)
            elif ref.root in env.cells or ref.root in env.variables or " " in ref.root:
                self._walk.values.external(label, found.module, found.attrs)
            else:
                self._external(label, found, (ref.root, ref.attrs), builtins, ref.root)
        else:
            self._found(label, ref, found)

    def _found(self, label: Label, ref: Ref, found: Found) -> None:
        value = found.value
        if found.module and found.name in IGNORED_GLOBALS:
            label.add("module attribute", found.name)
            return
        if found.attrs:
            label.add("attributes", ".".join(found.attrs))
        called = ref.called and not found.attrs
        if self._known(label, value, called):
            return
        if ref.root != OWN_MODULE and isinstance(value, ModuleType):
            why = f"{label.node.name} uses the module {value.__name__} as a value: it is taken whole"
        else:
            why = f"{found.module} is taken whole for {label.node.name}"
        self._walk.values.bound(label, found, called, why)

    def _tree(self, label: Label, package: str, env: Environment) -> None:
        """All modules in a package, or in the folder of the own module's top-level package."""
        found = find(Ref(f"import {package}", (), False), env) if package else None
        if isinstance(found, External):
            self._walk.values.external(label, found.module, found.attrs)
        elif isinstance(found, Missing):
            label.add("missing")
        else:
            holder = found.value if found else sys.modules.get(env.module.partition(".")[0])
            for folder in folders_of(holder) if isinstance(holder, ModuleType) else ():
                label.link(self._folder(folder, package or env.module, label.node.name))

    def _folder(self, folder: str, name: str, importer: str) -> Node:
        def fill(label: Label) -> None:
            tree = self._walk.definitions.tree(folder, importer)
            for place, digest in tree.files:
                label.add("file", place)
                label.add("holds", digest)
            for module in sorted(tree.outside):
                self._walk.values.external(label, module, ())

        return self._walk.node(("folder", folder), f"{name} and what is beside it", "folder", folder, fill)


def _origin(found: Found | External | Missing) -> str:
    if isinstance(found, Missing):
        return origin.UNKNOWN
    if isinstance(found, External):
        return origin.of_module(found.module)
    return origin.of_module(getattr(found.value, "__module__", None) or "")


def _loads(ref: Ref, env: Environment) -> bool:
    found = None if ref.root.startswith("tree ") else find(ref, env)
    return found is None or (isinstance(found, External) and _is_loader(found))


def _is_loader(found: External) -> bool:
    path = (found.module, *found.attrs)
    return any(".".join(path[:length]) in _LOADERS for length in range(2, len(path) + 1))

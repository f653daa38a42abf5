"""How single pieces of syntax are written into a canonical form, where the general way will not do.

Owns: names and attribute chains, calls that reach things by name (`getattr`, `import_module`,
`globals`, `eval`), comprehensions, imports, and the statements that bind names as plain text.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from store.fingerprint.scope import DEFINITIONS, OWN_MODULE, comprehension_scope, import_root, modules_of

if TYPE_CHECKING:
    from store.fingerprint.canon import Writer

__all__ = ["HANDLERS", "dotted"]

Chain = tuple[str, tuple[str, ...]]

_WIDENING = {"globals", "eval", "exec"}
_SHOWS_GLOBALS = {"__globals__", "f_globals", "f_builtins"}
_CALLS_BY_PLACE = {f"builtins.{name}" for name in ("filter", "map", "max", "min", "sorted")}
_NAMELESS = {"__name__", "__module__", "__qualname__"}


def dotted(writer: Writer, node: ast.expr) -> str:
    """What a name or attribute chain means by the imports that bind it, empty where they do not
    say."""
    match node:
        case ast.Attribute(value=value, attr=attr):
            held = dotted(writer, value)
            return f"{held}.{attr}" if held else ""
        case ast.Name(name):
            if writer.names.is_bound(name):
                root = writer.names.imported(name)
            elif name in writer.around.bound:
                root = writer.around.bound[name]
            else:
                return "" if "*" in writer.around.bound else f"builtins.{name}"
            kind, _, rest = (root or "").partition(" ")
            level, _, named = rest.partition(" ")
            if kind == "import":
                return rest
            return named.replace(" ", ".") if kind == "from" and level == "0" else ""
    return ""


def chain_of(writer: Writer, node: ast.expr) -> Chain | None:
    """`a.b.c` as root and attributes, also through `getattr` by a literal or a global name."""
    attrs: list[str] = []
    while True:
        match node:
            case ast.Attribute():
                attrs.append(node.attr)
                node = node.value
            case ast.Call(func=ast.Name("getattr"), args=[_, ast.Constant(str(name))]):
                if writer.names.is_bound("getattr"):
                    return None
                attrs.append(name)
                node = node.args[0]
            case ast.Call(func=ast.Name("getattr"), args=[_, ast.Name(name)]):
                if writer.names.is_bound("getattr") or writer.names.is_bound(name):
                    return None
                attrs.append(f"@{name}")
                node = node.args[0]
            case ast.Call(args=[target, *rest]) if _imports(writer, node.func):
                module = _module_name(writer, target)
                if _is_import(node.func) and not node.keywords and not rest:
                    module = module.partition(".")[0]  # it gives the top-level package
                return (module, tuple(reversed(attrs))) if module else None
            case ast.Subscript(value=value, slice=target) if dotted(writer, value) == "sys.modules":
                module = _module_name(writer, target)
                return (module, tuple(reversed(attrs))) if module else None
            case ast.Name():
                return node.id, tuple(reversed(attrs))
            case _:
                return None


def _is_import(func: ast.expr) -> bool:
    return isinstance(func, ast.Name) and func.id == "__import__"


def _imports(writer: Writer, func: ast.expr) -> bool:
    match func:
        case ast.Name("__import__") if not writer.names.is_bound("__import__"):
            return True
        case ast.Attribute(attr="import_module"):
            return True
    return dotted(writer, func) == "importlib.import_module"


def _module_name(writer: Writer, node: ast.expr) -> str:
    match node:
        case ast.Constant(str(name)):
            return f"import {name}"
        case ast.Name(name) if not writer.names.is_bound(name):
            return f"import @{name}"
    return ""


def _package_of(node: ast.expr) -> str:
    """The package that a computed name of a module lies in, as far as the name begins with a
    literal."""
    match node:
        case ast.Constant(str(text)):
            pass
        case ast.JoinedStr([ast.Constant(str(text)), *_]) | ast.BinOp(left=ast.Constant(str(text))):
            text = text.partition("%")[0]
        case ast.BinOp(left=ast.BinOp() as left):
            return _package_of(left)
        case ast.Call(func=ast.Attribute(ast.Constant(str(text)), "format")):
            text = text.partition("{")[0]
        case _:
            return ""
    package = text.rpartition(".")[0]
    return package or "." * text.startswith(".")


def _write_chain(writer: Writer, node: Any, called: bool = False) -> bool:
    chain = chain_of(writer, node)
    if chain is None:
        return False
    root, attrs = chain
    writer.seen.update(attrs)
    if root not in _NAMELESS:
        writer.seen.add(root)
    if root.startswith("import "):
        writer.around.uses.add(root.removeprefix("import "))
        writer.out.append(writer.names.free(root, attrs, called))
    else:
        stored = isinstance(getattr(node, "ctx", None), ast.Store)
        line = sys.maxsize if stored else node.lineno
        writer.out.append(writer.names.resolve(root, attrs, called, line=line))
    for name in _SHOWS_GLOBALS.intersection(attrs):
        _widen(writer, f"reads {name}: its own module is taken whole", OWN_MODULE)
    return True


def _widen(writer: Writer, why: str, root: str) -> None:
    writer.notes[f"{writer.qualname} {why}"] = None
    writer.names.free(root)


def write_name(writer: Writer, node: Any) -> None:
    """A name, an attribute, or a chain of them."""
    if not _write_chain(writer, node):
        writer.seen.add(node.attr)
        if node.attr in _SHOWS_GLOBALS:
            _widen(writer, f"reads {node.attr}: its own module is taken whole", OWN_MODULE)
        writer.generic(node)


def write_call(writer: Writer, node: ast.Call) -> None:
    """A call; what it calls by name is a reference, or a note where the name is computed."""
    by_name = not isinstance(node.func, ast.Name) or not writer.names.is_bound(node.func.id)
    match node:
        case ast.Call(func=ast.Name("eval"), args=[ast.Constant(str(text))]) if _is_expression(text):
            # Its names are looked up here, as if it stood here.
            writer.write(ast.parse(text, mode="eval").body)
        case ast.Call(func=ast.Name(name)) if name in _WIDENING and by_name:
            _widen(writer, f"calls {name}(): its own module is taken whole", OWN_MODULE)
        case ast.Call(func=ast.Name("getattr"), args=[_, ast.Name(name), *_]) if by_name:
            if not writer.names.is_bound(name):
                writer.names.free(name)
    if by_name and isinstance(node.func, ast.Name) and node.func.id == "getattr":
        found, default = ast.Call(node.func, node.args[:2], [], lineno=node.lineno), node.args[2:]
        if _write_chain(writer, found):
            writer.sequence(default)
            return
    elif node.args and _imports(writer, node.func):
        if _write_chain(writer, node):
            return
        package = _package_of(node.args[0])
        what = f"every module in {package}" if package else "every module of the project"
        _widen(writer, f"imports a module by a computed name: {what} counts", f"tree {package}")
    writer.out.append("Call")
    if dotted(writer, node.func) in _CALLS_BY_PLACE:
        for item in (*node.args, *(keyword.value for keyword in node.keywords)):
            if isinstance(item, ast.Lambda):
                item.called_by_place = True  # type: ignore[attr-defined]  # a mark of ours
    if not _write_chain(writer, node.func, called=True):
        writer.write(node.func)
    writer.sequence(node.args)
    writer.sequence(node.keywords)


def _is_expression(text: str) -> bool:
    try:
        ast.parse(text, mode="eval")
    except (SyntaxError, ValueError):
        return False
    return True


def write_subscript(writer: Writer, node: ast.Subscript) -> None:
    """A subscript; `sys.modules["m"]` is a reference to that module."""
    if not _write_chain(writer, node):
        writer.generic(node)


def write_comprehension(writer: Writer, node: Any) -> None:
    """The first iterable belongs to the scope around it, the rest to the comprehension's own."""
    writer.out.append(type(node).__name__)
    writer.write(node.generators[0].iter)
    raw = any(scope.raw for scope in writer.names.scopes)
    writer.names.scopes.append(comprehension_scope(node, raw))
    for index, generator in enumerate(node.generators):
        if index:
            writer.write(generator.iter)
        writer.write(generator.target)
        writer.sequence(generator.ifs)
        writer.out.append(str(generator.is_async))
    for field in ("elt", "key", "value"):
        if hasattr(node, field):
            writer.write(getattr(node, field))
    writer.names.scopes.pop()


def write_import(writer: Writer, node: Any) -> None:
    """An import is what its names are used for; only several imports to one name stand for
    themselves."""
    writer.around.uses.update(modules_of(node))
    writer.loads.update(dict.fromkeys(modules_of(node)))
    for alias in node.names:
        name, root = import_root(node, alias)
        bound = {key: value for scope in writer.names.scopes for key, value in scope.bound.items()}
        if writer.kind != "function" or bound.get(name) is None:
            writer.out += ["import", writer.names.resolve(name), writer.names.free(root)]


def write_annotated(writer: Writer, node: ast.AnnAssign) -> None:
    """An annotated assignment is an assignment."""
    if node.value is not None:
        writer.out.append("Assign")
        writer.sequence([node.target])
        writer.write(node.value)


def write_binding(writer: Writer, node: Any) -> None:
    """Statements and patterns that bind a name which the tree holds as text."""
    attribute = "rest" if isinstance(node, ast.MatchMapping) else "name"
    name = getattr(node, attribute)
    writer.out += [type(node).__name__, writer.names.resolve(name) if name else "-"]
    for field in node._fields:
        value = getattr(node, field)
        if field == attribute:
            continue
        if field == "body":
            writer.body(value)
        elif isinstance(value, list):
            writer.sequence(value)
        else:
            writer.optional(value)


def write_nothing(writer: Writer, node: ast.AST) -> None:
    """`global` and `nonlocal` show in what the names refer to."""


def write_constant(writer: Writer, node: ast.Constant) -> None:
    """A literal, by type and content."""
    if isinstance(node.value, str) and node.value.startswith("__"):
        writer.seen.add(node.value)
    writer.out.append(f"{type(node.value).__name__} {node.value!r}")


def write_definition(writer: Writer, node: ast.AST) -> None:
    """A definition inside this one."""
    writer.embed(node)


HANDLERS: dict[type[ast.AST], Callable[[Writer, Any], None]] = {
    ast.Name: write_name,
    ast.Attribute: write_name,
    ast.Call: write_call,
    ast.Subscript: write_subscript,
    ast.Constant: write_constant,
    ast.ListComp: write_comprehension,
    ast.SetComp: write_comprehension,
    ast.DictComp: write_comprehension,
    ast.GeneratorExp: write_comprehension,
    ast.Import: write_import,
    ast.ImportFrom: write_import,
    ast.AnnAssign: write_annotated,
    ast.ExceptHandler: write_binding,
    ast.MatchAs: write_binding,
    ast.MatchStar: write_binding,
    ast.MatchMapping: write_binding,
    ast.Global: write_nothing,
    ast.Nonlocal: write_nothing,
    **dict.fromkeys(DEFINITIONS, write_definition),
}

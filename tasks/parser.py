"""Reads program text against a strict whitelist; all that it does not know, it refuses.

Owns the grammar: one function whose parameters are S, I or C, straight-line assignments to single
names, one final return; expressions are names, calls, constants and tuples of constants. It runs
nothing: annotations and a docstring are dropped unread. Whether calls fit what they call is not
known here.
"""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import NoReturn

from tasks.errors import Refused
from tasks.form import PARAMETERS, Constant, Form, Numbering
from tasks.nearest import nearest

MAX_CHARACTERS = 100_000
MAX_STATEMENTS = 2_000
MAX_DEPTH = 100
MAX_CONSTANT = 1_000
"""Characters of one constant, so that a form that repeats it stays within reason."""
MAX_INTEGER = 2**63
"""Integers lie below it, so that they fit the 64 bits of a record."""

NOT_ADMITTED: dict[str, str] = {
    "Import": "an import",
    "ImportFrom": "an import",
    "Attribute": "an attribute",
    "For": "a loop",
    "While": "a loop",
    "If": "a branch",
    "IfExp": "a branch",
    "Lambda": "a lambda",
    "FunctionDef": "a nested function",
    "ClassDef": "a class",
    "ListComp": "a comprehension",
    "SetComp": "a comprehension",
    "DictComp": "a comprehension",
    "GeneratorExp": "a comprehension",
    "Subscript": "an index",
    "BinOp": "an operator",
    "UnaryOp": "an operator",
    "BoolOp": "an operator",
    "Compare": "a comparison",
    "List": "a list (write a tuple)",
    "Set": "a set",
    "Dict": "a dict",
    "JoinedStr": "a formatted string",
    "Starred": "a starred argument",
    "NamedExpr": "an assignment within an expression",
    "AugAssign": "an update in place",
    "Expr": "an expression whose value is not used",
}
_RESERVED = re.compile(r"x\d+")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, eq=False)
class Reading:
    """What a program's text says: its text with names and layout normalised, and its form."""

    body: str
    _numbering: Numbering
    _result: int

    @cached_property
    def form(self) -> Form:
        """The canonical form, made when it is first asked for."""
        return self._numbering.form(self._result)

    @property
    def has_dead_code(self) -> bool:
        """Whether the program computes what its result does not need."""
        return self._numbering.has_dead_code(self._result)


def read(source: str, names: frozenset[str]) -> Reading:
    """Read one program over a DSL of these names; raises Refused, its program being "?"."""
    if len(source) > MAX_CHARACTERS:
        refuse(1, f"too long: {len(source):,} characters, at most {MAX_CHARACTERS:,} are allowed")
    module = tree(source)
    functions = [statement for statement in module.body if isinstance(statement, ast.FunctionDef)]
    others = [s for s in module.body if s not in functions[:1]]
    if others or not functions:
        line = others[0].lineno if others else 1
        refuse(line, "a program is one function and nothing else")
    return _Reader(names).program(functions[0])


def tree(source: str) -> ast.Module:
    """The syntax tree of a text; raises Refused where Python cannot parse it."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return ast.parse(source)
    except SyntaxError as error:
        refuse(error.lineno or 1, f"syntax error: {error.msg}")
    except ValueError as error:  # null bytes, lone surrogates
        refuse(1, f"not program text: {error}")
    except (RecursionError, MemoryError):  # both are how Python's parser says "too deep"
        refuse(1, "nested too deeply")


def refuse(line: int, reason: str) -> NoReturn:
    """Raise Refused for a program whose name the caller knows."""
    raise Refused("?", line, reason) from None


def is_reserved(name: str) -> bool:
    """Whether a name is one that values are given: no primitive can be called so."""
    return _RESERVED.fullmatch(name) is not None


def is_text(statement: ast.stmt) -> bool:
    """Whether a statement is nothing but a string: a docstring, where it comes first."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Constant):
        return False
    return isinstance(statement.value.value, str)


class _Reader:
    """One reading of one function. Expressions are read to (value number, normalised text)."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names
        self._numbering = Numbering()
        self._locals: dict[str, tuple[int, str]] = {}
        self._lines: list[str] = []

    def program(self, function: ast.FunctionDef) -> Reading:
        parameters = self._parameters(function)
        statements = function.body[1:] if is_text(function.body[0]) else function.body
        if len(statements) > MAX_STATEMENTS + 1:  # the return is free
            refuse(function.lineno, f"too long: more than {MAX_STATEMENTS:,} statements")
        number, text = self._statements(statements, function)
        lines = [f"def program({', '.join(parameters)}):", *self._lines, f"    return {text}\n"]
        body = "\n".join(lines)
        reading = Reading(body, self._numbering, number)
        if len(body) > MAX_CHARACTERS or self._is_too_long(reading):
            refuse(function.lineno, "too long when written as single calls")
        return reading

    def _is_too_long(self, reading: Reading) -> bool:
        """Whether the form has too many steps or characters; it is made only where it may."""
        numbering = self._numbering
        if numbering.calls <= MAX_STATEMENTS and numbering.length + len(reading.body) <= MAX_CHARACTERS:
            return False
        return reading.form.size > MAX_STATEMENTS or len(reading.form.text) > MAX_CHARACTERS

    def _parameters(self, function: ast.FunctionDef) -> tuple[str, ...]:
        if function.decorator_list:
            refuse(function.decorator_list[0].lineno, "a decorator is not allowed in a program")
        given = function.args
        names = [argument.arg for argument in given.args]
        if given.posonlyargs or given.kwonlyargs or given.vararg or given.kwarg or given.defaults:
            refuse(function.lineno, "parameters are plain: no defaults, no stars, no slash")
        if getattr(function, "type_params", None):  # Python 3.12 and later
            refuse(function.lineno, "type parameters are not allowed in a program")
        for position, name in enumerate(names):
            if name not in PARAMETERS:
                refuse(function.lineno, f"unknown parameter {name!r}: they are S, I and C")
            if name in names[:position]:
                refuse(function.lineno, f"parameter {name!r} stands twice")
            self._locals[name] = self._numbering.leaf(("param", name)), name
        return tuple(name for name in PARAMETERS if name in names)

    def _statements(self, statements: list[ast.stmt], function: ast.FunctionDef) -> tuple[int, str]:
        for position, statement in enumerate(statements, 1):
            if not isinstance(statement, ast.Return):
                self._assign(statement)
            elif position < len(statements):
                refuse(statements[position].lineno, "a statement after the return")
            elif statement.value is None:
                refuse(statement.lineno, "the return has no value")
            else:
                return self._expression(statement.value, 1)
        refuse(function.end_lineno or function.lineno, "the program does not return")

    def _assign(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target, value = statement.targets[0], statement.value
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            target, value = statement.target, statement.value
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            refuse(statement.lineno, "an assignment gives one value to one name")
        else:
            _refuse_node(statement)
        if not isinstance(target, ast.Name):
            refuse(target.lineno, "an assignment gives one value to one name")
        if target.id in PARAMETERS:
            refuse(target.lineno, f"{target.id!r} is a parameter's name and cannot be assigned")
        if target.id in self._names and not is_reserved(target.id):
            refuse(target.lineno, f"{target.id!r} is a primitive's name and cannot be assigned")
        number, text = self._expression(value, 1)
        fresh = f"x{len(self._lines) + 1}"
        self._lines.append(f"    {fresh} = {text}")
        self._locals[target.id] = number, fresh

    def _expression(self, node: ast.expr, depth: int) -> tuple[int, str]:
        if isinstance(node, ast.Name):
            return self._name(node, "undefined name")
        if isinstance(node, ast.Call):
            return self._call(node, depth)
        value = _constant(node, depth)
        text = repr(value)
        if len(text) > MAX_CONSTANT:
            refuse(node.lineno, f"a constant of more than {MAX_CONSTANT:,} characters")
        return self._numbering.leaf(("const", value)), text

    def _name(self, node: ast.Name, otherwise: str) -> tuple[int, str]:
        name = node.id
        known = self._locals.get(name)
        if known is not None:
            return known
        if name in PARAMETERS:
            refuse(node.lineno, f"{name!r} is not among the parameters")
        if name not in self._names:
            refuse(node.lineno, f"{otherwise} {name!r}{self._suggestion(name)}")
        if is_reserved(name):
            refuse(node.lineno, f"{name!r} cannot name a primitive: values are called so")
        # Found at once the next time; a primitive's name is never assigned.
        known = self._locals[name] = self._numbering.leaf(("name", name)), name
        return known

    def _suggestion(self, name: str) -> str:
        near = nearest(name, sorted(self._names | self._locals.keys()))
        return f"; did you mean {near!r}?" if near is not None else ""

    def _call(self, node: ast.Call, depth: int) -> tuple[int, str]:
        _check_depth(node, depth)
        if isinstance(node.func, ast.Name):
            callee, text = self._name(node.func, "unknown primitive")
        else:
            callee, text = self._expression(node.func, depth + 1)
        leaf = self._numbering.value(callee)
        if leaf is not None and leaf[0] != "name":
            refuse(node.lineno, f"{ast.unparse(node.func)} cannot be called")
        args = [self._expression(argument, depth + 1) for argument in node.args]
        given = ", ".join([written for _, written in args])
        if not node.keywords:
            return self._numbering.call(callee, [number for number, _ in args], {}), f"{text}({given})"
        kwargs: dict[str, tuple[int, str]] = {}
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg in kwargs:
                refuse(keyword.lineno, "a keyword argument has a name, and each name stands once")
            kwargs[keyword.arg] = self._expression(keyword.value, depth + 1)
        number = self._numbering.call(
            callee, [n for n, _ in args], {name: n for name, (n, _) in kwargs.items()}
        )
        named = [f"{name}={kwargs[name][1]}" for name in sorted(kwargs)]
        return number, f"{text}({', '.join([given, *named] if given else named)})"


def _constant(node: ast.expr, depth: int) -> Constant:
    _check_depth(node, depth)
    if isinstance(node, ast.Tuple):
        for element in node.elts:
            if isinstance(element, ast.Name | ast.Call):
                refuse(element.lineno, "a tuple may hold only constants")
        return tuple(_constant(element, depth + 1) for element in node.elts)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        operand = node.operand
        if isinstance(operand, ast.Constant) and type(operand.value) is int:
            _plain(operand)
            return -operand.value
    if isinstance(node, ast.Constant):
        return _plain(node)
    return _refuse_node(node)


def _plain(node: ast.Constant) -> int | str | None:
    value = node.value
    if value is not None and not isinstance(value, int | str):
        refuse(node.lineno, f"a constant of type {type(value).__name__} is not allowed")
    if isinstance(value, int) and value >= MAX_INTEGER:
        refuse(node.lineno, "an integer that does not fit 64 bits")
    if isinstance(value, str) and _SURROGATE.search(value):
        refuse(node.lineno, "a string that is not Unicode text")
    return value


def _check_depth(node: ast.expr, depth: int) -> None:
    if depth > MAX_DEPTH:
        refuse(node.lineno, f"nested deeper than {MAX_DEPTH}")


def _refuse_node(node: ast.expr | ast.stmt) -> NoReturn:
    name = type(node).__name__
    refuse(node.lineno, f"{NOT_ADMITTED.get(name, name.lower())} is not allowed in a program")

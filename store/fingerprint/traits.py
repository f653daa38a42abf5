"""What of a definition counts only where some code reads it: annotations, docstrings, names, the
order of methods, the text itself.

Owns: these traits, and the names by which code reads them. Each trait of a definition is digested
apart; it enters a fingerprint where anything that is reached reads that trait of anything.
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = [
    "DOCS",
    "HINTS",
    "NAMES",
    "NONE",
    "ORDER",
    "PLACES",
    "READERS",
    "SUBCLASSES",
    "TRAITS",
    "Meta",
    "joined",
]

HINTS, DOCS, NAMES, ORDER, TEXT = TRAITS = range(5)
SUBCLASSES, PLACES = len(TRAITS), len(TRAITS) + 1
"""No traits of a definition: code that asks classes for their subclasses reaches those too, and code
that asks what module something lies in makes that count."""

Meta = tuple[bytes, ...]
"""The digest of each trait of a definition, in the order of `TRAITS`."""

NONE: Meta = (b"",) * len(TRAITS)

_READ_BY = {
    HINTS: (
        "__annotations__", "get_annotations", "get_type_hints", "getfullargspec", "signature",
    ),
    DOCS: ("__doc__", "getdoc"),
    NAMES: ("__name__", "__qualname__", "co_name", "co_qualname"),
    ORDER: ("__dict__", "vars"),
    TEXT: (
        "__code__", "co_firstlineno", "co_lines", "currentframe", "extract_stack", "extract_tb", "f_lineno",
        "f_locals", "format_exc", "format_exception", "format_stack", "format_tb", "getcomments", "getsource",
        "getsourcelines", "tb_lineno",
    ),
    SUBCLASSES: ("__subclasses__",),
    PLACES: ("__module__", "getmodule"),
}  # fmt: skip
READERS: dict[str, int] = {name: 1 << trait for trait, names in _READ_BY.items() for name in names}
"""By name of an attribute or function, the set of traits that it reads, as bits."""


def joined(metas: Iterable[Meta]) -> Meta:
    """The traits of several definitions that count as one."""
    return tuple(b"".join(parts) for parts in zip(*metas, strict=True))

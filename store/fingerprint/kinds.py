"""Kinds of values that are told apart when code is walked: plain content, code, thin wrappers
around code."""

from __future__ import annotations

import functools
import operator
import types
from typing import Any

import numpy as np

__all__ = [
    "BUILTIN",
    "CONTENT",
    "HEAP_TYPE",
    "IMMUTABLE",
    "PLAIN",
    "REDUCIBLE",
    "WRAPPERS",
    "carries",
    "is_code",
    "made_in_c",
]

PLAIN = frozenset((type(None), bool, int, float, complex, str, bytes, bytearray, type(...), range, slice))
BUILTIN = (
    types.BuiltinFunctionType, types.WrapperDescriptorType, types.MethodDescriptorType,
    types.ClassMethodDescriptorType, types.MethodWrapperType, types.GetSetDescriptorType,
    types.MemberDescriptorType, np.ufunc,
)  # fmt: skip
IMMUTABLE = (*PLAIN, tuple, frozenset)
CODE = (type, types.FunctionType, *BUILTIN)
REDUCIBLE = (operator.itemgetter, operator.attrgetter, operator.methodcaller, types.GenericAlias)
CONTENT: tuple[Any, ...] = (
    tuple, list, dict, str, bytes, int, float, complex, frozenset, set,
)  # fmt: skip
WRAPPERS: dict[type, tuple[str, ...]] = {
    functools.partial: ("func", "args", "keywords"),
    functools.partialmethod: ("func", "args", "keywords"),
    functools.singledispatchmethod: ("func", "dispatcher"),
    functools.cached_property: ("func",),
    types.MethodType: ("__func__", "__self__"),
    staticmethod: ("__func__",),
    classmethod: ("__func__",),
    property: ("fget", "fset", "fdel"),
}


HEAP_TYPE = 1 << 9
"""Set in `__flags__` of a class that Python code defines."""


def made_in_c(cls: type) -> bool:
    """Whether instances may hold what no attribute says, since the class is not written in Python."""
    if cls is object:
        return False
    return not cls.__flags__ & HEAP_TYPE or getattr(vars(cls).get("__new__"), "__self__", None) is cls


def is_code(value: Any) -> bool:
    """Whether a value is itself a piece of code, or a thin wrapper around one."""
    return (
        isinstance(value, CODE)
        or type(value) in WRAPPERS
        or (callable(value) and carries(value, "__wrapped__"))
        or carries(value, "__memo_version__")
    )


def carries(value: Any, name: str) -> bool:
    """Whether an object itself has an attribute; a class's `__getattr__` may answer to any name."""
    return name in getattr(value, "__dict__", ())

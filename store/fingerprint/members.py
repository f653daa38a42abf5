"""What a class holds beyond its text: computed attributes, functions put on it later, what was
registered with it, and which traits of its text its bases may read."""

from __future__ import annotations

import abc
import dataclasses
import enum
import types
from collections.abc import Iterator
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from store.fingerprint import origin
from store.fingerprint.graph import Label
from store.fingerprint.names import Found
from store.fingerprint.traits import HINTS, ORDER

if TYPE_CHECKING:
    from store.fingerprint.reach import Walk

__all__ = ["registered_with", "traits_read_by_bases", "write_members"]


_DESCRIPTORS = (types.MemberDescriptorType, types.GetSetDescriptorType)
_BY_LIBRARY = ("_abc_impl", "_is_protocol", "_is_runtime_protocol")


def registered_with(cls: type) -> list[type]:
    """The classes that were registered as virtual subclasses, in the order of their names."""
    if not isinstance(cls, abc.ABCMeta):
        return []
    registry = abc._get_dump(cls)[0]  # type: ignore[attr-defined]  # there is no public way
    found = [kind for kind in (reference() for reference in registry) if kind is not None]
    return sorted(found, key=lambda kind: (kind.__qualname__, kind.__module__))


def traits_read_by_bases(cls: type, by_decorator: bool) -> Iterator[int]:
    """Traits of a class's text that its bases, its metaclass or an installed decorator may read."""
    bases = [base for base in cls.__mro__[1:] if base is not object]
    installed = any(origin.of_module(base.__module__) == origin.INSTALLED for base in bases)
    if installed or by_decorator:
        yield HINTS
    ours = any(
        "__init_subclass__" in vars(base) and origin.of_module(base.__module__) == origin.PROJECT
        for base in bases
    )
    if installed or by_decorator or ours or origin.of_module(type(cls).__module__) != origin.STDLIB:
        yield ORDER


def write_members(walk: Walk, label: Label, cls: type, in_text: bool) -> None:
    """Write the live attributes of a class; `in_text` says that its definition counts already."""
    if not in_text and dataclasses.is_dataclass(cls):
        for field in dataclasses.fields(cls):
            label.add("field", f"{field.name} {field.init} {field.repr} {field.compare} {field.kw_only}")
            owner = Found(None, "", f"{cls.__module__}:{cls.__qualname__}.{field.name}", ())
            walk.values.state(label, (field.default, field.default_factory), owner)
    for name, value in sorted(vars(cls).items(), key=itemgetter(0)):
        if _is_machinery(cls, name, value) or (in_text and _is_plain_method(cls, value)):
            continue
        func = _function_in(value)
        if in_text and func is not None and _is_of_text(cls, func):
            if func.__defaults__ or func.__kwdefaults__:
                label.add("member", name)
                walk.defaults(label, func)
            continue
        if not in_text and _is_generated(value):
            continue
        if cls in type(value).__mro__:
            # An enum's member, or an instance kept on its class: its content, not the class again.
            value = getattr(value, "_value_", getattr(value, "__dict__", None))
        label.add("member", name)
        owner = Found(value, "", f"{cls.__module__}:{cls.__qualname__}.{name}", ())
        walk.values.write(label, value, owner)


def _is_machinery(cls: type, name: str, value: Any) -> bool:
    """Attributes that Python and its library make themselves."""
    if name in _BY_LIBRARY or type(value) in _DESCRIPTORS:
        return True
    if isinstance(value, types.FunctionType) or not name.startswith("_"):
        return False
    return (name.startswith("__") and name.endswith("__")) or issubclass(cls, enum.Enum)


def _is_plain_method(cls: type, value: Any) -> bool:
    """Whether an attribute is a function that the class's text says all of: most are."""
    return (
        type(value) is types.FunctionType
        and not (value.__defaults__ or value.__kwdefaults__ or value.__dict__)
        and _is_of_text(cls, value)
    )


def _function_in(value: Any) -> types.FunctionType | None:
    """The function that an attribute is, or is a thin wrapper around."""
    if type(value) is types.FunctionType and not vars(value):
        return value
    for name in ("__func__", "fget", "func"):
        inner = getattr(value, name, None)
        if isinstance(inner, types.FunctionType):
            return inner
    return value if isinstance(value, types.FunctionType) else None


def _is_of_text(cls: type, func: types.FunctionType) -> bool:
    # Generated methods follow from the fields; those behind installed decorators stand in the text.
    code = func.__code__
    outside = origin.of_file(code.co_filename) != origin.PROJECT
    return outside or code.co_qualname == f"{cls.__qualname__}.{code.co_name}"


def _is_generated(value: Any) -> bool:
    return isinstance(value, types.FunctionType) and value.__code__.co_filename.startswith("<string>")

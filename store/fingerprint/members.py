"""What a class holds beyond its text: computed attributes, and functions put on it later."""

from __future__ import annotations

import enum
import types
from typing import Any

from store.fingerprint import origin
from store.fingerprint.graph import Label
from store.fingerprint.names import Found
from store.fingerprint.values import Values

__all__ = ["write_members"]


def write_members(values: Values, label: Label, cls: type, in_text: bool) -> None:
    """Write the live attributes of a class; `in_text` says that its definition counts already."""
    for name, value in sorted(vars(cls).items(), key=lambda item: item[0]):
        if _is_machinery(cls, name, value) or (in_text and _is_of_text(cls, value)):
            continue
        if not in_text and _is_generated(value):
            continue
        if isinstance(value, cls):
            # An enum's member, or an instance kept on its class: its content, not the class again.
            value = getattr(value, "_value_", getattr(value, "__dict__", None))
        label.add("member", name)
        owner = Found(value, "", f"{cls.__module__}:{cls.__qualname__}.{name}", ())
        values.write(label, value, owner)


def _is_machinery(cls: type, name: str, value: Any) -> bool:
    """Attributes that Python and its library make themselves."""
    if isinstance(value, types.MemberDescriptorType | types.GetSetDescriptorType):
        return True
    if issubclass(cls, enum.Enum) and name.startswith("_"):
        return not isinstance(value, types.FunctionType)
    return name.startswith("__") and name.endswith("__") and not isinstance(value, types.FunctionType)


def _is_of_text(cls: type, value: Any) -> bool:
    inner = (getattr(value, name, None) for name in ("__func__", "fget", "func"))
    func = next((item for item in inner if isinstance(item, types.FunctionType)), value)
    if not isinstance(func, types.FunctionType):
        return False
    # Generated methods follow from the fields; those behind installed decorators stand in the text.
    code = func.__code__
    outside = origin.of_file(code.co_filename) != origin.PROJECT
    return outside or code.co_qualname == f"{cls.__qualname__}.{code.co_name}"


def _is_generated(value: Any) -> bool:
    return isinstance(value, types.FunctionType) and value.__code__.co_filename.startswith("<string>")

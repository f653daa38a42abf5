"""Helpers of stages, with a default."""

from edited import base


#: default: def helped(value: int, step: int = 2) -> int:
def helped(value: int, step: int = 1) -> int:
    #: local same: result = base.guarded(value)
    total = base.guarded(value)
    #: local same: return result + step
    return total + step


def unrelated() -> int:
    #: unrelated same: return base.core(2)
    return 1

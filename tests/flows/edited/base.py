"""What stages reach two calls away."""

#: unit: UNIT = 4
#: unit same: UNIT = 2 + 1
UNIT = 3


def core(value: int) -> int:
    #: docstring same: """What it says has no effect."""
    """Twice and one more."""
    #: core: return value + value + UNIT
    #: core: return value * 3 - UNIT
    return value * 2 + UNIT


#: annotation same: def guarded(value):
def guarded(value: int) -> int:
    #: guarded: return core(value)
    return core(value) if value % 5 else core(value + 5)

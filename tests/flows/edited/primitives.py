"""Functions that items of a map name."""

from edited.middle import helped

#: limit: LIMIT = 20
LIMIT = 60


def double(value: int) -> int:
    #: double: return value * 2 + 1
    #: double: return value + value
    return value * 2


def clip(value: int) -> int:
    return min(value, LIMIT)


def lift(value: int) -> int:
    return helped(value)


#: late: def late(value: int) -> int: return value + 7
# One more may come.

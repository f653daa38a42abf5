"""Constants that programs name."""

ZERO = 0
ONE = 1
TWO = 2
THREE = 3
FOUR = 4
FIVE = 5
SIX = 6
SEVEN = 7
EIGHT = 8
NINE = 9
TEN = 10
NEG_ONE = -1
NEG_TWO = -2

T = True
F = False

ORIGIN = (0, 0)
UNITY = (1, 1)
UP = (-1, 0)
DOWN = (1, 0)
LEFT = (0, -1)
RIGHT = (0, 1)
TWO_BY_TWO = (2, 2)
THREE_BY_THREE = (3, 3)

SIDES = frozenset({UP, DOWN, LEFT, RIGHT})
DIAGONALS = frozenset((down, right) for down in (NEG_ONE, ONE) for right in (NEG_ONE, ONE))
AROUND = SIDES | DIAGONALS

_LARGEST = 30

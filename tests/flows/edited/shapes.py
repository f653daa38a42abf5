"""Classes whose methods are reached through instances, inheritance and `super()`."""


class Shape:
    #: attribute: sides = 2
    sides = 3

    def __init__(self, size: int) -> None:
        self.size = size

    def area(self) -> int:
        #: method: return self.size + self.sides
        return self.size * self.sides

    def scaled(self) -> int:
        #: inherited: return self.area() * 2 + 1
        #: inherited: return self.area() + self.area()
        return self.area() * 2


class Square(Shape):
    def area(self) -> int:
        #: comment same: # Why it is one more is forgotten.
        # One more for the corner.
        #: override: return super().area() + 2
        return super().area() + 1

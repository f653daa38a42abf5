"""Programs over `dsl`, as people collect them: some solve the puzzle that they are called after."""

from constants import *
from dsl import *


def solve_67a3c6ac(I):
    O = flip_columns(I)
    return O


def solve_68b16354(I):
    O = flip_rows(I)
    return O


def solve_74dd1130(I):
    O = transposed(I)
    return O


def solve_3c9b0459(I):
    x1 = power(turned, TWO)
    O = x1(I)
    return O


def solve_ed36ccf7(I: Grid) -> Grid:
    """Anticlockwise."""
    O = power(turned, THREE)(I)
    return O


def solve_6150a2bd(I):
    # the same as solve_3c9b0459, when its one value is called x1
    half_turn = power(turned, TWO)
    O = half_turn(I)
    return O


def solve_a416b8f3(I):
    O = beside(I, I)
    return O


def solve_c9e6f938(I):
    x1 = flip_columns(I)
    O = beside(I, x1)
    return O


def solve_6d0aefbc(I):
    x1 = flip_columns(I)
    x2 = flip_rows(x1)
    O = beside(I, x1)
    return O


def solve_8be77c9e(I):
    x1 = flip_rows(I)
    O = above(I, x1)
    return O


def solve_4c4377d9(I):
    O = above(flip_rows(I), I)
    return O


def solve_7468f01a(S, I, C):
    x1 = objects(I, F, T, T)
    x2 = only(x1)
    x3 = region(x2, I)
    O = flip_columns(x3)
    return O


def solve_62c24649(I):
    x1 = flip_columns(I)
    x2 = beside(I, x1)
    x3 = flip_rows(x2)
    O = above(x2, x3)
    return O


def solve_67e8384a(I):
    x1 = fork(beside, identity, flip_columns)
    x2 = fork(above, identity, flip_rows)
    x3 = compose(x2, x1)
    O = x3(I)
    return O


def solve_46442a0e(I):
    x1 = turned(I)
    x2 = turned(x1)
    x3 = turned(x2)
    x4 = beside(I, x1)
    x5 = beside(x3, x2)
    O = above(x4, x5)
    return O


def solve_c59eb873(I):
    O = enlarged(I, TWO)
    return O


def solve_9172f3a0(I):
    O = enlarged(grid=I, factor=THREE)
    return O


def solve_b91ae062(I):
    x1 = palette(I)
    x2 = tally(x1)
    x3 = minus(x2, ONE)
    O = enlarged(I, x3)
    return O


def solve_d511f180(I):
    O = swapped(I, FIVE, EIGHT)
    return O


def solve_b1948b0a(I):
    O = changed(I, SIX, TWO)
    return O


def solve_c8f0f002(I):
    O = changed(new=FIVE, grid=I, old=SEVEN)
    return O


def solve_0d3d703e(I):
    x1 = swapped(I, THREE, FOUR)
    x2 = swapped(x1, ONE, FIVE)
    x3 = swapped(x2, EIGHT, NINE)
    O = swapped(x3, TWO, SIX)
    return O


def solve_1e0a9b12(I):
    O = fallen(I)
    return O


def solve_d10ecb37(I):
    O = cut(I, ORIGIN, TWO_BY_TWO)
    return O


def solve_2dee498d(I):
    x1 = split_columns(I, THREE)
    O = first(x1)
    return O


def solve_7b7f7511(I):
    x1 = width(I)
    x2 = height(I)
    x3 = bigger(x1, x2)
    x4 = branch(x3, left_half, top_half)
    O = x4(I)
    return O


def solve_1cf80156(I):
    x1 = objects(I, T, T, T)
    x2 = largest(x1, tally)
    O = region(x2, I)
    return O


def solve_be94b721(I):
    x1 = objects(I, T, F, T)
    x2 = largest(container=x1, key=tally)
    O = region(x2, I)
    return O


def solve_28bf18c6(I):
    x1 = objects(I, F, T, T)
    x2 = first(x1)
    x3 = region(x2, I)
    O = beside(x3, x3)
    return O


def solve_23b5c85d(I):
    x1 = objects(I, T, F, T)
    x2 = smallest(x1, tally)
    O = region(x2, I)
    return O


def solve_25ff71a9(I):
    x1 = only(without(palette(I), single(ZERO)))
    x2 = cells_coloured(I, x1)
    x3 = fill(I, ZERO, x2)
    x4 = moved(x2, DOWN)
    O = fill(x3, x1, x4)
    return O


def solve_a79310a0(I):
    x1 = cells_coloured(I, EIGHT)
    x2 = moved(x1, DOWN)
    x3 = fill(I, ZERO, x1)
    O = fill(x3, TWO, x2)
    return O


def solve_5582e5ca(I):
    x1 = commonest(I)
    O = canvas(x1, THREE_BY_THREE)
    return O


def solve_445eab21(I):
    x1 = objects(I, T, F, T)
    x2 = largest(x1, tally)
    x3 = commonest(x2)
    O = canvas(x3, TWO_BY_TWO)
    return O


def solve_00d62c1b(I):
    x1 = objects(I, T, F, F)
    x2 = kept(x1, matcher(commonest, ZERO))
    x3 = rbind(touches_border, I)
    x4 = compose(negative, x3)
    x5 = kept(x2, x4)
    x6 = fused(x5)
    O = fill(I, FOUR, x6)
    return O


def solve_a5313dff(I):
    x1 = objects(I, T, F, F)
    x2 = matcher(commonest, ZERO)
    x3 = rbind(touches_border, I)
    x4 = fork(both, x2, compose(negative, x3))
    x5 = fused(kept(x1, x4))
    O = fill(I, ONE, x5)
    return O


def solve_4258a5f9(I):
    x1 = cells_coloured(I, FIVE)
    x2 = fringe(x1)
    O = fill(I, ONE, x2)
    return O


def solve_dc1df850(I):
    x1 = cells_coloured(I, TWO)
    x2 = mapped_fused(compose(fringe, single), x1)
    O = underfill(I, ONE, x2)
    return O


def solve_6f8cd79b(I):
    x1 = as_object(I)
    x2 = outline(x1)
    O = fill(I, EIGHT, x2)
    return O


def solve_bb43febb(I):
    x1 = cells_coloured(I, FIVE)
    x2 = objects(I, T, F, F)
    x3 = kept(x2, matcher(commonest, FIVE))
    x4 = without(x1, mapped_fused(outline, x3))
    O = fill(I, TWO, x4)
    return O


def solve_40853293(I):
    x1 = lbind(cells_coloured, I)
    x2 = compose(joined, x1)
    x3 = fork(recoloured, identity, x2)
    x4 = palette(I)
    x5 = kept(x4, lbind(bigger, TEN))
    x6 = mapped_fused(x3, without(x5, single(ZERO)))
    O = paint(I, x6)
    return O


def solve_ded97339(I):
    x1 = cells_coloured(I, EIGHT)
    x2 = joined(x1)
    O = fill(I, EIGHT, x2)
    return O


def solve_a699fb00(I):
    x1 = cells_coloured(I, ONE)
    x2 = moved(x1, RIGHT)
    x3 = moved(x1, LEFT)
    x4 = common(x2, x3)
    O = fill(I, TWO, x4)
    return O


def solve_0520fde7(I):
    x1 = split_columns(cut(I, ORIGIN, (3, 3)), ONE)
    x2 = first(x1)
    x3 = cut(I, (0, 4), THREE_BY_THREE)
    x4 = cellwise(times, x2, x3)
    O = changed(x4, ONE, TWO)
    return O


def solve_94f9d214(I):
    x1 = top_half(I)
    x2 = bottom_half(I)
    x3 = cellwise(either, x1, x2)
    x4 = canvas(ONE, shape(x3))
    x5 = cellwise(same, x3, canvas(ZERO, shape(x3)))
    x6 = cellwise(times, x4, x5)
    O = changed(x6, ONE, TWO)
    return O


def solve_dae9d2b5(I):
    x1 = cellwise(either, left_half(I), right_half(I))
    x2 = changed(x1, FOUR, SIX)
    O = changed(x2, THREE, SIX)
    return O


def solve_9565186b(I):
    x1 = commonest(I)
    x2 = as_object(I)
    x3 = chain(negative, lbind(same, x1), first)
    x4 = kept(x2, x3)
    O = fill(I, FIVE, x4)
    return O


def solve_1f85a75f(S, I):
    x1 = objects(I, T, T, T)
    x2 = largest(x1, tally)
    O = region(x2, I)
    return O


def solve_a85d4709(I):
    x1 = cells_coloured(I, FIVE)
    x2 = rbind(compose, first)
    x3 = fork(line, x2(rbind(pair, ZERO)), x2(rbind(pair, TWO)))
    x4 = mapped_fused(x3, kept(x1, matcher(final, ZERO)))
    x5 = mapped_fused(x3, kept(x1, matcher(final, ONE)))
    x6 = mapped_fused(x3, kept(x1, matcher(final, TWO)))
    x7 = fill(I, TWO, x4)
    x8 = fill(x7, FOUR, x5)
    O = fill(x8, THREE, x6)
    return O


def solve_b6afb2da(S, I, C):
    x1 = mapped(final, S)
    x2 = mapped(palette, x1)
    x3 = first(x2)
    x4 = without(x3, palette(I))
    x5 = smallest(x4, identity)
    x6 = cells_coloured(I, FIVE)
    O = fill(I, x5, x6)
    return O


def solve_d631b094(I):
    x1 = colour_count(I, ZERO)
    x2 = times(height(I), width(I))
    x3 = minus(x2, x1)
    x4 = rarest(changed(I, ZERO, commonest(I)))
    O = canvas(x4, pair(ONE, x3))
    return O


def solve_3618c87e(I):
    O = rolled(I, TWO)
    return O


def solve_aabf363d(I):
    x1 = rolled(least=ONE, grid=turned(I))
    x2 = rarest(x1)
    O = changed(I, x2, colour_at(I, ORIGIN))
    return O


def solve_d89b689b(I):
    x1 = rbind(rbind(swapped, TEN), NINE)
    x2 = cut(I, ORIGIN, UNITY)
    x3 = beside(settled(x1, x2), x2)
    O = settled(fallen, x3)
    return O


def solve_d9fac9be(I):
    x1 = rarest(I)
    x2 = canvas(x1, UNITY)
    x3 = divided(height(I), minus(width(I), height(I)))
    O = enlarged(x2, x3)
    return O


def solve_ff28f65a(I):
    O = ragged(I)
    return O


def solve_239be575(I):
    O = averaged(I)
    return O


def solve_27a28665(I):
    x1 = objects(I, T, F, T)
    O = ordered(x1, tally)
    return O


def solve_d4469b4b(I):
    x1 = hull(cells_coloured(I, TWO))
    x2 = fill(I, TEN, x1)
    O = shrunk(x2, TWO)
    return O


def solve_f25ffba3(I):
    x1 = neighbours(ORIGIN, T)
    x2 = moved(patch=x1, offset=corner(x1))
    x3 = united(x2, line(ORIGIN, (4, 4)))
    O = fill(I, THREE, x3)
    return O


def solve_a68b268e(I):
    # names something that its DSL has lost since
    x1 = quartered(I)
    O = first(x1)
    return O

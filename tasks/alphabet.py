"""The moves that `propose` composes: expressions over the DSL, with `{}` where the grid goes.

Owns text alone. Primitives are named and not referred to, so that editing one changes no proposal.
The choice was made by measuring: of some 650 moves tried on the training puzzles of ARC-AGI-1, and
of their pairs, these are the ones that solve most, with their nearest relatives.
"""
# ruff: noqa: SIM905 -- forty quoted words in a column are harder to read than text

from __future__ import annotations

_WHOLE = """
    rotate_90 rotate_180 rotate_270 flip_horizontal flip_vertical transpose flip_antidiagonal
    mirror_right mirror_left mirror_down mirror_up mirror_both rotation_mosaic fractal
    symmetrise_horizontal symmetrise_vertical symmetrise_diagonal symmetrise_rotation
    crop_to_content remove_background_lines remove_uniform_lines merge_equal_lines
    distinct_rows distinct_columns smallest_tile undo_upscale
    left_half right_half top_half bottom_half top_left_quarter
    gravity_down gravity_up gravity_left gravity_right sort_rows sort_columns
    connect_horizontal connect_vertical connect_diagonal spread_rows spread_columns
    extend_down extend_up extend_left extend_right
    invert swap_foreground most_common_to_background histogram
    keep_most_common keep_least_common remove_most_common remove_least_common
    keep_blocks remove_isolated fill_pinholes majority_filter
""".split()
"""Primitives from grid to grid that look at the grid as a whole."""

_OBJECTS = """
    crop_largest_object crop_smallest_object crop_most_common_object crop_most_coloured_object
    crop_largest_multicolour_object crop_smallest_multicolour_object
    crop_odd_colour crop_odd_shape
    keep_largest_objects keep_smallest_objects remove_largest_objects remove_smallest_objects
    keep_objects_touching_border keep_objects_within_border
    hollow_objects fill_holes_with_own_colour
""".split()
"""Primitives from grid to grid that look at its objects."""

_LEARNED = (
    "learned_colours(S, {})",
    "learned_local_rule(S, {})",
    "fill_enclosed({}, added_colour(S))",
    "fill_boxes({}, added_colour(S))",
    "draw_boxes({}, added_colour(S))",
    "draw_frame({}, added_colour(S))",
    "recolour_interior({}, added_colour(S))",
    "surround_foreground({}, added_colour(S))",
    "replace({}, removed_colour(S), added_colour(S))",
    "connect_colour({}, only_foreground({}), RIGHT, added_colour(S))",
    "connect_colour({}, only_foreground({}), DOWN, added_colour(S))",
    "paint_all({}, recolour_all(with_holes(objects_4({})), added_colour(S)))",
    "paint_all({}, recolour_all(all_largest(objects_8({})), added_colour(S)))",
    "paint_all({}, recolour_all(all_smallest(objects_4({})), added_colour(S)))",
    "complete_symmetry({}, removed_colour(S))",
    "continue_tiling({}, removed_colour(S))",
    "reveal_by_symmetry({}, removed_colour(S))",
    "reveal_by_tiling({}, removed_colour(S))",
    "tile_to({}, output_height(S), output_width(S))",
    "extend_tiling({}, output_height(S), output_width(S))",
    "upscale_to({}, output_height(S), output_width(S))",
    "downscale_to({}, output_height(S), output_width(S))",
    "bar(count_objects(objects_4({})), output_width(S), only_foreground({}))",
)
"""Moves with a colour or a size that the train samples show."""

_FIXED = (
    "complete_symmetry({}, most_common_colour({}))",
    "continue_tiling({}, 0)",
    "reveal_by_symmetry({}, 0)",
    "canvas_like({}, most_common_colour({}))",
    "crop_to_colour({}, least_common_foreground({}))",
    "crop_to_colour({}, most_common_foreground({}))",
    "crop_to_object({}, odd_one_out_by_colour(objects_4({})))",
    "to_grid(most_common_object(objects_8({})))",
    "slide_to({}, most_common_foreground({}), least_common_foreground({}))",
    "shoot_diagonals({}, most_common_foreground({}))",
    "overlay({}, flip_vertical({}))",
    "majority_vote(all_orientations({}))",
    "part_at(split_columns({}, 3), 0)",
    "part_at(split_rows({}, 3), 0)",
    "shift({}, 1, 0, 0)",
    "tile({}, 1, 2)",
    "tile({}, 2, 1)",
    "tile({}, 3, 3)",
    "upscale({}, 2)",
    "upscale({}, count_colours({}))",
    "upscale({}, count_foreground({}))",
    "tile_where({}, mask_of_colour({}, most_common_colour({})))",
    "tile_where({}, mask_of_colour({}, least_common_colour({})))",
    "diagonal(count_objects(objects_4({})), only_foreground({}))",
    "bar(count_foreground({}), count_foreground({}), only_foreground({}))",
)
"""Moves with numbers of their own or of the grid's."""

_PAIRS = (
    "part_at(parts_between_lines({}), 0), part_at(parts_between_lines({}), -1)",
    "top_half({}), bottom_half({})",
    "left_half({}), right_half({})",
)
_CHOICES = """
    overlay_all odd_part_out most_common_part part_with_most_cells part_with_fewest_cells
    part_with_most_colours the_symmetric_part the_asymmetric_part
""".split()
_COMPARISONS = """
    cells_in_both cells_in_either cells_in_exactly_one cells_in_neither cells_only_in_first
""".split()

_PARTS = (
    *(f"{choice}(parts_between_lines({{}}))" for choice in _CHOICES),
    *(f"{comparison}({pair}, added_colour(S))" for comparison in _COMPARISONS for pair in _PAIRS),
)
"""Moves that cut the grid into parts and choose one or compare two."""

MOVES = (*(f"{name}({{}})" for name in (*_WHOLE, *_OBJECTS)), *_LEARNED, *_FIXED, *_PARTS)
"""What is proposed alone."""

FIRST = (
    "crop_to_content({})",
    "remove_uniform_lines({})",
    "merge_equal_lines({})",
    "swap_foreground({})",
    "crop_most_coloured_object({})",
    "remove_isolated({})",
    "remove_most_common({})",
    "keep_largest_objects({})",
)
SECOND = (
    "flip_horizontal({})",
    "crop_to_content({})",
    "top_left_quarter({})",
    "part_with_most_colours(split_grid({}, 2, 2))",
    "crop_largest_object({})",
    "keep_most_common({})",
    "recolour_foreground({}, most_common_foreground({}))",
    "replace({}, 0, added_colour(S))",
    "remove_colour({}, removed_colour(S))",
    "crop_inside_colour({}, least_common_foreground({}))",
    "fractal({})",
    "downscale({}, 3)",
    "upscale({}, 2)",
    "tile_to({}, output_height(S), output_width(S))",
)
"""What is proposed in pairs, each of these after each of `FIRST`."""

"""Where panels stand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from sample_boards import board, memory

from watchwright import Dashboard, Row, Stat, TextPanel, TimeSeries
from watchwright.lower.layout import COLUMNS, Box, place
from watchwright.lower.plan import Grid

boxes = st.builds(Box, st.integers(1, 24), st.integers(1, 12), fixed_width=st.booleans(), fixed_height=st.booleans())


def cells(grid: Grid) -> set[tuple[int, int]]:
    """Every square of the grid that a panel covers."""
    return {(x, y) for x in range(grid.x, grid.x + grid.width) for y in range(grid.y, grid.y + grid.height)}


@given(st.lists(boxes, max_size=20), st.integers(0, 100))
def test_panels_never_overlap_and_never_leave_the_grid(wishes, top):
    """Whatever sizes are asked for."""
    taken: set[tuple[int, int]] = set()
    for grid in place(wishes, top):
        assert not taken & cells(grid)
        assert all(0 <= x < COLUMNS and y >= top for x, y in cells(grid))
        taken |= cells(grid)


@given(st.lists(boxes, max_size=20))
def test_panels_stand_in_reading_order(wishes):
    """A panel is to the right of the one before it, or on a line below."""
    places = [(grid.y, grid.x) for grid in place(wishes, 0)]
    assert sorted(places) == places


@given(st.lists(boxes, max_size=20))
def test_sizes_that_were_given_are_kept(wishes):
    """Only panels without a width or a height of their own grow, and none shrinks."""
    for wish, grid in zip(wishes, place(wishes, 0), strict=True):
        assert grid.width == wish.width if wish.fixed_width else grid.width >= wish.width
        assert grid.height == wish.height if wish.fixed_height else grid.height >= wish.height


@given(st.lists(boxes.filter(lambda box: not box.fixed_width), min_size=1, max_size=20))
def test_a_line_has_no_gap_where_widths_are_free(wishes):
    """The widths of each line add up to 24."""
    widths: dict[int, int] = {}
    for grid in place(wishes, 0):
        widths[grid.y] = widths.get(grid.y, 0) + grid.width
    assert {COLUMNS} == set(widths.values())


def test_seven_numbers_stand_as_four_and_three():
    """Panels of one size are spread evenly over their lines."""
    grids = place([Box(4, 4)] * 7, 0)

    assert [6, 6, 6, 6, 8, 8, 8] == [grid.width for grid in grids]


def test_a_lone_panel_takes_the_whole_line():
    """Two charts share a line, and the third has one to itself."""
    grids = place([Box(12, 8)] * 3, 0)

    assert [12, 12, 24] == [grid.width for grid in grids]


def test_a_row_begins_below_the_highest_panel_of_the_one_before():
    """Its heading is one high, and its panels begin below that."""
    rows = board(
        Dashboard(
            "Two rows",
            [
                Row("One", [TimeSeries("A", memory, height=11), Stat("B", memory)]),
                Row("Two", [TextPanel("C", markdown="")]),
            ],
        )
    ).rows

    assert [0, 12] == [row.y for row in rows]
    assert [(0, 1), (18, 1), (0, 13)] == [(each.grid.x, each.grid.y) for row in rows for each in row.panels]


def test_a_collapsed_row_takes_one_line():
    """Its panels are folded away, and the next row follows at once."""
    folded = Row("One", [TimeSeries("A", memory)], collapsed=True)
    rows = board(Dashboard("Folded", [folded, Row("Two", [Stat("B", memory)])])).rows

    assert [0, 1] == [row.y for row in rows]

"""
Where panels stand on a board: computed, in reading order.

Panels flow from left to right and wrap. Panels without a width of their own share what a line leaves
free, and those without a height are as high as their line, so that Grafana has no hole to move a panel into.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import attrs

from watchwright.lower.plan import Grid
from watchwright.model.dashboard import Panel

COLUMNS = 24
HEADING = 1  # the height of a row's heading


@attrs.frozen(order=False)
class Box:
    """A panel's wish for room; what is not *fixed* may grow."""

    width: int
    height: int
    fixed_width: bool = False
    fixed_height: bool = False


def box(panel: Panel) -> Box:
    """The room that a panel asks for."""
    return Box(
        panel.width or panel.WIDTH,
        panel.height or panel.HEIGHT,
        fixed_width=panel.width is not None,
        fixed_height=panel.height is not None,
    )


def place(boxes: Sequence[Box], top: int) -> list[Grid]:
    """A place for each box, from the line *top* down."""
    grids: list[Grid] = []
    for line in _lines(boxes):
        height = max(each.height for each in line)
        x = 0
        for each, width in zip(line, _widths(line), strict=True):
            grids.append(Grid(x, top, width, each.height if each.fixed_height else height))
            x += width
        top += height
    return grids


def bottom(grids: Sequence[Grid], top: int) -> int:
    """The first line below all of them."""
    return max((grid.y + grid.height for grid in grids), default=top)


def _lines(boxes: Sequence[Box]) -> Iterator[list[Box]]:
    line: list[Box] = []
    for _, same in groupby(boxes, key=lambda each: (each.width, each.fixed_width)):
        run = list(same)
        share = _share(run) if not line else len(run)
        for index, each in enumerate(run):
            full = sum(other.width for other in line) + each.width > COLUMNS
            if line and (full or (index and index % share == 0)):
                yield line
                line = []
            line.append(each)
    if line:
        yield line


def _share(run: Sequence[Box]) -> int:
    """How many of a run of like boxes stand on one line: 7 of which 6 would fit stand as 4 and 3, not as 6 and 1."""
    if run[0].fixed_width:
        return len(run)
    lines = -(-len(run) // max(1, COLUMNS // run[0].width))
    return -(-len(run) // lines)


def _widths(line: Sequence[Box]) -> list[int]:
    """The widths of a line, with its free columns shared out in proportion among those that may grow."""
    free = COLUMNS - sum(each.width for each in line)
    growing = sum(each.width for each in line if not each.fixed_width)
    if not growing:
        return [each.width for each in line]
    widths = [each.width if each.fixed_width else each.width + free * each.width // growing for each in line]
    rest = COLUMNS - sum(widths)
    for index, each in enumerate(line):
        if rest and not each.fixed_width:
            widths[index] += 1
            rest -= 1
    return widths

"""Our parser takes and refuses what promtool does, and points at the same place."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from judge import verdicts

from watchwright.query.layout import layout
from watchwright.query.parser import ParseError, parse
from watchwright.query.printer import text

CORPUS = Path(__file__).parent / "corpus"
FLAGS = ("promql-binop-fill-modifiers", "promql-experimental-functions", "promql-extended-range-selectors")

#: Where we point elsewhere on purpose, or refuse what promtool lets through: expression, column, our verdict, why.
OTHERWISE = {
    **{
        (one, 0, at): "the whole number is shown, not its second half"
        for one, at in (("1.5.5", "1:1"), ("1..2", "1:1"))
    },
    **{
        (one, 0, "1:3"): "the operator is shown, and the version that brought it, not its second character"
        for one in (
            "x </ y",
            "x >/ y",
            "x </ 1",
            "1 </ x",
            "x </ 5",
            "x >/ bool 5",
            "x </ on (a) y",
            "1 </ 2",
            "x >/ y + z",
        )
    },
    ("x[5m and 2]", 0, "1:6"): "2.42 takes the first letter for a colon",
    ("x[5m a]", 0, "1:6"): "2.42 takes the letter for a colon, and the query for a subquery",
    **{("topk(rate(x), y[5m])", i, "1:11"): "of two mistakes, the first in the text is shown" for i in range(3)},
    **{("1 # a\n > 2", i, "2:2"): "the operator is shown, not the comment before it" for i in range(3)},
}


class Case(NamedTuple):
    """An expression, and what promtool 2.42, 3.14, and 3.14 with all flags say of it."""

    expression: str
    verdicts: tuple[str, str, str]


def escaped(expression: str) -> str:
    """Put an expression on a line of its own."""
    return expression.replace("\n", "⏎").replace("\t", "⇥")


def read(path: Path) -> list[Case]:
    """Read a table of the corpus."""
    cases = []
    for line in path.read_text(encoding="utf-8").split("\n")[1:]:
        if line:
            old, new, flags, expression = line.split("\t")
            cases.append(Case(expression.replace("⏎", "\n").replace("⇥", "\t"), (old, new, flags)))
    return cases


_TABLES = sorted(CORPUS.glob("*.tsv"))
_ASKED = (((2, 42), ()), ((3, 14), ()), ((3, 14), FLAGS))


def ours(expression: str, column: int) -> str:
    """Our verdict, its column counted in bytes as promtool does."""
    version, features = _ASKED[column]
    try:
        parse(expression, version=version, features=features)
    except ParseError as error:
        before = expression.split("\n")[error.line - 1][: error.column - 1]
        return f"{error.line}:{len(before.encode()) + 1}"
    return "ok"


@pytest.mark.parametrize("table", _TABLES, ids=lambda path: path.stem)
def test_parser_agrees_with_the_recorded_promtool(table: Path) -> None:
    """
    Every expression of the corpus is taken or refused as recorded, and refused at the same place.
    """
    for case in read(table):
        for column, expected in enumerate(case.verdicts):
            found = ours(case.expression, column)
            if (case.expression, column, found) not in OTHERWISE:
                assert (case.expression, _ASKED[column], expected) == (case.expression, _ASKED[column], found)


@pytest.mark.parametrize("table", _TABLES, ids=lambda path: path.stem)
def test_promtool_says_what_is_recorded(table: Path, generations: list[tuple[tuple[int, int], Path]]) -> None:
    """
    The record is that of promtool 2.42 and 3.14; another version at hand has no say here.
    """
    cases = read(table)
    expressions = [case.expression for case in cases]
    for version, path in generations:
        for column, (asked, features) in enumerate(_ASKED):
            if asked == version:
                expected = [(case.expression, case.verdicts[column]) for case in cases]
                assert expected == list(zip(expressions, verdicts(path, expressions, features), strict=True))


@pytest.mark.parametrize("column", range(3))
def test_every_accepted_expression_survives_being_printed(column: int) -> None:
    """
    What parses is the same tree again when it is parsed from its own text, on one line or laid out.
    """
    version, features = _ASKED[column]
    for table in _TABLES:
        for case in read(table):
            if case.verdicts[column] == "ok" and ours(case.expression, column) == "ok":
                tree = parse(case.expression, version=version, features=features)
                assert tree == parse(text(tree), version=version, features=features)
                assert tree == parse(layout(tree, 20), version=version, features=features)


def test_every_deviation_from_promtool_is_still_one() -> None:
    """
    The list of deviations holds nothing that has been mended.
    """
    recorded = {case.expression: case.verdicts for table in _TABLES for case in read(table)}
    for expression, column, found in OTHERWISE:
        assert (expression, found) == (expression, ours(expression, column))
        assert found != recorded[expression][column]

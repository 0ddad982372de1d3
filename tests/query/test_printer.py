"""What the printer writes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from watchwright.query.layout import layout
from watchwright.query.parser import parse
from watchwright.query.printer import duration, number, quote, text
from watchwright.query.tree import (
    Aggregation,
    Binary,
    Call,
    Grouping,
    Matcher,
    Matching,
    Measure,
    Node,
    Number,
    Period,
    Placeholder,
    Selector,
    Shifted,
    String,
    Subquery,
    Unary,
    Variable,
    Window,
)

A, B, C = Selector("a"), Selector("b"), Selector("c")
FIVE_MINUTES = 300_000


def num(value: str | int) -> Number:
    return Number(Decimal(value))


@pytest.mark.parametrize(
    ("expected", "node"),
    [
        ("sum by (a) (b)", Aggregation("sum", B, Grouping(("a",)))),
        ("sum without () (b)", Aggregation("sum", B, Grouping((), without=True))),
        ("sum(b)", Aggregation("sum", B)),
        ("topk by (a) (3, b)", Aggregation("topk", B, Grouping(("a",)), num(3))),
        ('count_values("v", b)', Aggregation("count_values", B, None, String("v"))),
        ("a / on (x) group_left (y) b", Binary("/", A, B, matching=Matching(("x",), True, "left", ("y",)))),
        ("a * ignoring (x) group_right () b", Binary("*", A, B, matching=Matching(("x",), False, "right"))),
        ("a + ignoring () b", Binary("+", A, B, matching=Matching())),
        ("a + fill (0) b", Binary("+", A, B, matching=Matching(fill_left=Decimal(0), fill_right=Decimal("0.0")))),
        ("a + fill_right (-1) b", Binary("+", A, B, matching=Matching(fill_right=Decimal(-1)))),
        ("a > bool 1", Binary(">", A, num(1), True)),
        ('a{b="c",d!~"e"}', Selector("a", (Matcher("b", "=", "c"), Matcher("d", "!~", "e")))),
        ("a[5m]", Window(A, FIVE_MINUTES)),
        ("a offset 5m", Shifted(A, FIVE_MINUTES)),
        ("a[5m] offset -5m", Shifted(Window(A, FIVE_MINUTES), -FIVE_MINUTES)),
        ("a @ start() offset 5m", Shifted(A, FIVE_MINUTES, "start")),
        ("a @ 1603774568.5", Shifted(A, None, Decimal("1603774568.5"))),
        ("a[5m] smoothed", Shifted(Window(A, FIVE_MINUTES), modifier="smoothed")),
        ("a[5m:]", Subquery(A, FIVE_MINUTES)),
        ("rate(a[$__rate_interval])", Call("rate", (Window(A, Variable("$__rate_interval")),))),
        ("a[5m * 2]", Window(A, Binary("*", Period(FIVE_MINUTES), num(2)))),
        ("a offset +(5m * 2)", Shifted(A, Binary("*", Period(FIVE_MINUTES), num(2)))),
        ("a offset step()", Shifted(A, Call("step"))),
        ("a offset -step()", Shifted(A, Unary("-", Call("step")))),
        ("a offset -(5m * 2)", Shifted(A, Unary("-", Binary("*", Period(FIVE_MINUTES), num(2))))),
        ("a > $limit", Binary(">", A, Placeholder("$limit"))),
        ("a > 5 percent", Binary(">", A, Measure(Decimal(5), "percent"))),
    ],
)
def test_nodes_are_written_as_prometheus_does(expected: str, node: Node) -> None:
    """
    Each kind of node has one form, that of `promtool promql format`.
    """
    assert expected == text(node)


@pytest.mark.parametrize(
    ("expected", "node"),
    [
        ("a - (b - c)", Binary("-", A, Binary("-", B, C))),
        ("a - b - c", Binary("-", Binary("-", A, B), C)),
        ("a + (b + c)", Binary("+", A, Binary("+", B, C))),
        ("a ^ b ^ c", Binary("^", A, Binary("^", B, C))),
        ("(a ^ b) ^ c", Binary("^", Binary("^", A, B), C)),
        ("(a + b) * c", Binary("*", Binary("+", A, B), C)),
        ("a + b * c", Binary("+", A, Binary("*", B, C))),
        ("a or b and c", Binary("or", A, Binary("and", B, C))),
        ("(a or b) and c", Binary("and", Binary("or", A, B), C)),
        ("(-1) ^ 2", Binary("^", num(-1), num(2))),
        ("(-a) ^ b", Binary("^", Unary("-", A), B)),
        ("-a ^ b", Unary("-", Binary("^", A, B))),
        ("-a * b", Binary("*", Unary("-", A), B)),
        ("-(a * b)", Unary("-", Binary("*", A, B))),
        ("--a", Unary("-", Unary("-", A))),
        ("a - -1", Binary("-", A, num(-1))),
        ("a ^ -b", Binary("^", A, Unary("-", B))),
        ("a ^ (-b) ^ c", Binary("^", A, Binary("^", Unary("-", B), C))),
        ("(a + b)[5m:]", Subquery(Binary("+", A, B), FIVE_MINUTES)),
        ("(-a)[5m:]", Subquery(Unary("-", A), FIVE_MINUTES)),
        ("(1)[5m:]", Subquery(num(1), FIVE_MINUTES)),
        ("a offset 5m[5m:]", Subquery(Shifted(A, FIVE_MINUTES), FIVE_MINUTES)),
        ("a[(1 + 2) * 5m]", Window(A, Binary("*", Binary("+", num(1), num(2)), Period(FIVE_MINUTES)))),
    ],
)
def test_brackets_stand_where_needed_and_nowhere_else(expected: str, node: Node) -> None:
    """
    Precedence and association decide, so that the text parses to the same tree.
    """
    assert expected == text(node)
    assert "1)[" in expected or node == parse(expected, version=(3, 14))


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        ("0.05", "0.05"),
        ("0.0072", "0.00720"),
        ("100", "1E+2"),
        ("0", "0.000"),
        ("1e+30", "1E+30"),
        ("-1.5e-12", "-0.0000000000015"),
        ("123456789012345678901.123456789012345678901234567890123", "123456789012345678901.123456789012345678901234567890123"),
        ("+Inf", "Infinity"),
        ("-Inf", "-Infinity"),
        ("NaN", "NaN"),
    ],
)  # fmt: skip
def test_numbers_are_exact(expected: str, value: str) -> None:
    """
    No digit is lost or added, and an exponent stands only where zeros would not read well.
    """
    written = number(Decimal(value))
    if len(value) < 40:
        assert expected == written
    assert Decimal(value).is_nan() or Decimal(value) == Decimal(written.replace("+Inf", "Infinity"))


@pytest.mark.parametrize(
    ("expected", "milliseconds"),
    [
        ("1h30m", 5_400_000),
        ("1ms", 1),
        ("1m1ms", 60_001),
        ("1d", 86_400_000),
        ("1w", 604_800_000),
        ("8d", 691_200_000),
        ("90d", 7_776_000_000),
        ("1y", 31_536_000_000),
        ("-5m", -300_000),
        ("0s", 0),
    ],
)
def test_durations_are_written_as_prometheus_does(expected: str, milliseconds: int) -> None:
    """
    Years and weeks stand only where they are whole: 90d reads better than 12w6d.
    """
    assert expected == duration(milliseconds)


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        ('"a"', "a"),
        (r'"\"\\"', '"\\'),
        (r'"\n\r\t"', "\n\r\t"),
        (r'"\x00\x1b\x7f"', "\x00\x1b\x7f"),
        ('"größe 日本"', "größe 日本"),
        (r'"\u200b\ufffd"', "\u200b\ufffd"),
        (r'"\xff"', "\udcff"),
        (r'"\U000e0001"', "\U000e0001"),
    ],
)
def test_strings_are_escaped_so_that_the_same_bytes_are_read(expected: str, value: str) -> None:
    """
    Readable text stays readable; what is invisible, and what Prometheus' lexer refuses, is escaped.
    """
    assert expected == quote(value)
    assert String(value) == parse(expected)


def test_surrogates_are_refused() -> None:
    """
    A lone surrogate is no character, and no byte either.
    """
    with pytest.raises(ValueError, match=r"U\+D800"):
        quote("a\ud800")


@pytest.mark.parametrize(
    ("expected", "node"),
    [
        ('{"my.metric"}', Selector("my.metric")),
        ('{"my.metric","a.b"="c"}', Selector("my.metric", (Matcher("a.b", "=", "c"),))),
        ('{"bool"}', Selector("bool")),
        ('{"NaN"}', Selector("NaN")),
        ("sum", Selector("sum")),
        ('sum by ("a.b", c, "without") (a)', Aggregation("sum", A, Grouping(("a.b", "c", "without")))),
        ('a{without="b"}', Selector("a", (Matcher("without", "=", "b"),))),
    ],
)
def test_names_out_of_the_ordinary_are_quoted(expected: str, node: Node) -> None:
    """
    UTF-8 names, and the few keywords that the grammar does not take for a name, stand in quotes.
    """
    assert expected == text(node)
    assert node == parse(expected, version=(3, 14))


def test_layout_leaves_short_expressions_on_one_line() -> None:
    """
    Up to the width there is nothing to split.
    """
    node = Binary("+", A, B)
    assert text(node) == layout(node, 5)


def test_layout_indents_what_it_splits() -> None:
    """
    Parts stand two spaces further in than what they are part of; chains stay on one level.
    """
    node = parse('sum by (job) (rate(errors_total{job="x"}[5m])) / (a + b) - clamp_max(topk(3, c), 5) - d > 0.05')
    expected = """\
      sum by (job) (
        rate(
          errors_total{job="x"}[5m]
        )
      )
    /
      (a + b)
  -
    clamp_max(
      topk(3, c),
      5
    )
  -
    d
>
  0.05"""
    assert expected == layout(node, 20)
    assert node == parse(expected)


def test_deep_trees_are_printed() -> None:
    """
    A sum of 20,000 terms is as deep, and neither form recurses.
    """
    node: Node = A
    for _ in range(20_000):
        node = Binary("+", node, B)
    assert "a" + " + b" * 20_000 == text(node)
    assert node == parse(layout(node))
    assert repr(node) == text(node)

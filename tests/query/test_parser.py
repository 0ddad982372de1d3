"""What the parser makes of a text, and what it says where it makes nothing of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from watchwright.query.functions import FUNCTIONS
from watchwright.query.parser import ParseError, parse
from watchwright.query.printer import text
from watchwright.query.tree import (
    Binary,
    Call,
    Matcher,
    Node,
    Number,
    Placeholder,
    Selector,
    Shifted,
    String,
    Unary,
    Variable,
    Window,
)
from watchwright.query.version import Version, parse_version

X, Y = Selector("x"), Selector("y")


def refused(written: str, version: Version = (2, 42), features: tuple[str, ...] = ()) -> ParseError:
    with pytest.raises(ParseError) as caught:
        parse(written, version=version, features=features)
    return caught.value


@pytest.mark.parametrize(
    ("expected", "written"),
    [
        (Number(Decimal("0.10")), "0.1"),
        (Number(Decimal(31)), "0x1F"),
        (Number(Decimal(15)), "017"),
        (Number(Decimal(8)), "08"),
        (Number(Decimal(-1)), "-1"),
        (Number(Decimal(-1)), "-(1)"),
        (Number(Decimal("Infinity")), "Inf"),
        (Number(Decimal("NaN")), "NaN"),
        (Number(Decimal("1E+3")), "1e3"),
        (String('a"b'), "'a\"b'"),
        (String("a\\d"), r"`a\d`"),
        (String("é"), r'"\xc3\xa9"'),
        (String("\udcff"), r'"\xff"'),
        (Unary("-", Binary("^", X, Y)), "-x^y"),
        (Binary("*", Unary("-", X), Y), "-x*y"),
        (Selector("sum"), "sum"),
        (Binary("and", Selector("and"), Selector("and")), "and and and"),
        (Window(X, 90_000), "x [ 1m30s ]"),
        (Shifted(Window(X, 1000), -60_000, Decimal(10)), "x[1s] @ 10 offset -1m"),
        (Shifted(Window(X, 1000), None, "start"), "x @ start() [1s]"),
        (Selector("x", (Matcher("a", "=", "b"),)), "x{a='b',}"),
        (X, "# a comment\nx # another"),
    ],
)
def test_text_becomes_the_tree_it_says(expected: Node, written: str) -> None:
    """
    Every notation of Prometheus 2.42 has its node.
    """
    assert expected == parse(written)


@pytest.mark.parametrize(
    ("expected", "written"),
    [
        (Window(X, 300_000), "x[300]"),
        (Number(Decimal(600)), "10m"),
        (Number(Decimal(1_000_000)), "1_000_000"),
        (X, '{"x"}'),
        (Selector("a.b", (Matcher("c", "=", "d"),)), '{c="d","a.b"}'),
        (Selector("x", (Matcher("a.b", "=", "c"),)), 'x{"a.b"="c"}'),
        (Window(X, Number(Decimal("0.0005"))), "x[0.0005]"),
        (Window(X, Call("step")), "x[step()]"),
    ],
)
def test_newer_notations_are_read_for_newer_versions(expected: Node, written: str) -> None:
    """
    Prometheus 3.14 reads them, and 2.42 does not.
    """
    assert expected == parse(written, version=(3, 14))
    refused(written)


@pytest.mark.parametrize(
    ("expected", "written"),
    [
        ("`limitk` needs Prometheus 2.54, and this is for 2.42", "limitk(1, x)"),
        ("`mad_over_time` needs Prometheus 2.49, and this is for 2.42", "mad_over_time(x[5m])"),
        ("a range without a unit needs Prometheus 2.54, and this is for 2.42", "x[300]"),
        ("`anchored` needs Prometheus 3.7, and this is for 2.42", "x[5m] anchored"),
        ("`fill` needs Prometheus 3.10, and this is for 2.42", "x + fill(0) y"),
        ("`</` needs Prometheus 3.11, and this is for 2.42", "x </ y"),
        ("a name in quotes needs Prometheus 3.0, and this is for 2.42", '{"a.b"}'),
        ("unknown function `foo`", "foo(x)"),
        ("unexpected `y`, expected an operator or the end", "x y"),
        ("unexpected end, expected a metric, a number, a call or `(`", "x +"),
        ("unexpected end: a `(` is not closed", "(x"),
        ("unexpected number `5`, expected an operator or the end", "x 5"),
        ("`rate` takes a range vector here, got an instant vector", "rate(x)"),
        ("`rate` takes 1 argument, got 2", "rate(x[5m], 1)"),
        ("`label_replace` takes 5 arguments, got 1", "label_replace(x)"),
        ("`round` takes at least 1 argument, got 0", "round()"),
        ("`topk` takes 2 arguments, got 1", "topk(x)"),
        ("two scalars are compared: write `> bool`", "1 > 2"),
        ("`and` takes no scalar", "x and 1"),
        ("label `a` stands in `on` and in `group_left`", "x * on (a) group_left (a) y"),
        ("a selector needs one matcher at least that an empty value does not meet", '{a=~".*"}'),
        ("bad regular expression for `a`: a `(` is not closed", 'x{a=~"("}'),
        ("`(?=a` is no group that RE2 knows", 'x{a=~"(?=a)"}'),
        ("unexpected `,` behind the last argument", "abs(x,)"),
        ("there is no expression", " # nothing"),
    ],
)
def test_messages_say_what_was_seen_and_what_was_expected(expected: str, written: str) -> None:
    """
    In the style of the house: lower case, what was typed between backticks, no full stop.
    """
    assert refused(written).message.endswith(expected)


def test_experimental_functions_need_their_flag() -> None:
    """
    Named among the features they are taken, and the message names the flag.
    """
    error = refused("mad_over_time(x[5m])", (3, 14))

    assert (
        error.message == "`mad_over_time` is experimental, and needs the feature flag `promql-experimental-functions`"
    )
    flag = "promql-experimental-functions"
    assert parse("mad_over_time(x[5m])", version=(3, 14), features=[flag]) == Call(
        "mad_over_time", (Window(X, 300_000),)
    )


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_is_taken_between_its_first_and_last_version(name: str) -> None:
    """
    The table's `since` and `until` are what decides.
    """
    function = FUNCTIONS[name]
    samples = {"vector": "x", "scalar": "1", "matrix": "x[5m]", "string": '"a"'}
    written = f"{name}({', '.join(samples[kind] for kind in function.arguments[: function.least])})"
    flag = ("promql-experimental-functions",)
    first = function.since or (2, 42)

    assert written == text(parse(written, version=first, features=flag))
    if function.since is not None:
        before = (first[0], first[1] - 1) if first[1] else (first[0] - 1, 99)
        assert "needs Prometheus" in refused(written, before, flag).message
    if function.until is not None:
        assert f"`{name}` is gone since Prometheus 3.0" == refused(written, function.until, flag).message


def test_errors_know_their_line_and_column() -> None:
    """
    Both count from 1, in characters.
    """
    error = refused("sum(x)\n  + bad(é)")

    assert (2, 9) == (error.line, error.column)
    error = refused("sum(x)\n  + bad(y)")
    assert (2, 5) == (error.line, error.column)
    assert "bad" == error.text[slice(*error.span)]


def test_nodes_know_where_they_were_typed() -> None:
    """
    A span cuts the node's text out of the whole.
    """
    written = 'sum by (a) (rate(x{b="c"}[5m] offset 1h)) > (y)'
    tree = parse(written)
    assert isinstance(tree, Binary)

    assert (0, len(written)) == tree.span
    assert tree.left.span is not None
    assert tree.right.span is not None
    assert 'sum by (a) (rate(x{b="c"}[5m] offset 1h))' == written[slice(*tree.left.span)]
    assert "y" == written[slice(*tree.right.span)]


@pytest.mark.parametrize(
    ("expected", "written"),
    [
        (Window(X, Variable("$__rate_interval")), "x[$__rate_interval]"),
        (Window(X, Variable("${__range_s}s")), "x[${__range_s}s]"),
        (Shifted(X, Variable("$shift")), "x offset $shift"),
        (Binary(">", X, Placeholder("$limit")), "x > $limit"),
        (Binary(">", X, Placeholder("${limit}")), "x > ${limit}"),
    ],
)
def test_variables_of_grafana_stand_for_durations_and_numbers(expected: Node, written: str) -> None:
    """
    In panels alone: a rule that holds one is refused.
    """
    tree = parse(written, variables=True)

    assert expected == tree
    assert written == text(tree)
    refused(written)


@pytest.mark.parametrize("opened", ["(", "abs(", "-", "x + (", "sum by (a) ("])
def test_nesting_does_not_meet_pythons_limit(opened: str) -> None:
    """
    2,000 levels parse; no RecursionError gets out.
    """
    written = opened * 2000 + "x" + ")" * (2000 * opened.count("(") if "by" not in opened else 2000)

    tree = parse(written)

    assert tree == parse(text(tree))


def test_nested_durations_end_in_an_error_of_ours() -> None:
    """
    Nobody nests durations a thousand deep; whoever does reads why not.
    """
    assert "nested more than 100 deep" in refused(f"x[{'(' * 1000}5m{')' * 1000}]", (3, 14)).message


def test_long_sums_parse() -> None:
    """
    100,000 terms are one loop, not 100,000 calls.
    """
    written = " + ".join(["x"] * 100_000)

    assert written == text(parse(written))


@pytest.mark.parametrize(("expected", "written"), [((2, 42), "2.42"), ((3, 14), "v3.14.0"), ((2, 42), "2.42.0+ds")])
def test_versions_are_read(expected: Version, written: str) -> None:
    """
    Patch releases and what distributions append do not matter.
    """
    assert expected == parse_version(written)


def test_what_is_no_version_is_refused() -> None:
    """
    The message names what was typed.
    """
    with pytest.raises(ValueError, match="`latest` is no version"):
        parse_version("latest")

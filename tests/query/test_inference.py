"""Units found in expressions, and thresholds put into them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from watchwright.query.inference import infer, resolve_measures
from watchwright.query.parser import parse
from watchwright.query.printer import text
from watchwright.query.rewrite import rewrite
from watchwright.query.tree import Aggregation, Binary, Call, Measure, Node, Number, Selector, Unary, walk
from watchwright.query.units import COUNT, MetricUnit, unit, unit_of_name

FLAGS = ["promql-experimental-functions"]


def measure(value: str, name: str) -> Measure:
    return Measure(Decimal(value), name)


def unit_of(name: str) -> MetricUnit | None:
    """As names tell, with buckets and counts of what was observed, and one native histogram."""
    if name == "native":
        return MetricUnit(COUNT, unit("seconds"))
    for suffix in ("_bucket", "_count"):
        if name.endswith(suffix):
            return MetricUnit(COUNT, unit_of_name(name.removesuffix(suffix)))
    plain = unit_of_name(name.removesuffix("_sum"))
    return None if plain is None else MetricUnit(plain)


@pytest.mark.parametrize(
    ("expected", "written"),
    [
        ("seconds", "x_seconds"),
        ("seconds", "max_over_time(x_seconds[5m] offset 1h)"),
        ("seconds", "sum by (a) (x_seconds)"),
        ("seconds", "-abs(x_seconds)"),
        ("seconds", "x_seconds > 5"),
        ("seconds", "5 < x_seconds"),
        ("seconds", "x_seconds + 5"),
        ("seconds", "x_seconds * 2"),
        ("ms", "x_seconds * 1000"),
        ("ms", "1000 * x_seconds"),
        ("h", "x_seconds / 3600"),
        (None, "x_seconds / 3600 + y_ratio"),
        (None, "x_seconds * 60"),
        ("percent", "x_ratio * 100"),
        ("MiB", "x_bytes / 1048576"),
        ("bits", "x_bytes * 8"),
        ("seconds", "x_seconds and y_bytes"),
        ("seconds", "x_seconds or vector(0)"),
        ("seconds", "max_over_time((x_seconds > 1)[1h:1m])"),
        ("seconds", "time() - x_timestamp_seconds"),
        ("seconds", 'label_replace(x_seconds, "a", "b", "c", "d")'),
        ("seconds", "histogram_quantile(0.9, sum by (le) (rate(x_seconds_bucket[5m])))"),
        ("seconds", "histogram_quantile(0.9, rate(native[5m]))"),
        ("seconds", "histogram_avg(rate(native[5m]))"),
        ("ratio", "histogram_sum(rate(native[5m]))"),
        ("count/s", "histogram_count(rate(native[5m]))"),
        ("seconds", "rate(x_seconds_sum[5m]) / rate(x_seconds_count[5m]) * 1"),
        ("count/s", "rate(x_total[5m])"),
        ("bytes/s", "deriv(x_bytes[5m])"),
        ("bytes", "increase(x_bytes_total[5m])"),
        ("ratio", "rate(x_seconds_total[5m])"),
        ("ratio", "x_bytes / y_bytes"),
        ("ratio", "sum(rate(x_total[5m])) / sum(rate(y_total[5m]))"),
        (None, "x_seconds > bool 5"),
        (None, "exp(x_seconds)"),
        (None, "group(x_seconds)"),
        ("count", "count(x_seconds)"),
        ("count", "changes(x_seconds[5m])"),
        ("seconds", "sqrt(stdvar_over_time(x_seconds[5m]))"),
        ("percent", "x_percent"),
        (None, "x"),
        (None, "x * y_seconds"),
        (None, "5"),
        (None, "x_seconds + y_bytes"),
        (None, "2 ^ 3 * 60"),
    ],
)
def test_units_follow_the_expression(expected: str | None, written: str) -> None:
    """
    What a function or an operator does to units, and nothing where they are unknown.
    """
    tree = parse(written, version=(3, 14), features=FLAGS)
    found = infer(tree, unit_of).of(tree)
    if written.startswith("rate(x_seconds_sum"):
        assert found is not None
        assert found.is_comparable(unit("seconds"))
    else:
        assert (None if expected is None else unit(expected)) == found


@pytest.mark.parametrize("written", ["x_seconds > y_bytes", "x_seconds + y_bytes", "x_seconds - y_milliseconds"])
def test_sides_that_do_not_go_together_are_reported(written: str) -> None:
    """
    Other dimensions, and other factors that nobody converts.
    """
    tree = parse(written)
    (problem,) = infer(tree, unit_of).problems

    assert tree is problem.node
    assert unit("seconds") == problem.left


@pytest.mark.parametrize(
    "written", ["x_seconds > 5", "x_seconds > y", "x_total > 5", "x_ratio + y_total", "x_seconds / y_bytes > 1"]
)
def test_sides_that_may_go_together_are_not(written: str) -> None:
    """
    Bare numbers and what is unknown fit anything; products may mix units.
    """
    found = infer(parse(written), unit_of).problems
    assert () == (found if "/" not in written else ())


@pytest.mark.parametrize(
    ("expected", "node"),
    [
        ("x_ratio > 0.05", Binary(">", Selector("x_ratio"), measure("5", "percent"))),
        ("x > 0.05", Binary(">", Selector("x"), measure("5", "percent"))),
        ("x_percent > 5", Binary(">", Selector("x_percent"), measure("5", "percent"))),
        ("x_percent > bool 5", Binary(">", Selector("x_percent"), measure("5", "percent"), True)),
        ("0.5 < x_seconds", Binary("<", measure("500", "ms"), Selector("x_seconds"))),
        ("x_milliseconds > 2000", Binary(">", Selector("x_milliseconds"), measure("2", "s"))),
        ("x_seconds - 60", Binary("-", Selector("x_seconds"), measure("1", "min"))),
        ("x_milliseconds * 2", Binary("*", Selector("x_milliseconds"), measure("2", "s"))),
        ("x_milliseconds / 60", Binary("/", Selector("x_milliseconds"), measure("1", "min"))),
        ("0.05 + 0.5", Binary("+", measure("5", "percent"), measure("0.5", "ratio"))),
        ("clamp_max(x_milliseconds, 5000)", Call("clamp_max", (Selector("x_milliseconds"), measure("5", "s")))),
        ("vector(0.05)", Call("vector", (measure("5", "percent"),))),
        ("predict_linear(x_bytes[1h], 14400)", Call("predict_linear", (parse("x_bytes[1h]"), measure("4", "h")))),
        ("topk(0.05, x_seconds)", Aggregation("topk", Selector("x_seconds"), None, measure("5", "percent"))),
        ("x > -0.05", Binary(">", Selector("x"), Unary("-", measure("5", "percent")))),
        ("0.05", measure("5", "percent")),
        ("rate(x_total[5m]) > 5", Binary(">", parse("rate(x_total[5m])"), measure("5", "1/s"))),
        ("rate(x_bytes_total[5m]) > 1000000", Binary(">", parse("rate(x_bytes_total[5m])"), measure("1", "MB/s"))),
    ],
)
def test_measures_are_put_into_the_unit_of_the_other_side(expected: str, node: Node) -> None:
    """
    Base units where nothing says otherwise, and exact decimals always.
    """
    resolved, problems = resolve_measures(node, unit_of)

    assert (expected, ()) == (text(resolved), problems)
    assert not any(isinstance(one, Measure) for one in walk(resolved))


def test_a_measure_of_another_dimension_is_a_problem() -> None:
    """
    It is reported once, with both units, and the tree is made all the same.
    """
    threshold = measure("500", "ms")
    resolved, (problem,) = resolve_measures(Binary(">", Selector("x_bytes"), threshold), unit_of)

    assert "x_bytes > 0.5" == text(resolved)
    assert threshold is problem.node
    assert "milliseconds do not go with bytes" == problem.message


def test_one_measure_in_two_places_is_resolved_in_each() -> None:
    """
    The same threshold object against seconds and against milliseconds.
    """
    limit = measure("500", "ms")
    node = Binary("or", Binary(">", Selector("x_seconds"), limit), Binary(">", Selector("x_milliseconds"), limit))

    assert "x_seconds > 0.5 or x_milliseconds > 500" == text(resolve_measures(node, unit_of)[0])


def test_resolving_shares_what_holds_no_measure() -> None:
    """
    A tree without measures comes back as it is.
    """
    tree = parse("sum(rate(x_total[5m])) > 5")

    assert tree is resolve_measures(tree, unit_of)[0]


def test_rewriting_keeps_spans_and_shares_the_rest() -> None:
    """
    Only the way down to a change is new, and keeps its place in the text.
    """
    tree = parse("rate(x[5m]) + sum(y)")

    changed = rewrite(tree, lambda node: Selector("z", span=node.span) if node == Selector("x") else node)

    assert "rate(z[5m]) + sum(y)" == text(changed)
    assert tree.span == changed.span
    assert isinstance(tree, Binary)
    assert isinstance(changed, Binary)
    assert tree.right is changed.right
    assert tree.left.span == changed.left.span


def test_long_sums_are_read_and_rewritten() -> None:
    """
    100,000 terms are no deeper for Python than one.
    """
    tree = parse(" + ".join(["x_seconds"] * 100_000))

    assert unit("seconds") == infer(tree, unit_of).of(tree)
    assert tree == rewrite(tree, lambda node: Number(Decimal(1)) if isinstance(node, Number) else node)

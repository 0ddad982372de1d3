"""Functions and operators that what the samples are does not bear."""

from __future__ import annotations

from collections.abc import Iterator

from watchwright.checks.expressions.problem import Context, Problem, expression, shown
from watchwright.query.tree import (
    COMPARISONS,
    SET_OPERATORS,
    Aggregation,
    Binary,
    Call,
    Node,
    Number,
    Selector,
    Shifted,
    Unary,
    walk,
)
from watchwright.semantics.types import Type
from watchwright.semantics.world import SAMPLES_WORDS, Samples, Series

_GROWTH = frozenset({"rate", "irate", "increase", "resets"})
_MOVEMENT = frozenset({"delta", "idelta", "deriv", "predict_linear", "holt_winters", "double_exponential_smoothing"})
_NO_COUNTERS: frozenset[Samples] = frozenset(
    {"gauge", "timestamp", "truth", "info", "rate", "average", "quantile", "ratio", "count"}
)
_COUNTERS: frozenset[Samples] = frozenset({"counter", "bucket", "merged"})


@expression("promql/rate", Call)
def rate(node: Call, context: Context) -> Iterator[Problem]:
    """
    `rate`, `irate`, `increase` or `resets` of what is no counter.

    They take each fall for a restart from 0, and add what comes after it: of a gauge that goes up and down they
    yield a number that means nothing. Use `delta` or `deriv`, or `avg_over_time`.
    """
    of = _argument(node, _GROWTH, context)
    if of is not None and of.samples in _NO_COUNTERS:
        yield Problem(
            node,
            f"`{node.function}` of {_a(SAMPLES_WORDS[of.samples])}: `{shown(node.arguments[0])}` is no counter",
            "use `changes`" if node.function == "resets" else "use `delta` for how far it moved, `deriv` for how fast",
        )


def _a(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


@expression("promql/rate-of-sum", Call)
def rate_of_sum(node: Call, context: Context) -> Iterator[Problem]:
    """
    `rate` or its like of counters that were added up before, in a subquery or in a recorded series.

    When one of them starts again the sum falls by all that it had counted, and `rate` takes that for a restart of
    the whole: a spike of everything that was ever counted. Take the rate first, and the sum of that.
    """
    of = _argument(node, _GROWTH, context)
    if of is not None and of.samples == "merged":
        message = f"`{node.function}` of counters that were added up: `{shown(node.arguments[0])}`"
        yield Problem(node, message, f"take `{node.function}` first, then the sum")


@expression("promql/delta-of-counter", Call)
def delta_of_counter(node: Call, context: Context) -> Iterator[Problem]:
    """
    `delta`, `deriv`, `predict_linear` or their like of a counter.

    They know of no restarts: where the process starts again they show a fall that never was. Use `increase` or `rate`.
    """
    of = _argument(node, _MOVEMENT, context)
    if of is not None and of.samples in _COUNTERS:
        instead = "rate" if node.function == "deriv" else "increase"
        message = f"`{node.function}` of {_a(SAMPLES_WORDS[of.samples])} falls when its process starts again"
        hint = "record its `rate`, and predict that" if node.function == "predict_linear" else f"use `{instead}`"
        yield Problem(node, message, hint)


@expression("promql/raw-counter", Binary, severity="warning")
def compared_counter(node: Binary, context: Context) -> Iterator[Problem]:
    """
    A counter is compared with a number as it is, or divided by another.

    Its value says how long its process has been running more than how often something happened: it passes any
    number some day, and starts again at 0. Compare its `rate` or `increase`. What is meant as it is, accept.
    """
    left, right = context.of(node.left), context.of(node.right)
    if node.op == "/" and left.samples in _COUNTERS and right.samples in _COUNTERS:
        yield Problem(node, "counters are divided as they are", "divide their rates: this is the mean since the start")
    if node.op not in COMPARISONS or node.op in ("==", "!="):
        return
    for side, other in ((node.left, node.right), (node.right, node.left)):
        limit = context.of(other).numbers.constant
        if context.of(side).samples in _COUNTERS and context.of(other).kind == "scalar" and limit not in (None, 0):
            yield Problem(node, f"the counter `{shown(side)}` is compared as it is", "compare its `rate` or `increase`")


@expression("promql/plotted-counter", severity="warning")
def plotted_counter(node: Node, context: Context) -> Iterator[Problem]:
    """
    A panel shows a counter as it is.

    The line climbs until the process starts again: a reader sees neither how much happens nor when. Show its `rate`
    or `increase`. A total that is meant, such as all that was ever sold, accept.
    """
    if context.use.role == "panel" and context.of(node).samples in _COUNTERS:
        yield Problem(node, f"the counter `{shown(node)}` is shown as it is", "show its `rate` or `increase`")


@expression("promql/average", Aggregation, Call, severity="warning")
def averaged_again(node: Aggregation | Call, context: Context) -> Iterator[Problem]:
    """
    An average of averages, or a sum or an average of quantiles.

    Each average counts alike, however many observations it stands for, and no arithmetic makes one quantile of
    several. Add up sums and counts and divide those; take quantiles of buckets that were added up.
    """
    op, of = _averaged(node, context)
    if op in ("avg", "avg_over_time") and of is not None and of.samples == "average":
        yield Problem(node, f"`{op}` of averages: each counts alike, whatever it stands for", "divide sums by counts")
    elif op in ("avg", "sum", "avg_over_time", "sum_over_time") and of is not None and of.samples == "quantile":
        yield Problem(node, f"`{op}` of quantiles is no quantile", "add up the buckets, and take the quantile of that")


def _averaged(node: Aggregation | Call, context: Context) -> tuple[str, Type | None]:
    if isinstance(node, Aggregation):
        return node.op, context.of(node.expr)
    return node.function, context.of(node.arguments[0]) if len(node.arguments) == 1 else None


@expression("promql/lost-birth", severity="warning")
def lost_birth(node: Node, context: Context) -> Iterator[Problem]:
    """
    One event shall trip an alert, and the first event of a new series is not seen.

    A client creates the series of a label's value with the first event, at 1: there is no 0 before it, and
    `increase` and `rate` yield 0. Use `.events(...)`, which counts the first value, or say `preset=True` of the
    `Counter` where its client creates all its series at 0.
    """
    missed = [*_missed(node, context)] if context.use.role == "alert" else []
    for grown, series in missed if missed and not _sees_births(node) else ():
        message = f"the first event of a new series of `{series.name}` is no {grown.function}, and this misses it"
        yield Problem(grown, message, "use `.events(...)`, or say `preset=True` where all its series begin at 0")


def _missed(node: Node, context: Context) -> Iterator[tuple[Call, Series]]:
    """What one event shall trip, with the series that may be born by it."""
    for comparison in _conditions(node):
        limit = context.of(comparison.right).numbers.constant
        grown = _grown(comparison.left)
        if grown is not None and limit is not None and _trips(comparison.op, limit, grown):
            yield from ((grown, series) for series in _born_late(grown, context))


def _conditions(node: Node) -> Iterator[Binary]:
    """The comparisons that an alert is about: not those within what it compares, nor the guards beside it."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Binary) and node.op in SET_OPERATORS:
            waiting += [node.left, node.right] if node.op == "or" else [node.left]
        elif isinstance(node, Binary) and node.op in COMPARISONS and not node.bool:
            yield node


def _sees_births(node: Node) -> bool:
    """Whether it looks for what was not there before, as `.events(...)` does."""
    return any(isinstance(each, Binary) and each.op == "unless" and _shifted(each.right) for each in walk(node))


def _shifted(node: Node) -> bool:
    return any(isinstance(each, Shifted) for each in walk(node))


def _trips(op: str, limit: float, grown: Call) -> bool:
    """Whether one event is enough."""
    if limit == 0:
        return op == ">"
    return grown.function == "increase" and ((op == ">" and 0 < limit < 1) or (op == ">=" and 0 < limit <= 1))


def _born_late(grown: Call, context: Context) -> Iterator[Series]:
    for each in walk(grown):
        series = context.world.of(each.metric) if isinstance(each, Selector) else None
        if series is not None and series.samples == "counter" and not series.preset:
            yield series


def _grown(node: Node) -> Call | None:
    """The increase that is compared, through sums."""
    while isinstance(node, Aggregation | Unary):
        node = node.expr
    return node if isinstance(node, Call) and node.function in ("increase", "rate", "irate") else None


_PERCENT_FROM = 2


@expression("promql/quantile", Aggregation, Call)
def quantile(node: Aggregation | Call, _context: Context) -> Iterator[Problem]:
    """
    A quantile is not between 0 and 1.

    Prometheus answers with an infinite number, and with no error. The 99th percentile is 0.99.
    """
    asked = _asked(node)
    if isinstance(asked, Number) and (asked.value.is_nan() or not 0 <= asked.value <= 1):
        share = asked.value / 100
        hint = (
            f"did you mean {share:f}?"
            if not asked.value.is_nan() and asked.value >= _PERCENT_FROM and share <= 1
            else "quantiles are from 0 to 1"
        )
        yield Problem(node, f"`{shown(asked)}` is no quantile", hint)


def _asked(node: Aggregation | Call) -> Node | None:
    if isinstance(node, Aggregation):
        return node.parameter if node.op == "quantile" else None
    return node.arguments[0] if node.function in ("histogram_quantile", "quantile_over_time") else None


def _argument(node: Call, functions: frozenset[str], context: Context) -> Type | None:
    return context.of(node.arguments[0]) if node.function in functions and node.arguments else None

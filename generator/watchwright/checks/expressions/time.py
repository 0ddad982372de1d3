"""Ranges, steps and versions."""

from __future__ import annotations

from collections.abc import Iterator

from watchwright.checks.expressions.problem import Context, Problem, expression, shown
from watchwright.query.functions import FUNCTIONS
from watchwright.query.printer import duration
from watchwright.query.tree import Call, Shifted, Subquery, Variable, Window
from watchwright.semantics.world import World

_NEEDS_SEVERAL = frozenset(
    {"rate", "irate", "increase", "delta", "idelta", "deriv", "predict_linear", "resets", "changes"}
)
_INTERVALS = 4


@expression("promql/range", Call, severity="warning")
def short(node: Call, context: Context) -> Iterator[Problem]:
    """
    A range holds fewer than four scrapes of its series.

    `rate` and its like need two samples; with four intervals two are left when a scrape fails and the window lies
    badly. With less the result has gaps, and an alert on it resolves and fires again. Widen the range.
    """
    window = _window(node) if node.function in _NEEDS_SEVERAL else None
    if window is None or not isinstance(window.range, int):
        return
    interval = _interval(window, context.world)
    if interval is not None and window.range < _INTERVALS * interval:
        every = f"of `{window.vector.metric}`, which has one each {duration(interval)}"
        message = f"`[{duration(window.range)}]` holds fewer than four samples {every}"
        yield Problem(node, message, f"make it {duration(_INTERVALS * interval)} at least")


def _window(node: Call) -> Window | None:
    for each in node.arguments:
        inner = each.expr if isinstance(each, Shifted) else each
        if isinstance(inner, Window):
            return inner
    return None


def _interval(window: Window, world: World) -> int | None:
    series = world.of(window.vector.metric)
    return None if series is None else series.interval


@expression("panel/interval", Call, severity="warning")
def interval(node: Call, _context: Context) -> Iterator[Problem]:
    """
    `$__interval` is the range of `rate`, `irate` or `increase`.

    Grafana makes it as short as the step of the graph, which zoomed in is shorter than two scrapes: the graph is empty.
    `$__rate_interval` is at least four of them.
    """
    window = _window(node) if node.function in ("rate", "irate", "increase") else None
    if window is not None and window.range in _INTERVALS_OF_GRAPHS:
        assert isinstance(window.range, Variable)  # noqa: S101 - one of them
        yield Problem(node, f"`{node.function}` over `{window.range.name}`", "use `$__rate_interval`")


_INTERVALS_OF_GRAPHS = (Variable("$__interval"), Variable("${__interval}"))


@expression("promql/subquery-step", Subquery)
def coarse(node: Subquery, context: Context) -> Iterator[Problem]:
    """
    A subquery's steps are further apart than its range is long.

    Steps lie at multiples of their length, so that most of the time there is none within the range: the result is empty
    then. Make the step shorter than the range.
    """
    step = node.step if node.step is not None else context.use.evaluation
    if isinstance(step, int) and isinstance(node.range, int) and step > node.range:
        yield Problem(
            node, f"no step of {duration(step)} lies in most ranges of {duration(node.range)}: `{shown(node)}`"
        )


@expression("promql/deprecated", Call, severity="warning")
def deprecated(node: Call, _context: Context) -> Iterator[Problem]:
    """
    A function is gone from a newer Prometheus.

    The rule works until the server is upgraded, and then its whole file is refused.
    """
    function = FUNCTIONS.get(node.function)
    if function is not None and function.until is not None:
        version = ".".join(map(str, function.until))
        yield Problem(node, f"`{node.function}` is gone since Prometheus {version}", _INSTEAD.get(node.function, ""))


_INSTEAD = {"holt_winters": "`predict_linear`, or a recorded average, does without it"}

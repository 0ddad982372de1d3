"""Labels that are named and are not there."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from watchwright.checks.expressions.problem import Context, Problem, expression, shown
from watchwright.query.grammar import LABEL_NAME, QUOTED_NAMES_SINCE
from watchwright.query.regex import read
from watchwright.query.tree import Aggregation, Binary, Call, Node, Selector, String
from watchwright.semantics.labels import NAME, Labels


@expression("label/unknown", Selector, Aggregation, Binary)
def unknown(node: Node, context: Context) -> Iterator[Problem]:
    """
    An expression names a label that no series has there: in a selector, or in `by`, `without`, `on`, `ignoring`,
    `group_left` or `group_right`.

    Prometheus takes a label that is not there for an empty one, and says nothing. A matcher on it selects nothing, or
    everything; `by` and `on` go on as if it were not written. It is misspelt, or an aggregation further in has dropped
    it, or the metric's declaration lacks it.
    """
    if isinstance(node, Selector):
        yield from _in_selector(node, context)
    elif isinstance(node, Aggregation) and node.grouping is not None:
        made = node.parameter.value if isinstance(node.parameter, String) else ""  # by `count_values` itself
        named = [label for label in node.grouping.labels if label != made]
        yield from _named(node, named, context.of(node.expr).labels, node.expr, context)
    elif isinstance(node, Binary) and node.matching is not None:
        yield from _in_matching(node, context)


def _in_selector(node: Selector, context: Context) -> Iterator[Problem]:
    series = context.world.of(node.metric)
    if series is None:
        return
    for matcher in node.matchers:
        if matcher.label != NAME and series.labels.lacks(matcher.label) and matcher not in series.scope:
            hint = _hint(matcher.label, series.labels)
            yield Problem(node, f"`{node.metric}` has no label `{matcher.label}`", hint, matcher.label)


def _in_matching(node: Binary, context: Context) -> Iterator[Problem]:
    assert node.matching is not None  # noqa: S101 - asked for by the only caller
    left, right = context.of(node.left), context.of(node.right)
    both = left.labels | right.labels
    yield from _named(node, node.matching.labels, both, node, context)
    if node.matching.group:
        many, one = (left, right) if node.matching.group == "left" else (right, left)
        one_side = node.right if node.matching.group == "left" else node.left
        gone = [label for label in node.matching.include if many.labels.lacks(label)]
        yield from _named(node, gone, one.labels, one_side, context)


def _named(node: Node, names: Iterable[str], labels: Labels, of: Node, context: Context) -> Iterator[Problem]:
    for name in names:
        if name != NAME and labels.lacks(name) and name not in context.use.keep:
            lacking = "neither side has a" if of is node else f"`{shown(of)}` has no"
            yield Problem(node, f"{lacking} label `{name}`", _hint(name, labels), name)


def _hint(name: str, labels: Labels) -> str:
    known = sorted(labels.names)
    close = difflib.get_close_matches(name, known, 1)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"its labels are {', '.join(known)}" if known else "no label is left there"


@expression("label/source", Call, severity="warning")
def source(node: Call, context: Context) -> Iterator[Problem]:
    """
    `label_replace` or `label_join` reads a label that no series has there.

    It is read as an empty text: `(.*)` matches that and takes the target label away, `(.+)` changes nothing. To set a
    label to a constant, read "" on purpose.
    """
    if node.function not in ("label_replace", "label_join"):
        return
    labels = context.of(node.arguments[0]).labels
    read_here = node.arguments[3:4] if node.function == "label_replace" else node.arguments[3:]
    for each in read_here:
        name = each.value if isinstance(each, String) else ""
        if name and name != NAME and labels.lacks(name):
            yield Problem(
                node, f"`{node.function}` reads the label `{name}`, which is not there", _hint(name, labels), name
            )


@expression("promql/label-replace", Call, Aggregation)
def replaced(node: Call | Aggregation, context: Context) -> Iterator[Problem]:
    """
    `label_replace`, `label_join` or `count_values` with a pattern that is none, or to a label that cannot be.

    promtool does not look at them: Prometheus refuses the query when it is evaluated, each time.
    """
    to, pattern = _relabelling(node)
    if to is not None and context.use.oldest < QUOTED_NAMES_SINCE and not LABEL_NAME.fullmatch(to.value):
        yield Problem(node, f"`{to.value}` is no name of a label", word=to.value)
    problem = None if pattern is None else read(pattern.value).problem
    if pattern is not None and problem:
        yield Problem(node, f"`{pattern.value}` is no pattern: {problem}", word=pattern.value)


def _relabelling(node: Call | Aggregation) -> tuple[String | None, String | None]:
    """The label that is written, and the pattern that is matched."""
    if isinstance(node, Aggregation):
        to = node.parameter if node.op == "count_values" else None
        return (to if isinstance(to, String) else None), None
    if node.function not in ("label_replace", "label_join"):
        return None, None
    texts = [each if isinstance(each, String) else None for each in node.arguments]
    return texts[1], texts[4] if node.function == "label_replace" else None

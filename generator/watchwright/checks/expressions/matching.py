"""Two sides that do not pair."""

from __future__ import annotations

from collections.abc import Iterator

from watchwright.checks.expressions.problem import Context, Problem, expression, shown
from watchwright.lower import names
from watchwright.query.tree import SET_OPERATORS, Aggregation, Binary, Grouping, Matching, Node, Number
from watchwright.semantics.binaries import never_meets
from watchwright.semantics.types import Type
from watchwright.semantics.values import Values

_ALL = Matching()


@expression("promql/never-matches", Binary)
def never(node: Binary, context: Context) -> Iterator[Problem]:
    """
    The two sides of an operation never have a series in common.

    Series pair where all their labels are equal, or those in `on(...)`. A label that one side has and the other lacks,
    or that has other values there, keeps them all apart: the result is empty, and `unless` leaves out nothing. Pair by
    the labels that both have with `on(...)`, leave the others out with `ignoring(...)`, or keep the label in `by(...)`.
    """
    left, right = context.of(node.left), context.of(node.right)
    if node.op == "or" or left.empty == "always" or right.empty == "always" or not never_meets(node, left, right):
        return
    for label in left.labels.pairing(right.labels, node.matching or _ALL):
        ours, theirs = left.labels.of(label), right.labels.of(label)
        if (ours & theirs).is_none and not ours.is_none and not theirs.is_none:
            apart = _bare_side(left, right) or f"`{label}` {_apart(ours, theirs)}"
            yield Problem(node, f"no series of the two sides of `{node.op}` pair: {apart}", _hint(node, left, right))
            return


def _bare_side(left: Type, right: Type) -> str:
    """Which of the sides has no labels at all."""
    for side, words in ((left, "left"), (right, "right")):
        if not side.labels.names and not side.labels.is_open:
            return f"the {words} side has no labels"
    return ""


def _hint(node: Binary, left: Type, right: Type) -> str:
    ours, theirs = set(left.labels.names), set(right.labels.names)
    both = sorted(label for label in ours & theirs if not (left.labels.of(label) & right.labels.of(label)).is_none)
    if both and ours ^ theirs == {names.SYSTEM}:
        return f"recorded series carry `{names.SYSTEM}`: pair by the others, `{node.op} on ({', '.join(both)})`"
    if both or node.op not in SET_OPERATORS:
        group = "" if both else " group_left ()" if ours else " group_right ()"
        return f"pair them by labels that both have: `{node.op} on ({', '.join(both)}){group}`"
    return f"pair all with all: `{node.op} on ()`"


def _apart(left: Values, right: Values) -> str:
    if not left.but and left.listed == {""}:
        return "is only on the right"
    if not right.but and right.listed == {""}:
        return "is only on the left"
    return f"is {_listed(left)} on the left and {_listed(right)} on the right"


def _listed(values: Values) -> str:
    if values.but:
        return "something else"
    return " or ".join(f"`{value}`" for value in sorted(values.listed)) or "nothing"


@expression("promql/many-to-many", Binary, severity="warning")
def many(node: Binary, context: Context) -> Iterator[Problem]:
    """
    One series may have several partners on the other side, and Prometheus then refuses the whole query.

    Each side has at most one series for each set of the labels that pair them; with `group_left` the right one has,
    with `group_right` the left one. A label that a side has and that does not pair them tells several series apart. It
    is assumed that a label has more than one value somewhere. Aggregate the side by the labels that pair them, or
    add the label to `on(...)`.
    """
    left, right = context.of(node.left), context.of(node.right)
    if node.op in SET_OPERATORS or left.kind != "vector" or right.kind != "vector" or node.matching is None:
        return
    for side, of, words in _single(node, left, right):
        loose = sorted(_loose(of, node.matching))
        # a target has one series of an info metric, whatever its labels say; of what is open nothing is known
        if loose and of.samples != "info" and not of.labels.is_open and not _picks_one(side, node.matching):
            named = ", ".join(f"`{label}`" for label in loose)
            message = f"the {words} `{shown(side)}` can have several series for one partner: they differ in {named}"
            yield Problem(node, message, "aggregate it by the labels that pair them, or add them to `on`")


def _single(node: Binary, left: Type, right: Type) -> Iterator[tuple[Node, Type, str]]:
    """The sides that may have one series for each partner, and no more."""
    group = "" if node.matching is None else node.matching.group
    if group != "left":
        yield node.left, left, "left side"
    if group != "right":
        yield node.right, right, "right side"


def _picks_one(node: Node, matching: Matching) -> bool:
    """Whether it is the first of each group that pairs: `topk by (pod) (1, ...)`."""
    if not isinstance(node, Aggregation) or node.op not in ("topk", "bottomk", "limitk"):
        return False
    grouping = node.grouping or Grouping()
    one = isinstance(node.parameter, Number) and node.parameter.value == 1
    return one and not grouping.without and matching.on and set(grouping.labels) <= set(matching.labels)


def _loose(of: Type, matching: Matching) -> Iterator[str]:
    """The labels of a side that tell series apart which are paired alike."""
    for label in of.labels.names:
        paired = label in matching.labels if matching.on else label not in matching.labels
        if not paired and of.labels.has(label) and not of.labels.of(label).are_one:
            yield label

"""What findings about an expression claim of a server's answers, and whether they bear it out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Literal

import attrs
from server import EVALUATION, Answer, Server

from watchwright.checks.expressions import Problem
from watchwright.query.printer import text
from watchwright.query.tree import Aggregation, Binary, Matcher, Node, Selector, Shifted, Subquery, walk
from watchwright.semantics.types import Typed
from watchwright.semantics.values import alternatives

#: What shows that an error is one: the server refuses to evaluate what it is about; that yields nothing; nothing
#: changes when it is taken out; or the answer contradicts what the words say.
Oracle = Literal["refused", "empty", "unchanged", "wrong"]


@attrs.frozen(eq=False)
class Asked:
    """A server, asked at one time about the parts of one expression."""

    server: Server
    typed: Typed
    at: float

    def of(self, node: Node) -> Answer:
        """What a part yields."""
        return self.server.ask(text(node), self.at)

    def empty(self, node: Node) -> str:
        """Nothing, or what the part yields though it should be nothing."""
        answer = self.of(node)
        return f"`{text(node)}` yields {answer}" if answer.series else ""

    def unchanged(self, node: Node, without: Node) -> str:
        """Nothing, or how a part yields something else than it does *without* what is said to be idle."""
        answer, other = self.of(node), self.of(without)
        if answer.error or other.error or answer.is_like(other):
            return ""  # what is refused, for many to many, shows nothing
        return f"`{text(node)}` yields {answer}, and `{text(without)}` {other}"

    def all_numbers(self, node: Node, allowed: Callable[[float], bool]) -> str:
        """Nothing, or what is among the numbers and must not be."""
        wrong = [number for number in self.of(node).numbers if not allowed(number)]
        return f"`{text(node)}` yields {wrong[:3]}" if wrong else ""


#: Nothing where the answers bear an error out, or how they do not.
Judge = Callable[[Problem, Asked], str]


def judge(problem: Problem, asked: Asked) -> str | None:
    """How the answers contradict an error, `""` where they do not; None where only series made for it can tell."""
    rule = _JUDGES.get(problem.id)
    return None if rule is None else rule(problem, asked)


# Comparisons ------------------------------------------------------------------------------------------------


def _never_holds(problem: Problem, asked: Asked) -> str:
    node = problem.node
    assert isinstance(node, Binary)
    return asked.all_numbers(node, lambda number: number == 0) if node.bool else asked.empty(node)


def _always_holds(problem: Problem, asked: Asked) -> str:
    node = problem.node
    assert isinstance(node, Binary)
    left, right = (asked.typed.of(side).kind for side in (node.left, node.right))
    if node.bool or left == right:
        return asked.all_numbers(attrs.evolve(node, bool=True), lambda number: number == 1)
    return asked.unchanged(node, node.right if left == "scalar" else node.left)


def _never_matches(problem: Problem, asked: Asked) -> str:
    node = problem.node
    assert isinstance(node, Binary)
    return asked.unchanged(node, node.left) if node.op == "unless" else asked.empty(node)


# Labels -----------------------------------------------------------------------------------------------------


def _of_unknown_label(problem: Problem, asked: Asked) -> str:
    node, label = problem.node, problem.word
    if isinstance(node, Selector):
        kept = tuple(each for each in node.matchers if each.label != label)
        return asked.empty(node) and asked.unchanged(node, attrs.evolve(node, matchers=kept))
    if isinstance(node, Aggregation):
        assert node.grouping is not None
        grouping = attrs.evolve(node.grouping, labels=_less(node.grouping.labels, label))
        return asked.unchanged(node, attrs.evolve(node, grouping=grouping))
    assert isinstance(node, Binary)
    assert node.matching is not None
    matching = attrs.evolve(
        node.matching, labels=_less(node.matching.labels, label), include=_less(node.matching.include, label)
    )
    return asked.unchanged(node, attrs.evolve(node, matching=matching))


def _less(labels: tuple[str, ...], label: str) -> tuple[str, ...]:
    return tuple(each for each in labels if each != label)


def _of_impossible_value(problem: Problem, asked: Asked) -> str:
    node = problem.node
    assert isinstance(node, Selector)
    concerned = [each for each in node.matchers if _is_told(each.label, problem) and problem.word in _texts(each)]
    if not concerned:
        return asked.empty(node)  # of a whole matcher it is said that nothing is left over by it
    kept: list[Matcher] = []
    for matcher in node.matchers:
        rest = _texts(matcher) - {problem.word}
        if matcher not in concerned:
            kept.append(matcher)
        elif rest:
            kept.append(Matcher(matcher.label, matcher.op, "|".join(sorted(map(_quoted, rest)))))
        elif matcher.op in ("=", "=~"):
            return asked.empty(node)
    return asked.unchanged(node, attrs.evolve(node, matchers=tuple(kept)))


def _is_told(label: str, problem: Problem) -> bool:
    return f"`{label}`" in problem.message or problem.id == "histogram/no-bucket"


def _texts(matcher: Matcher) -> frozenset[str]:
    """What a matcher names; a pattern that lists nothing names itself."""
    listed = alternatives(matcher.value) if matcher.op in ("=~", "!~") else None
    return frozenset({matcher.value}) if listed is None else listed


def _quoted(value: str) -> str:
    return "".join(f"\\{each}" if each in "\\.+*?()|[]{}^$" else each for each in value)


# The others -------------------------------------------------------------------------------------------------


def _is_idle(problem: Problem, asked: Asked) -> str:
    node = problem.node
    assert isinstance(node, Selector)
    kept = [each for each in node.matchers if f'`{each.label}{each.op}"{each.value}"`' not in problem.message]
    return asked.unchanged(node, attrs.evolve(node, matchers=tuple(kept)))


def _tells_no_label(problem: Problem, asked: Asked) -> str:
    told = [each.labels for each in asked.of(problem.node).series if each.labels]
    return f"`{text(problem.node)}` tells {told}" if told else ""


def _yields_nothing(problem: Problem, asked: Asked) -> str:
    return asked.empty(problem.node)


def _is_infinite(problem: Problem, asked: Asked) -> str:
    return asked.all_numbers(problem.node, lambda number: not math.isfinite(number))


def _is_one(problem: Problem, asked: Asked) -> str:
    return asked.all_numbers(problem.node, lambda number: math.isnan(number) or math.isclose(number, 1))


def _is_refused(problem: Problem, asked: Asked) -> str:
    answer = asked.of(problem.node)
    takes_quoted_names = "name of a label" in problem.message and int(asked.server.version.partition(".")[0]) >= 3
    return "" if answer.error or takes_quoted_names else f"`{text(problem.node)}` yields {answer}"


def _misses_its_steps(problem: Problem, asked: Asked) -> str:
    """Empty in the middle between the end of a range behind a step and the next step."""
    node = problem.node
    assert isinstance(node, Subquery)
    assert isinstance(node.range, int)
    if _is_constant(node.expr):
        return ""  # 2.42 evaluates once what is the same at all times, wherever its steps lie
    step = node.step if isinstance(node.step, int) else EVALUATION * 1000
    length = node.range
    begun = int(asked.at * 1000) // step * step
    return attrs.evolve(asked, at=(begun + length + (step - length) // 2) / 1000).empty(node)


def _is_constant(expr: Node) -> bool:
    pinned = {id(each) for of in walk(expr) if isinstance(of, Shifted) and of.at is not None for each in walk(of)}
    return all(id(each) in pinned for each in walk(expr) if isinstance(each, Selector))


_JUDGES: dict[str, Judge] = {
    "histogram/beyond-buckets": _never_holds,
    "histogram/no-bucket": _of_impossible_value,
    "histogram/no-inf": _is_infinite,
    "histogram/no-le": _yields_nothing,
    "label/contradiction": _yields_nothing,
    "label/idle-matcher": _is_idle,
    "label/unknown": _of_unknown_label,
    "label/value": _of_impossible_value,
    "promql/absent": _tells_no_label,
    "promql/always-false": _never_holds,
    "promql/always-true": _always_holds,
    "promql/contradiction": _yields_nothing,
    "promql/label-replace": _is_refused,
    "promql/never-matches": _never_matches,
    "promql/quantile": _is_infinite,
    "promql/self-division": _is_one,
    "promql/subquery-step": _misses_its_steps,
}


def judged() -> Iterator[str]:
    """The ids that any expression can be held to."""
    yield from _JUDGES

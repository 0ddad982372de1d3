"""What a server answers, held against the type that was derived: where they contradict each other."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

import attrs
from expressions import Maker
from server import Answer, Sampled, Server

from watchwright.query.printer import text
from watchwright.query.rewrite import children_first
from watchwright.query.tree import Node, Number, String, Subquery
from watchwright.semantics.numbers import Numbers
from watchwright.semantics.types import Type, Typed
from watchwright.semantics.typing import typed
from watchwright.semantics.world import World

#: Floats differ in their last digits with the order in which they are added.
_RELATIVE = 1e-9
_NAN = "derived that it is no NaN, and it is"
#: All the data and more, and where in it to look, in milliseconds.
_LONG_BEFORE, _EACH = 4 * 3_600_000, 30_000
#: What is not worth asking for alone.
_PARTS = (Number, String)


@attrs.frozen(kw_only=True)
class Contradiction:
    """An expression whose answer is not what was derived; *seed* made it, and *smallest* is the part that does."""

    seed: int
    whole: str
    smallest: str
    at: float
    version: str
    said: str
    problem: str

    def __str__(self) -> str:
        """All that one needs for mending it."""
        return (
            f"seed {self.seed}, Prometheus {self.version}, at {self.at}\n  of       {self.whole}\n"
            f"  smallest {self.smallest}\n  {self.problem}\n  answer   {self.said}"
        )


@attrs.define
class Tally:
    """How often what was met."""

    counts: Counter[str] = attrs.field(factory=Counter)

    def of(self, answer: Answer) -> None:
        """Count an answer to a whole expression."""
        self.counts["answers"] += 1
        self.counts["errors" if answer.error else "empty" if not answer.series else "with series"] += 1

    def share(self, name: str) -> float:
        """How much of the answers that is."""
        return self.counts[name] / max(1, self.counts["answers"])


def contradictions(
    server: Server, world: World, seeds: Sequence[int], times: Sequence[float], tally: Tally
) -> Iterator[Contradiction]:
    """Make an expression of each seed, ask for it, and hold the types of its nodes against the answers."""
    for seed in seeds:
        root = Maker.of(seed, world).expression()
        found = contradiction(server, typed(root, world), times, tally)
        if found is not None:
            node, at, problem, answer = found
            yield Contradiction(
                seed=seed,
                whole=text(root),
                smallest=text(node),
                at=at,
                version=server.version,
                said=str(answer),
                problem=problem,
            )


Found = tuple[Node, float, str, Answer]


def contradiction(server: Server, of: Typed, times: Sequence[float], tally: Tally) -> Found | None:
    """The smallest part of an expression whose answer contradicts its type."""
    for at in times:
        answer = server.ask(text(of.root), at)
        tally.of(answer)
        for node in _askable(of.root):
            said = answer if node is of.root else server.ask(text(node), at)
            what = problem(of.of(node), said)
            if what and not (what == _NAN and _overflows(server, node, at)):
                return node, at, what, said
    return None


def _askable(root: Node) -> list[Node]:
    """The nodes that can be asked for alone, each after its parts, and each text once."""
    return list({text(node): node for node in children_first(root) if not isinstance(node, _PARTS)}.values())


def _overflows(server: Server, node: Node, at: float) -> bool:
    """Whether something below is infinite, now or before: what NaN comes of that is no fault of the derivation's."""
    below = [each for each in _askable(node) if each is not node]
    asked = [text(each) for of in below for each in (of, Subquery(of, _LONG_BEFORE, _EACH))]
    return any(math.isinf(number) for expr in asked for number in server.ask(expr, at).numbers)


def problem(of: Type, answer: Answer) -> str:
    """How an answer contradicts a type; nothing where it does not, or is an error."""
    if answer.error:
        return ""
    if answer.kind != of.kind:
        return f"derived a {of.kind}, and it is a {answer.kind}"
    if of.empty == "never" and not answer.series:
        return "derived that it is never empty"
    if of.empty == "always" and answer.series:
        return "derived that it is always empty"
    for each in answer.series:
        what = _label_problem(of, each) or _number_problem(of.numbers, each)
        if what:
            return what
    return ""


def _label_problem(of: Type, series: Sampled) -> str:
    for label in {*series.labels, *of.labels.known}:
        value = series.labels.get(label, "")
        if value not in of.labels.of(label):
            return f"derived that the label `{label}` is {of.labels.of(label)}, and it is {value!r}"
    return ""


def _number_problem(of: Numbers, series: Sampled) -> str:
    for number in series.numbers:
        if math.isnan(number):
            if not of.nan:
                return _NAN
        elif not _is_within(number, of):
            return f"derived numbers {of.low} to {of.high}, and there is {number}"
        elif number == 0 and not of.zero:
            return "derived that it is never 0, and it is"
    return ""


def _is_within(number: float, of: Numbers) -> bool:
    def near(bound: float) -> bool:
        return math.isclose(number, bound, rel_tol=_RELATIVE, abs_tol=1e-12)

    return of.low <= number <= of.high or near(of.low) or near(of.high)


def without_memory(world: World) -> World:
    """The same world, that keeps none of the expressions it was asked about before."""
    return World(world.series)

"""Every expression of a fleet, what it is for, and what the checks of expressions say of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

import attrs

from watchwright.checks.expressions import Problem, Use, problems
from watchwright.checks.expressions.excerpt import excerpt
from watchwright.checks.expressions.problem import Role
from watchwright.checks.templates import asked
from watchwright.finding import Finding
from watchwright.lower.plan import Alerting, Board, Fleet, Origin, Plan
from watchwright.lower.provisioning import asked as linked
from watchwright.lower.provisioning import origin
from watchwright.model.duration import milliseconds
from watchwright.model.grafana import JaegerSource
from watchwright.query.cursor import ParseError
from watchwright.query.grammar import FLAGS
from watchwright.query.parser import parse
from watchwright.query.tree import Node, Selector, walk
from watchwright.query.version import NEWEST, parse_version


@attrs.frozen(eq=False)
class Query:
    """An expression of a system."""

    expr: Node
    role: Role
    origin: Origin


def findings(fleet: Fleet) -> Iterator[Finding]:
    """What is wrong with the expressions of all systems, and with those of data sources."""
    uses = _uses(fleet)
    for plan in fleet.plans:
        for query in queries(plan):
            yield from (_finding(each, query) for each in _once(problems(query.expr, plan.world, uses[query.role])))
    for query in _links(fleet):
        yield from (_finding(each, query) for each in _once(_agreed(query.expr, fleet, uses[query.role])))


def _once(found: Iterable[Problem]) -> Iterator[Problem]:
    """Each problem once, for one slip shows in each place that it was copied to."""
    said: set[tuple[str, str]] = set()
    for problem in found:
        if (problem.id, problem.message) not in said and len(said) < _MOST:
            said.add((problem.id, problem.message))
            yield problem


#: Of one expression: whoever mends the first of them sees the others then.
_MOST = 20


def queries(plan: Plan) -> Iterator[Query]:
    """Every expression of a system: of its rules, and of its boards."""
    for rule in plan.rules:
        yield Query(rule.expr, "alert" if isinstance(rule, Alerting) else "record", rule.origin)
    # what an SLO amounts to is proven by tests; what it is made of is for the author to mend
    for promise in plan.promises:
        yield from (Query(node, "record", promise.objective.origin) for node in promise.indicator)
    for board in plan.boards:
        yield from _of_board(board)
    for alert, query in asked(plan):
        with suppress(ParseError):  # which `alert/template` reports
            yield Query(parse(query.text, version=NEWEST, features=FLAGS), "annotation", alert.origin)


def _of_board(board: Board) -> Iterator[Query]:
    yield from (Query(each.series, "variable", board.origin) for each in board.variables if each.series is not None)
    yield from (Query(each.expr, "annotation", board.origin) for each in board.annotations)
    for panel in board.panels:
        yield from (Query(query.expr, "panel", panel.origin) for query in panel.queries)


def _links(fleet: Fleet) -> Iterator[Query]:
    """The links of traces to metrics, which belong to no system."""
    for source in fleet.platform.provisioning.datasources if fleet.platform.provisioning else ():
        if isinstance(source, JaegerSource):
            links = (node for _, _, node in linked(source) if isinstance(node, Node))
            yield from (Query(node, "panel", origin(source, fleet)) for node in links)


def _agreed(expr: Node, fleet: Fleet, use: Use) -> Iterator[Problem]:
    """What is wrong with an expression whichever of the systems it is about that have all of its series."""
    metrics = {each.metric for each in walk(expr) if isinstance(each, Selector)}
    worlds = [plan.world for plan in fleet.plans if all(map(plan.world.of, metrics))]
    if not worlds:
        return
    first, *others = (list(problems(expr, world, use)) for world in worlds)
    for problem in first:
        if all(any((problem.id, problem.word) == (each.id, each.word) for each in found) for found in others):
            yield problem


def _uses(fleet: Fleet) -> dict[Role, Use]:
    platform = fleet.platform
    common = Use(
        keep=frozenset(platform.keep),
        evaluation=milliseconds(platform.evaluation_interval, "an interval"),
        oldest=parse_version(platform.prometheus),
    )
    roles: tuple[Role, ...] = ("alert", "record", "panel", "annotation", "variable")
    return {role: attrs.evolve(common, role=role) for role in roles}


def _finding(problem: Problem, query: Query) -> Finding:
    found = query.origin.finding(problem.message, problem.hint)
    written = problem.node.written
    return attrs.evolve(
        found,
        source=written.source if written is not None and written.source.places else found.source,
        excerpt=excerpt(query.expr, problem),
        id=problem.id,
        severity=problem.severity,
    )

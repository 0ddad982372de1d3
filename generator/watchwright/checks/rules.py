"""Recording rules, and the PromQL of all rules and panels."""

from __future__ import annotations

import re
from collections.abc import Iterator

from watchwright.checks.queries import Query, queries
from watchwright.finding import Finding, check
from watchwright.lower import names
from watchwright.lower.plan import Fleet, Plan, Recording
from watchwright.model.duration import milliseconds
from watchwright.query.cursor import ParseError
from watchwright.query.parser import parse
from watchwright.query.printer import text
from watchwright.query.rewrite import children_first
from watchwright.query.tree import COMPARISONS, Binary, Node
from watchwright.query.variables import variables
from watchwright.query.version import parse_version


@check("rule/duplicate")
def duplicate(fleet: Fleet) -> Iterator[Finding]:
    """
    Two recording rules of one system record the same series, or one that a metric exposes or an SLO records.

    Both would write the same name and labels, and what is read is whichever came last. Record it once and
    pass the value around, or tell the two apart by `labels=`.
    """
    for plan in fleet.plans:
        exposed = {series.name for metric in plan.metrics for series in metric.exposed()}
        of_slos = {rule.record for one in plan.promises for rule in (*one.fast, *one.slow, *one.fixed)}
        seen: dict[tuple[str, tuple[tuple[str, str], ...]], Recording] = {}
        for rule in _recordings(plan):
            other = seen.setdefault((rule.record, tuple(sorted(rule.labels.items()))), rule)
            if other is not rule:
                hint = f"the other rule is at {other.origin.source.place}"
                yield rule.origin.finding(f"`{rule.record}` is recorded twice", hint)
            elif rule.record in exposed:
                yield rule.origin.finding(f"`{rule.record}` is recorded, and exposed by a metric of that name")
            elif rule.record in of_slos:
                yield rule.origin.finding(f"`{rule.record}` is recorded, and the SLOs here record series of that name")


@check("rule/name")
def name(fleet: Fleet) -> Iterator[Finding]:
    """
    A recorded name is not `level:metric:operations`.

    https://prometheus.io/docs/practices/rules/: the level says which labels are left, the operations what
    was done, the newest first. The colons tell a reader that the series is recorded and where to look.
    """
    for plan in fleet.plans:
        for rule in _recordings(plan):
            if not re.fullmatch(r"[a-zA-Z_0-9]*(:[a-zA-Z_0-9]+){1,2}", rule.record):
                yield rule.origin.finding(f"`{rule.record}` is not `level:metric:operations`")


@check("rule/collision")
def collision(fleet: Fleet) -> Iterator[Finding]:
    """
    The sides of an `or` differ in a label that the rule itself sets, and are the same once it has set it.

    Recorded series carry `system`, and `sum by (topic) (...)` does not: `or` takes them for different series and keeps
    both, the rule then gives both its own `system`, and Prometheus refuses the result: "vector contains metrics with
    the same labelset". Aggregate the label away on that side, or join by the others: `or on (topic)`.
    """
    for plan in fleet.plans:
        for rule in plan.rules:
            typed = plan.world.typed(rule.expr)
            for node in _joined(rule.expr):
                left, right = typed.of(node.left).labels, typed.of(node.right).labels
                for label in rule.labels if node.matching is None else ():
                    if left.lacks(label) != right.lacks(label) and (left.has(label) or right.has(label)):
                        message = f"the two sides of `or` differ in `{label}`, which the rule sets on both"
                        yield rule.origin.finding(message, f"aggregate `{label}` away, or write `or on (...)`")


def _joined(root: Node) -> Iterator[Binary]:
    """The `or` whose sides both reach the result."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Binary) and node.op == "or":
            yield node
            waiting += [node.left, node.right]
        elif isinstance(node, Binary) and (node.op in ("and", "unless") or node.op in COMPARISONS) and not node.bool:
            waiting.append(node.left)


@check("rule/reserved-label")
def reserved_label(fleet: Fleet) -> Iterator[Finding]:
    """A recording rule sets `system` itself. Every recorded series carries the system it belongs to."""
    for plan in fleet.plans:
        for rule in _recordings(plan):
            if rule.labels[names.SYSTEM] != plan.system.name:
                yield rule.origin.finding(f"`{rule.record}` sets the label `{names.SYSTEM}` itself")


@check("promql/version")
def version(fleet: Fleet) -> Iterator[Finding]:
    """
    An expression is refused by the oldest Prometheus that the platform declares.

    Syntax or a function is newer than `prometheus=` of the `Platform`, or an argument is of the wrong kind.
    A server that cannot read one rule of a file loads none of it. Experimental functions are refused, too:
    a server runs them only where a feature flag allows it.
    """
    oldest = parse_version(fleet.platform.prometheus)
    for query in _queries(fleet):
        written = text(query.expr)
        try:
            parse(written, version=oldest, variables=query.role not in _OF_RULES)
        except ParseError as error:
            yield query.origin.finding(f"{error.message} in `{written}`, column {error.column}")


_OF_RULES = ("alert", "record")


@check("promql/retention")
def retention(fleet: Fleet) -> Iterator[Finding]:
    """
    An expression looks further back than Prometheus keeps samples.

    It reads what is there and says nothing of the rest, so a month's average is that of two weeks. Shorten
    the range or the offset, or raise `retention` of the `Platform` if the server keeps more.
    """
    kept = milliseconds(fleet.platform.retention, "retention")
    for query in _queries(fleet):
        if _reach(query.expr) > kept:
            message = f"`{text(query.expr)}` looks back further than the {fleet.platform.retention} that are kept"
            yield query.origin.finding(message)


def _reach(root: Node) -> int:
    """How far back an expression looks, in milliseconds: ranges and offsets within each other add up."""
    reaches: dict[int, int] = {}
    for node in children_first(root):
        own = _milliseconds(getattr(node, "range", None)) + _milliseconds(getattr(node, "offset", None))
        reaches[id(node)] = own + max((reaches[id(child)] for child in node.children()), default=0)
    return reaches[id(root)]


def _milliseconds(duration: object) -> int:
    return duration if isinstance(duration, int) else 0


@check("rule/variable")
def variable(fleet: Fleet) -> Iterator[Finding]:
    """
    A rule uses a variable of a dashboard, such as `$__rate_interval` or `$topic`.

    Dashboards fill variables in; Prometheus does not know them, and a matcher on `$topic` matches nothing. Give
    rules durations and values of their own.
    """
    for query in _queries(fleet):
        for name in dict.fromkeys(variables(query.expr)) if query.role in _OF_RULES else ():
            yield query.origin.finding(f"a rule cannot use the variable `${name}`", "write a duration or a value")


def _recordings(plan: Plan) -> Iterator[Recording]:
    return (rule for rule in plan.rules if isinstance(rule, Recording))


def _queries(fleet: Fleet) -> Iterator[Query]:
    return (query for plan in fleet.plans for query in queries(plan))

"""Rule files and dashboards that were not defined here: everything that can be known to be wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs

from watchwright.finding import Finding
from watchwright.foreign import boards
from watchwright.foreign.catalogue import read_catalogue
from watchwright.foreign.dashboards import Board, Query, read_dashboards
from watchwright.foreign.expressions import Expression, judged, read, unlisted
from watchwright.foreign.files import EXPOSITIONS, Given, given
from watchwright.foreign.files import read as read_file
from watchwright.foreign.rules import Rule, read_rules
from watchwright.foreign.templates import wrong_legend, wrong_templates, wrong_unit
from watchwright.foreign.world import Recorded, listed, world_of
from watchwright.query.tree import Node, Selector, walk
from watchwright.query.version import Version
from watchwright.semantics.world import World


@attrs.frozen(eq=False, kw_only=True)
class Checked:
    """What was looked at, and every finding, sorted."""

    findings: tuple[Finding, ...]
    files: int
    rules: int
    dashboards: int
    expressions: int


def check(rules: Iterable[Path], dashboards: Iterable[Path], metrics: Iterable[Path], version: Version) -> Checked:
    """Read all files, and judge what they say for one version of Prometheus."""
    checking = _Checking(version)
    rule_files, boards_files = [*given(rules)], [*given(dashboards)]
    for file in rule_files:
        checking.rule_file(file)
    for file in boards_files:
        checking.dashboard_file(file)
    catalogue = read_catalogue(given(metrics, EXPOSITIONS))
    world = world_of(catalogue.metrics.values(), checking.recorded)
    findings = [*catalogue.findings, *checking.findings, *checking.judged(world)]
    if catalogue.metrics:
        findings += checking.unlisted(listed(catalogue.metrics.values(), checking.recorded))
    return Checked(
        findings=tuple(sorted(dict.fromkeys(findings), key=lambda each: each.order)),
        files=len(rule_files) + len(boards_files),
        rules=len(checking.rules),
        dashboards=checking.dashboards,
        expressions=checking.expressions,
    )


@attrs.define(eq=False)
class _Checking:
    version: Version
    findings: list[Finding] = attrs.field(factory=list)
    recorded: list[Recorded] = attrs.field(factory=list)
    dashboards: int = 0
    expressions: int = 0
    rules: list[tuple[Rule, Expression, Node | None]] = attrs.field(factory=list)
    queries: list[tuple[Query, Expression, Node]] = attrs.field(factory=list)

    def rule_file(self, file: Given) -> None:
        """Everything about a rule file but what its expressions mean."""
        found = read_rules(read_file(file), self.version)
        self.findings += found.findings
        for group, rule in found.rules:
            expression = _of_rule(rule)
            root = self._root(expression)
            self.rules.append((rule, expression, root))
            if rule.kind == "record" and root is not None:
                self.recorded.append(Recorded(group, rule, root))

    def dashboard_file(self, file: Given) -> None:
        """Everything about a file of dashboards but what their expressions mean."""
        found = read_dashboards(read_file(file))
        self.findings += found.findings
        for board in found.boards:
            self.dashboards += 1
            read_here = [*self._roots(board)]
            self.queries += read_here
            self.findings += boards.wrong(board, [(query, root) for query, _, root in read_here])

    def judged(self, world: World) -> Iterator[Finding]:
        """What expressions mean in a world, and the texts that go with them."""
        for rule, expression, root in self.rules:
            if root is not None:
                yield from judged(expression, root, world, self.version)
            yield from wrong_templates(rule, None if root is None else world.typed(root), self.version)
        for query, expression, root in self.queries:
            yield from judged(expression, root, world, self.version)
            yield from wrong_legend(query, world.typed(root))
            yield from wrong_unit(query, world.typed(root))

    def unlisted(self, known: frozenset[str]) -> Iterator[Finding]:
        """The metrics that expressions read and nothing describes."""
        read_here = [*((each, root) for _, each, root in self.rules), *((each, root) for _, each, root in self.queries)]
        for expression, root in read_here:
            selectors = (node for node in walk(root) if isinstance(node, Selector)) if root is not None else ()
            names = {node.metric: node for node in selectors if node.metric not in known and "$" not in node.metric}
            yield from (unlisted(expression, node, known) for name, node in names.items() if name)

    def _roots(self, board: Board) -> Iterator[tuple[Query, Expression, Node]]:
        for query in board.queries:
            expression = Expression(query.expression, query.text, query.subject, query.role, query.offset)
            root = self._root(expression)
            if root is not None:
                yield query, expression, root

    def _root(self, expression: Expression) -> Node | None:
        self.expressions += 1
        root, findings = read(expression, self.version)
        self.findings += findings
        return root


def _of_rule(rule: Rule) -> Expression:
    return Expression(rule.expr.value, rule.expr, rule.subject, rule.kind)

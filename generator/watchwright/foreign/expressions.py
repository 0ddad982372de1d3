"""Expressions in files: parsed, judged, and what is wrong with them said at its place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator

import attrs

from watchwright.checks.expressions import Problem, Use, problems
from watchwright.checks.expressions.excerpt import marked, place
from watchwright.checks.expressions.problem import Role
from watchwright.finding import Finding, reports
from watchwright.foreign.placed import Text
from watchwright.query.cursor import ParseError
from watchwright.query.parser import parse
from watchwright.query.tree import Binary, Node, Number, Placeholder, Selector, Span, Written, sign, walk
from watchwright.query.version import Version
from watchwright.semantics.world import World
from watchwright.source import NOWHERE

_OLD_VARIABLE = re.compile(r"\[\[(\w+)(?::\w+)?\]\]")
_VARIABLE = re.compile(r"\$(?:\w+|\{[^}\s]*\})")
# where a variable is not loose: in quotes, in a range, in a comment
_HELD = re.compile(
    r""" "(?:[^"\\\n]|\\.)*+" | '(?:[^'\\\n]|\\.)*+' | `[^`]*` | \[[^\]]*\] | \#[^\n]*
    | (?P<loose>\$(?:\w+|\{[^}\s]*\}))""",
    re.VERBOSE,
)


@attrs.frozen(eq=False)
class Expression:
    """PromQL in a file: *text* begins at the *offset* of what *within* stands for."""

    text: str
    within: Text
    subject: str
    role: Role
    offset: int = 0

    @property
    def variables(self) -> bool:
        """Whether Grafana fills in variables."""
        return self.role not in ("alert", "record")


@reports("promql/syntax")
def syntax(expression: Expression, error: ParseError) -> Finding:
    """
    An expression that Prometheus refuses.

    One such rule, and it loads nothing of the file; a panel shows the error in its place. What came with a later
    version than `--prometheus` is refused, too: say which one yours is. Experimental functions need a feature flag of
    the server, and are refused. What depends on how Grafana fills in a variable is not judged.
    """
    hint = "say `--prometheus` if yours is newer" if " needs Prometheus " in error.message else ""
    span = (min(error.span[0], len(expression.text.rstrip())), error.span[1])
    return _finding(expression, span, error.message, hint)


@reports("metric/unlisted", severity="warning")
def unlisted(expression: Expression, selector: Selector, known: Iterable[str]) -> Finding:
    """
    An expression reads a metric that none of the files given with `--metrics` describes.

    It is assumed that they describe all metrics there are: then the name is misspelt, or nothing exposes it any more,
    and the expression is empty for ever. Give what every target answers, or Prometheus' own `/api/v1/metadata`.
    """
    close = difflib.get_close_matches(selector.metric, known, 1)
    hint = f"did you mean `{close[0]}`?" if close else ""
    return _finding(expression, selector.span or (0, 0), f"`{selector.metric}` is in no file of `--metrics`", hint)


def read(expression: Expression, version: Version) -> tuple[Node | None, list[Finding]]:
    """The tree of an expression, if it can be judged; and what is wrong with its syntax."""
    text = expression.text
    try:
        root = _parsed(text, version) if expression.variables else parse(text, version=version)
    except ParseError as error:
        return None, [syntax(expression, error)]
    if root is not None:
        sign(root, Written(text, NOWHERE))
    return root, []


def judged(expression: Expression, root: Node, world: World, version: Version) -> Iterator[Finding]:
    """What the checks of expressions say."""
    use = Use(role=expression.role, oldest=version)
    for problem in problems(root, world, use):
        if problem.id != "promql/unit" or not is_scaled(problem.node):
            yield _said(expression, problem)


def is_scaled(root: Node) -> bool:
    """Whether a bare number makes something of another size: `* 1000` may make milliseconds of seconds."""
    scaled = (node.children() for node in walk(root) if isinstance(node, Binary) and node.op in ("*", "/"))
    return any(isinstance(side, Number | Placeholder) for sides in scaled for side in sides)


def _said(expression: Expression, problem: Problem) -> Finding:
    found = _finding(expression, place(expression.text, problem, problem.node), problem.message, problem.hint)
    return attrs.evolve(found, id=problem.id, severity=problem.severity)


def _finding(expression: Expression, span: Span, message: str, hint: str) -> Finding:
    source = expression.within.source_at(expression.offset + span[0])
    return Finding(message, source, expression.subject, hint, excerpt=marked(expression.text, span))


# Variables of Grafana's -----------------------------------------------------------------------------------


def _parsed(text: str, version: Version) -> Node | None:
    """
    The tree; None where it depends on what variables stand for.

    A variable may be a number, a name, a function or half a query. The first is tried, then all of them as names,
    which keep every offset as it is; where neither will do, no one can tell who is to blame but at the very end.
    """
    text = _OLD_VARIABLE.sub(lambda found: f"${{{found[1]}}}".ljust(len(found[0]))[: len(found[0])], text)
    try:
        return parse(text, version=version, variables=True)
    except ParseError as error:
        named = _HELD.sub(_as_name, text)
        if named == text and not _touches_variable(text, error.span):
            raise
        try:
            parse(named, version=version, variables=True)
        except ParseError:
            if error.span[0] >= len(text.rstrip()) and not _touches_variable(text, error.span):
                raise error from None
    return None


def _as_name(found: re.Match[str]) -> str:
    return re.sub(r"\W", "_", found[0]) if found["loose"] else found[0]


def _touches_variable(text: str, span: Span) -> bool:
    return any(found.start() <= span[1] and span[0] <= found.end() for found in _VARIABLE.finditer(text))

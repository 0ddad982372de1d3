"""What can be known of a dashboard without its metrics: variables, and the ids of panels."""

from __future__ import annotations

import re
from collections.abc import Iterator

from watchwright.finding import Finding, reports
from watchwright.foreign.dashboards import Board, Query, Variable, named_in
from watchwright.foreign.placed import Text
from watchwright.query.tree import Matcher, Node, Selector, walk

# what a regular expression calls a part of its own, for label_replace to put in
_GROUPS = re.compile(r"\(\?P?<(\w+)>")
_ALL_VARIABLES = re.compile(r"\$\{?__all_variables|\"includeVars\"\s*:\s*true|\"libraryPanel\"")


@reports("board/variable")
def undeclared(query: Query, name: str, offset: int, others: int) -> Finding:
    """
    A query uses a variable that its dashboard does not declare.

    Grafana leaves an unknown `$name` as it is: the query then matches nothing, and the panel is empty. Declare it in
    the dashboard's settings, or mend its name.
    """
    source = query.text.source_at(query.offset + offset)
    also = f", which {others} more of its queries use" if others else ""
    return Finding(f"the dashboard declares no variable `{name}`{also}", source, query.subject)


@reports("board/unused-variable", severity="warning")
def unused(variable: Variable) -> Finding:
    """
    A dashboard has a variable that nothing in it uses.

    It looks as if it chose something, and its query runs whenever the dashboard is opened. Use it in a query, or
    remove it.
    """
    return Finding(f"nothing uses the variable `{variable.name.value}`", variable.name.source, variable.subject)


@reports("board/all-values", severity="warning")
def all_values(variable: Variable, example: str) -> Finding:
    """
    A variable has `All`, with no value of its own for it, and is matched with `=~`.

    Grafana then joins all values there are to one pattern. With hundreds of them each query of the dashboard carries
    it, and Prometheus compares every series with it; what came after the variable was loaded is left out. Give `All`
    the custom value `.*` (`.+` if the label has to be there).
    """
    message = f"`All` of `{variable.name.value}` becomes a pattern of every value there is, in `{example}`"
    return Finding(message, variable.name.source, variable.subject, hint='set its "Custom all value" to `.*`')


@reports("board/selector")
def no_selector(query: Query) -> Finding:
    """
    `label_values` or `label_names` of something else than a selector.

    Grafana asks Prometheus for series, and that takes `metric{label="value"}` and nothing else: the variable stays
    empty. What needs an expression goes through `query_result(...)`.
    """
    message = f"`{query.expression}` is no selector, and label values are asked for by one"
    return Finding(message, query.text.source_at(query.offset), query.subject)


@reports("board/duplicate-panel", severity="warning")
def duplicate_panel(first: Text, other: Text, subject: str) -> Finding:
    """
    Two panels of a dashboard have the same id.

    Links to a panel, alerts, and images by Grafana's renderer find one of the two, and Grafana gives one another id
    when somebody saves the dashboard. Number them, or leave ids out.
    """
    place = first.source.place
    return Finding(
        f"another panel has the id {other.value}", other.source, subject, hint=f"the other one is at {place}"
    )


def wrong(board: Board, roots: list[tuple[Query, Node]]) -> Iterator[Finding]:
    """What is wrong with a dashboard beside its expressions; *roots* are those that could be read."""
    yield from _undeclared(board)
    yield from _unused(board)
    yield from _joined(board, roots)
    yield from _duplicates(board)
    yield from (no_selector(query) for query, root in roots if query.selects and not isinstance(root, Selector))


def _undeclared(board: Board) -> Iterator[Finding]:
    uses: dict[str, list[tuple[Query, int]]] = {}
    for query in board.queries:
        for name, offset in dict(reversed([*named_in(query.expression)])).items():
            if name not in _GROUPS.findall(query.expression):
                uses.setdefault(name, []).append((query, offset))
    declared = {variable.name.value for variable in board.variables} | board.inputs
    for name, ((query, offset), *others) in uses.items():
        if name not in declared and not name.startswith("__") and not name[0].isdigit():
            yield undeclared(query, name, offset, len(others))


def _unused(board: Board) -> Iterator[Finding]:
    """Nothing anywhere in its text names it; a link or a library panel may use it elsewhere."""
    text = board.node.page.text[board.node.start : board.node.end]
    if _ALL_VARIABLES.search(text):
        return
    named = {name for name, _ in named_in(text)} | set(_repeated(text))
    for variable in board.variables:
        if variable.name.value not in named and variable.type not in ("adhoc", "datasource"):
            yield unused(variable)


def _repeated(text: str) -> Iterator[str]:
    return (found[1] for found in re.finditer(r"\"repeat\"\s*:\s*\"(\w+)\"", text))


def _joined(board: Board, roots: list[tuple[Query, Node]]) -> Iterator[Finding]:
    wide = {each.name.value: each for each in board.variables if each.all_of_them and each.type == "query"}
    for query, root in roots:
        for matcher in _patterns(root) if wide and query.role != "variable" else ():
            for name, _ in named_in(matcher.value):
                if name in wide:
                    yield all_values(wide.pop(name), f'{matcher.label}=~"{matcher.value}"')


def _patterns(root: Node) -> Iterator[Matcher]:
    for node in walk(root):
        if isinstance(node, Selector):
            yield from (matcher for matcher in node.matchers if matcher.op == "=~")


def _duplicates(board: Board) -> Iterator[Finding]:
    first: dict[str, Text] = {}
    for panel in board.panels:
        number = panel.node.text("id")
        if number is not None and first.setdefault(number.value, number) is not number:
            yield duplicate_panel(first[number.value], number, panel.subject)

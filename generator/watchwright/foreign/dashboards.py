"""Grafana's dashboards as people keep them: exported, answered by the API, in manifests; not yet of schema v2."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

import attrs

from watchwright.finding import Finding
from watchwright.foreign.faults import empty, wrong_kind
from watchwright.foreign.files import Read
from watchwright.foreign.manifests import embedded, held, is_manifest, unwrapped
from watchwright.foreign.placed import Mapping, Node, Sequence, Text

# greedy, and spaces are cut off afterwards: what overlaps itself takes for ever on a hostile text
_LABEL_VALUES = re.compile(r"\s*label_values\((?:(.*),)?[^,]*\)\s*", re.DOTALL)
_LABEL_NAMES = re.compile(r"\s*label_names\((.*)\)\s*", re.DOTALL)
_QUERY_RESULT = re.compile(r"\s*query_result\((.*)\)\s*", re.DOTALL)
_NAMED = re.compile(r"\$(?:\{(\w+)(?:[.:][^}]*)?\}|(\w+))|\[\[(\w+)(?::\w+)?\]\]")
# LogQL: what follows its selector is never PromQL
_LOG_LINE = re.compile(r"\}\s*\|")
_PROMETHEUS = re.compile(r".*prometheus(?:-datasource)?", re.IGNORECASE)
_MODEL_KEYS = frozenset({"title", "schemaVersion", "templating", "uid", "annotations", "time"})
_OWN = frozenset({"", "default", "-- Mixed --", "-- Dashboard --", "-- Grafana --"})


@attrs.frozen(eq=False)
class Query:
    """
    An expression: the part of a text of the file that begins at *offset*.

    *unit* is Grafana's word for what its panel shows, where no override and no transformation makes it another.
    *selects* says that Grafana asks for series with it, which takes a selector.
    """

    expression: str
    text: Text
    offset: int
    role: Literal["panel", "annotation", "variable"]
    subject: str
    legend: Text | None = None
    unit: Text | None = None
    selects: bool = False


@attrs.frozen(eq=False)
class Panel:
    """A panel with those of its queries that are, or may be, Prometheus'."""

    node: Mapping
    subject: str
    queries: tuple[Query, ...]


@attrs.frozen(eq=False)
class Variable:
    """A variable of a dashboard; *texts* are the scalars that Grafana puts variables into."""

    name: Text
    type: str
    subject: str
    all_of_them: bool
    queries: tuple[Query, ...]
    texts: tuple[Text, ...]


@attrs.frozen(eq=False)
class Board:
    """A dashboard."""

    node: Mapping
    subject: str
    panels: tuple[Panel, ...]
    variables: tuple[Variable, ...]
    annotations: tuple[Query, ...]
    inputs: frozenset[str]

    @property
    def queries(self) -> Iterator[Query]:
        """Every expression."""
        for panel in self.panels:
            yield from panel.queries
        for variable in self.variables:
            yield from variable.queries
        yield from self.annotations


@attrs.frozen(eq=False)
class Boards:
    """The dashboards of a file, and what is wrong with the file."""

    boards: tuple[Board, ...]
    findings: tuple[Finding, ...]


def named_in(text: str) -> Iterator[tuple[str, int]]:
    """The variables that Grafana would put into a text, `$name`, `${name}` or `[[name]]`, and where each stands."""
    for found in _NAMED.finditer(text):
        yield found[1] or found[2] or found[3], found.start()


def read_dashboards(read: Read) -> Boards:
    """All dashboards of a file."""
    findings = list(read.findings)
    models: list[Mapping] = []
    for document in unwrapped(read.documents):
        found, wrong = _models(document)
        models += found
        findings += wrong
    if not (models or findings or read.given.found):
        findings.append(_nothing(read))
    return Boards(tuple(map(_board, models)), tuple(findings))


def _nothing(read: Read) -> Finding:
    if all(isinstance(each, Text) and each.is_null for each in read.documents):
        return empty(str(read.given))
    mappings = [each for each in read.documents if isinstance(each, Mapping)]
    v2 = any((each.mapping("spec") or each).mapping("elements") for each in mappings)
    seen = "is of Grafana's second schema, which is not read yet" if v2 else "has neither `panels` nor `rows`"
    return wrong_kind(str(read.given), "dashboard", seen)


def _models(document: Node) -> tuple[list[Mapping], list[Finding]]:
    """What Grafana would call the model, in whatever it is wrapped."""
    if not isinstance(document, Mapping):
        return [], []
    inner, findings = _unwrapped(document)
    mappings = [each for each in (document, *inner) if isinstance(each, Mapping)]
    answers = [answer for each in mappings if (answer := each.mapping("dashboard"))]
    return [each for each in (*mappings, *answers) if _is_model(each)], findings


def _unwrapped(document: Mapping) -> tuple[list[Node], list[Finding]]:
    if not is_manifest(document):
        return [], []
    spec = document.mapping("spec")
    if document.value("kind") == "ConfigMap":
        return held(document, lambda name, _: name.endswith(".json"))
    model = spec.text("json") if spec else None
    if model is not None:
        return embedded(model, json=True)
    return ([spec] if spec and document.value("kind") == "Dashboard" else []), []


def _is_model(node: Mapping) -> bool:
    has_panels = any(isinstance(node.get(key), Sequence) for key in ("panels", "rows"))
    return has_panels and not _MODEL_KEYS.isdisjoint(node.keys)


def _board(node: Mapping) -> Board:
    title = node.value("title")
    subject = f"dashboard {title}" if title else "dashboard"
    sources = _Sources.of(node)
    return Board(
        node,
        subject,
        tuple(_panel(each, subject, sources) for each in _panels(node)),
        tuple(_variables(node, subject, sources)),
        tuple(_annotations(node, subject, sources)),
        frozenset(each.value("name") for each in node.mappings("__inputs")),
    )


def _panels(board: Mapping) -> Iterator[Mapping]:
    """In the order of the file; those of collapsed rows too, and of the rows that Grafana had before version 5."""
    rows = [panel for row in board.mappings("rows") for panel in row.mappings("panels")]
    waiting = [*board.mappings("panels"), *rows][::-1]
    while waiting:
        panel = waiting.pop()
        yield panel
        waiting += panel.mappings("panels")[::-1]


def _panel(node: Mapping, within: str, sources: _Sources) -> Panel:
    title = node.value("title") or node.value("id")
    subject = f"{within} / panel {title}" if title else f"{within} / panel"
    queries = tuple(_query(node, target, subject, sources) for target in node.mappings("targets"))
    return Panel(node, subject, tuple(query for query in queries if query is not None))


def _query(panel: Mapping, target: Mapping, within: str, sources: _Sources) -> Query | None:
    expr = target.text("expr")
    source = sources.type(target, panel)
    if expr is None or not sources.asks_prometheus(source, expr.value):
        return None
    subject = f"{within} / query {target.value('refId')}".removesuffix(" / query ")
    is_table = "table" in (panel.value("type"), target.value("format"))  # which have no legends
    legend = None if is_table else target.text("legendFormat")
    return Query(expr.value, expr, 0, "panel", subject, legend, _unit(panel))


def _unit(panel: Mapping) -> Text | None:
    config = panel.mapping("fieldConfig")
    defaults = config.mapping("defaults") if config else None
    if config is None or defaults is None or config.items("overrides") or panel.items("transformations"):
        return None
    return defaults.text("unit")


def _annotations(board: Mapping, within: str, sources: _Sources) -> Iterator[Query]:
    listed = board.mapping("annotations")
    for node in listed.mappings("list") if listed else ():
        expr = node.text("expr") or (node.mapping("target") or node).text("expr")
        if expr is not None and sources.asks_prometheus(sources.type(node), expr.value):
            yield Query(expr.value, expr, 0, "annotation", f"{within} / annotation {node.value('name')}")


def _variables(board: Mapping, within: str, sources: _Sources) -> Iterator[Variable]:
    listed = board.mapping("templating")
    for node in listed.mappings("list") if listed else ():
        name = node.text("name")
        if name is not None:
            yield _variable(node, name, f"{within} / variable {name.value}", sources)


def _variable(node: Mapping, name: Text, subject: str, sources: _Sources) -> Variable:
    nested = node.mapping("query")
    query = nested.text("query") if nested else node.text("query")
    asked = query if query and node.value("type") == "query" and sources.type(node) in ("", "prometheus") else None
    all_of_them = node.value("includeAll") == "true" and not node.value("allValue")
    queries = tuple(_asked(asked, subject)) if asked else ()
    texts = (query, node.text("regex"), node.text("datasource"))
    return Variable(name, node.value("type"), subject, all_of_them, queries, tuple(each for each in texts if each))


def _asked(text: Text, subject: str) -> Iterator[Query]:
    """The expression within `label_values(...)` and the like, if there is one."""
    for pattern, selects in ((_LABEL_VALUES, True), (_LABEL_NAMES, True), (_QUERY_RESULT, False)):
        found = pattern.fullmatch(text.value)
        if found is not None and found[1] and found[1].strip():
            offset = found.start(1) + len(found[1]) - len(found[1].lstrip())
            yield Query(found[1].strip(), text, offset, "variable", subject, selects=selects)


@attrs.frozen
class _Sources:
    """The types of data sources, as far as a board says them: by their names, or by the variables that name them."""

    types: dict[str, str]

    @classmethod
    def of(cls, board: Mapping) -> _Sources:
        listed = board.mapping("templating")
        variables = [each for each in (listed.mappings("list") if listed else ()) if each.value("type") == "datasource"]
        inputs = board.mappings("__inputs")
        return cls(
            {each.value("name"): each.value("query") for each in variables}
            | {each.value("name"): each.value("pluginId") for each in inputs}
        )

    def type(self, *nodes: Mapping) -> str:
        """`prometheus`, the type of another, or nothing where the board does not say it; the innermost node first."""
        for node in nodes:
            found = self._own_type(node)
            if found:
                return "prometheus" if _PROMETHEUS.fullmatch(found) else found
        return ""

    def _own_type(self, node: Mapping) -> str:
        source = node.get("datasource")
        if isinstance(source, Mapping):
            return source.value("type") or self._called(source.value("uid"))
        return self._called(source.value) if isinstance(source, Text) else ""

    def _called(self, name: str) -> str:
        for variable, _ in named_in(name):
            return self.types.get(variable, "")
        if name in _OWN:
            return ""
        return next((word for word in ("loki", "tempo", "elasticsearch") if word in name.lower()), "")

    @staticmethod
    def asks_prometheus(source: str, expression: str) -> bool:
        """Whether it is, or may be, PromQL."""
        if not expression.strip() or source not in ("", "prometheus"):
            return False
        return source == "prometheus" or not _LOG_LINE.search(expression)


def texts(nodes: Iterable[Node]) -> Iterator[Text]:
    """Every scalar below the nodes."""
    waiting = [*nodes]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Text):
            yield node
        else:
            waiting += node.entries.values() if isinstance(node, Mapping) else node.items

"""What goes with an expression: the texts of its alert, the legend and the unit of its panel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from watchwright import checks
from watchwright.checks.texts import Wrong, hint_of, lost, lost_labels, misread, unknown_functions
from watchwright.finding import Finding, pages
from watchwright.foreign.dashboards import Query
from watchwright.foreign.expressions import is_scaled
from watchwright.foreign.placed import Text
from watchwright.foreign.rules import Rule
from watchwright.gotemplate import Template, TemplateError, read
from watchwright.lower.display import shown_as
from watchwright.query.cursor import ParseError
from watchwright.query.parser import parse
from watchwright.query.units import Unit
from watchwright.query.version import Version
from watchwright.semantics.types import Typed


def wrong_templates(rule: Rule, typed: Typed | None, version: Version) -> Iterator[Finding]:
    """What is wrong with the templates of an alert; *typed* is its expression, where it could be read."""
    for name, text in (*rule.labels.items(), *rule.annotations.items()):
        if rule.kind == "alert" and "{{" in text.value:
            yield from _Place(text, rule.subject, name).wrong(typed, version)


def wrong_legend(query: Query, typed: Typed) -> Iterator[Finding]:
    """The labels that a legend names and its query lacks. Variables of Grafana's are filled in before."""
    legend = query.legend
    if legend is None or "{{" not in legend.value:
        return
    labels = typed.type.labels
    for name in lost(legend.value, labels):
        if "$" not in name and "[[" not in name:
            message = f"the legend names the label `{name}`, which the query does not have"
            offset = legend.value.index(name)
            hint = hint_of(name, labels.names)
            yield _known("panel/legend", Finding(message, legend.source_at(offset), query.subject, hint))


#: Those of Grafana's units that convert nothing and mean one thing alone.
_UNITS = frozenset({"percent", "percentunit", "s", "ms", "ns", "bytes", "decbytes", "Bps", "binBps"})


def wrong_unit(query: Query, typed: Typed) -> Iterator[Finding]:
    """A panel that shows numbers in a unit that they do not have: percents that are ratios."""
    measured = _certain_unit(typed)
    if query.unit is None or query.unit.value not in _UNITS or measured is None or measured.is_count:
        return
    shown = shown_as(query.unit.value)
    if shown is not None and (shown.factor, shown.measured) != (measured.factor, measured.measured):
        message = f"the panel shows `{measured}` as `{query.unit.value}`"
        yield _known("panel/unit", Finding(message, query.unit.source, query.subject))


@attrs.frozen(eq=False)
class _Place:
    """A label or an annotation."""

    text: Text
    subject: str
    name: str

    def wrong(self, typed: Typed | None, version: Version) -> Iterator[Finding]:
        """Everything that can be said of it."""
        try:
            template = read(self.text.value)
        except TemplateError as error:
            yield self._found("alert/template", error.start, f"is no Go template: {error.message}")
            return
        yield from self._all("alert/template", unknown_functions(template, version))
        yield from self._queries(template, version)
        if typed is not None:
            yield from self._all("alert/template-label", lost_labels(template, typed.type.labels))
            misread_ = misread(template, _certain_unit(typed))
            yield from self._all("alert/template-value", ((used, message, "") for used, message, _ in misread_))

    def _queries(self, template: Template, version: Version) -> Iterator[Finding]:
        for query in template.queries:
            try:
                parse(query.text, version=version)
            except ParseError as error:
                offset = query.start + error.span[0] if query.raw else query.literal_start
                message = f"asks `{query.text}`, which is no PromQL: {error.message}"
                yield self._found("alert/template", offset, message)

    def _all(self, id_: str, wrong: Iterable[Wrong]) -> Iterator[Finding]:
        return (self._found(id_, used.start, message, hint) for used, message, hint in wrong)

    def _found(self, id_: str, offset: int, message: str, hint: str = "") -> Finding:
        return _known(id_, Finding(f"`{self.name}` {message}", self.text.source_at(offset), self.subject, hint))


def _certain_unit(typed: Typed) -> Unit | None:
    return None if is_scaled(typed.root) else typed.unit(typed.root)


def _known(id_: str, found: Finding) -> Finding:
    """A finding under the id of a check that says the same of definitions, and has its page there."""
    checks.load()
    return attrs.evolve(found, id=id_, severity=pages()[id_].severity)

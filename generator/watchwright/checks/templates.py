"""Annotations and labels of alerts, which are Go templates, against what their expression leaves."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import attrs

from watchwright.checks.texts import lost_labels, misread, unknown_functions
from watchwright.finding import Finding, check
from watchwright.gotemplate import Query, Template, TemplateError, read
from watchwright.lower.plan import Alerting, Fleet, Plan
from watchwright.query.cursor import ParseError
from watchwright.query.parser import parse
from watchwright.query.version import Version, parse_version


@attrs.frozen(eq=False)
class Text:
    """An annotation or a label of an alert; *read* is the error where it is no template."""

    plan: Plan
    alert: Alerting
    name: str
    read: Template | TemplateError


def texts(plan: Plan) -> Iterator[Text]:
    """The templates of a system's alerts."""
    for rule in plan.rules:
        if isinstance(rule, Alerting):
            for name, text in (*rule.labels.items(), *rule.annotations.items()):
                if "{{" in text:
                    yield Text(plan, rule, name, _read(text))


def asked(plan: Plan) -> Iterator[tuple[Alerting, Query]]:
    """The PromQL that templates ask."""
    for text in texts(plan):
        if isinstance(text.read, Template):
            yield from ((text.alert, query) for query in text.read.queries)


@lru_cache(maxsize=4096)  # several checks look at each
def _read(text: str) -> Template | TemplateError:
    try:
        return read(text)
    except TemplateError as error:
        return error


@check("alert/template")
def malformed(fleet: Fleet) -> Iterator[Finding]:
    """
    A text of an alert is a Go template that Prometheus refuses, or that calls a function which it does not have.

    A rule file with such a text is refused whole; PromQL in `query` is only read when the alert fires. https://prometheus.io/docs/prometheus/latest/configuration/template_reference/
    lists the functions.
    """
    oldest = parse_version(fleet.platform.prometheus)
    for text in _all(fleet):
        if isinstance(text.read, TemplateError):
            yield text.alert.origin.finding(f"`{text.name}` is no Go template: {text.read.message}")
        else:
            for _, message, hint in unknown_functions(text.read, oldest):
                yield text.alert.origin.finding(f"`{text.name}` {message}", hint)
            for message in _unasked(text.read, oldest):
                yield text.alert.origin.finding(f"`{text.name}` {message}")


def _unasked(template: Template, oldest: Version) -> Iterator[str]:
    for query in template.queries:
        try:
            parse(query.text, version=oldest)
        except ParseError as error:
            yield f"asks `{query.text}`, which is no PromQL: {error.message}"


@check("alert/template-label")
def lost_label(fleet: Fleet) -> Iterator[Finding]:
    """
    A text of an alert names a label that its expression does not have.

    It stays empty where somebody looks for what is wrong: "node  is down". An aggregation has dropped the label (add it
    to `by`), or it is misspelt. `$labels` holds what the expression yields, and not what the alert adds: of `severity`
    or `owner` there is nothing.
    """
    for text in _all(fleet):
        if isinstance(text.read, Template):
            labels = text.plan.world.typed(text.alert.expr).type.labels
            for _, message, hint in lost_labels(text.read, labels):
                yield text.alert.origin.finding(f"`{text.name}` {message}", hint)


@check("alert/template-value", severity="warning")
def misread_value(fleet: Fleet) -> Iterator[Finding]:
    """
    A text of an alert writes its value as if it had another unit.

    `humanizePercentage` takes a ratio from 0 to 1, `humanizeDuration` seconds, `humanize1024` bytes. `{value}` is
    written by the unit of the expression.
    """
    for text in _all(fleet):
        if isinstance(text.read, Template):
            typed = text.plan.world.typed(text.alert.expr)
            for _, message, hint in misread(text.read, typed.unit(typed.root)):
                yield text.alert.origin.finding(f"`{text.name}` {message}", hint)


def _all(fleet: Fleet) -> Iterator[Text]:
    for plan in fleet.plans:
        yield from texts(plan)

"""Annotations and labels of alerts, which are Go templates, against what their expression leaves."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from functools import lru_cache

import attrs

from watchwright.finding import Finding, check
from watchwright.gotemplate import FUNCTIONS, Query, Template, TemplateError, read
from watchwright.lower import names
from watchwright.lower.plan import Alerting, Fleet, Plan
from watchwright.query.cursor import ParseError
from watchwright.query.parser import parse
from watchwright.query.units import Unit, unit
from watchwright.query.version import Version, parse_version
from watchwright.semantics.labels import Labels


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
            for message, hint in (*unknown_functions(text.read, oldest), *_unasked(text.read, oldest)):
                yield text.alert.origin.finding(f"`{text.name}` {message}", hint)


def _unasked(template: Template, oldest: Version) -> Iterator[tuple[str, str]]:
    for query in template.queries:
        try:
            parse(query.text, version=oldest)
        except ParseError as error:
            yield f"asks `{query.text}`, which is no PromQL: {error.message}", ""


def unknown_functions(template: Template, oldest: Version) -> Iterator[tuple[str, str]]:
    """What a template calls that a Prometheus of that version does not know: a message and a hint."""
    for each in template.unknown:
        close = difflib.get_close_matches(each.name, FUNCTIONS, 1)
        yield f"calls `{each.name}`, which is no function", f"did you mean `{close[0]}`?" if close else ""
    for each in template.functions:
        since = FUNCTIONS.get(each.name)
        if since is not None and oldest < since:
            yield f"calls `{each.name}`, which Prometheus has from {'.'.join(map(str, since))} on", ""


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
            for message, hint in lost_labels(text.read, labels):
                yield text.alert.origin.finding(f"`{text.name}` {message}", hint)


def lost_labels(template: Template, labels: Labels) -> Iterator[tuple[str, str]]:
    """The labels that a template reads and an expression lacks: a message and a hint."""
    for name in dict.fromkeys(each.name for each in template.labels):
        if labels.lacks(name):
            yield f"names the label `{name}`, which the expression does not have", _hint(name, labels)


_OF_ALERTS = frozenset({"alertname", names.SEVERITY, names.SYSTEM, names.OWNER})


def _hint(name: str, labels: Labels) -> str:
    if name in _OF_ALERTS:
        return "it is a label of the alert, and `$labels` holds those of the expression"
    return hint_of(name, labels.names)


def hint_of(name: str, known: Iterable[str]) -> str:
    """What could have been meant."""
    listed = sorted(known)
    close = difflib.get_close_matches(name, listed, 1)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"it has {', '.join(listed)}" if listed else "it has no labels: aggregate `by` those that are wanted"


# https://prometheus.io/docs/prometheus/latest/configuration/template_reference/#numbers
_FORMATS = {"humanizePercentage": unit("ratio"), "humanizeDuration": unit("s"), "humanize1024": unit("bytes")}


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
            for message in misread(text.read, typed.unit(typed.root)):
                yield text.alert.origin.finding(f"`{text.name}` {message}", "write `{value}`")


def misread(template: Template, measured: Unit | None) -> Iterator[str]:
    """The functions of a template that take the value for something else than it is."""
    for name in dict.fromkeys(each.name for each in template.formats):
        wanted = _FORMATS.get(name)
        if wanted is None or measured is None:
            continue
        if wanted.factor != measured.factor or wanted.measured != measured.measured or measured.is_count:
            yield f"writes the value with `{name}`, which is for {wanted}, not for {measured}"


def _all(fleet: Fleet) -> Iterator[Text]:
    for plan in fleet.plans:
        yield from texts(plan)

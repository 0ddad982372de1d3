"""
Rule files and PrometheusRule manifests: what `promtool check rules` reads, and what it refuses about their shape.

Source: `model/rulefmt/rulefmt.go` of Prometheus 2.42 and 3.14. Expressions and templates are looked at elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import attrs

from watchwright.finding import Finding, reports
from watchwright.foreign.faults import empty, wrong_kind
from watchwright.foreign.files import Read
from watchwright.foreign.manifests import held, is_manifest, unwrapped
from watchwright.foreign.placed import Mapping, Node, Text
from watchwright.foreign.shapes import Keys, Shapes
from watchwright.query.grammar import METRIC_NAME, QUOTED_NAMES_SINCE
from watchwright.query.version import Version
from watchwright.source import Source

_ALWAYS: Version = (0, 0)
_GROUP: Keys = {
    **dict.fromkeys(("name", "interval", "limit", "rules"), _ALWAYS),
    "query_offset": (2, 53),
    "labels": (3, 0),
}
#: The operator knows this one, for Thanos, and Prometheus does not.
_IN_MANIFESTS: Keys = {"partial_response_strategy": _ALWAYS}
_RULE: Keys = {
    **dict.fromkeys(("record", "alert", "expr", "for", "labels", "annotations"), _ALWAYS),
    "keep_firing_for": (2, 42),
}
_NOT_RECORDED = ("for", "keep_firing_for", "annotations")


@attrs.frozen(eq=False)
class Rule:
    """One rule; durations in milliseconds, 0 where none is given."""

    kind: Literal["alert", "record"]
    name: Text
    expr: Text
    subject: str
    for_: int = 0
    keep_firing_for: int = 0
    labels: dict[str, Text] = attrs.field(factory=dict)
    annotations: dict[str, Text] = attrs.field(factory=dict)


@attrs.frozen(eq=False)
class Group:
    """A group of rules; *interval* in milliseconds, None where the server's own holds."""

    name: str
    interval: int | None
    labels: dict[str, Text]
    rules: tuple[Rule, ...]


@attrs.frozen(eq=False)
class Rules:
    """The groups of a file, and what is wrong with its shape."""

    groups: tuple[Group, ...]
    findings: tuple[Finding, ...]

    @property
    def rules(self) -> Iterator[tuple[Group, Rule]]:
        """Each rule with its group."""
        return ((group, rule) for group in self.groups for rule in group.rules)


@reports("rules/group")
def repeated_group(source: Source, name: str, first: Source) -> Finding:
    """
    Two groups of one file have the same name.

    Prometheus refuses the file. Name one of them otherwise, or make one group of them.
    """
    return Finding(f"two groups are named `{name}`", source, f"group {name}", hint=f"the other one is at {first.place}")


@reports("rules/duplicate", severity="warning")
def duplicate(rule: Rule, other: Rule) -> Finding:
    """
    Two rules of one file have the same name and labels.

    Two recording rules then write the same series, and what is read is whichever came last; two alerts cannot be told
    apart by whoever is woken. Tell them apart by a label, or leave one out. `promtool check rules` says the same.
    """
    message = f"another {rule.kind} has the name `{rule.name.value}` and the same labels"
    return Finding(message, rule.name.source, rule.subject, hint=f"the other one is at {other.name.source.place}")


@reports("rules/documents", severity="warning")
def unread(source: Source) -> Finding:
    """
    A rule file has a second document, and Prometheus reads only the first.

    What stands behind `---` is never evaluated, and neither Prometheus nor promtool says so. Put all groups into one
    document, or into files of their own.
    """
    return Finding("Prometheus does not read this document: it takes the first of a file alone", source)


def read_rules(read: Read, version: Version) -> Rules:
    """All groups of a file, whatever is wrong with it."""
    shapes = Shapes(version, list(read.findings))
    reader = _Reader(shapes)
    plain = 0
    for document in unwrapped(read.documents):
        if isinstance(document, Mapping) and is_manifest(document):
            reader.manifest(document)
        elif isinstance(document, Mapping) and document.entries and "groups" not in document.entries:
            if not read.given.found:
                shapes.findings.append(wrong_kind(str(read.given), "rule file", "has no `groups`", document.source))
        elif isinstance(document, Mapping) and ("groups" in document.entries or not read.given.found):
            reader.file(document)
            plain += 1
            shapes.findings += [unread(document.source)] if plain > 1 else []
        elif not read.given.found and not _is_nothing(document):
            shapes.findings.append(wrong_kind(str(read.given), "rule file", "is no mapping", document.source))
    if not (read.given.found or reader.seen or shapes.findings):
        shapes.findings.append(_nothing(read))
    return Rules(tuple(reader.groups), tuple(shapes.findings))


def _nothing(read: Read) -> Finding:
    if all(_is_nothing(each) for each in read.documents):
        return empty(str(read.given))
    kinds = {each.value("kind") for each in unwrapped(read.documents) if isinstance(each, Mapping)}
    return wrong_kind(str(read.given), "rule file", f"holds {', '.join(sorted(kinds))}")


def _is_nothing(document: Node) -> bool:
    return isinstance(document, Text) and document.is_null


@attrs.define(eq=False)
class _Reader:
    shapes: Shapes
    groups: list[Group] = attrs.field(factory=list)
    seen: bool = False

    def manifest(self, document: Mapping) -> None:
        kind = document.value("kind")
        if kind == "PrometheusRule":
            spec = document.mapping("spec")
            self.file(spec or Mapping(document.page, document.start), _IN_MANIFESTS)
        elif kind == "ConfigMap":
            documents, findings = held(document, lambda _, text: text.lstrip().startswith("groups:"))
            self.shapes.findings += findings
            for each in documents:
                if isinstance(each, Mapping):
                    self.file(each)

    def file(self, document: Mapping, more: Keys | None = None) -> None:
        self.seen = True
        self.shapes.keys(document, {"groups": _ALWAYS}, "a rule file")
        nodes = self.shapes.sequence(document, "groups", "")
        groups = [group for node in nodes if (group := self.group(node, _GROUP | (more or {}))) is not None]
        self.groups += groups
        self.shapes.findings += (*_repeated(document), *_duplicates(rule for group in groups for rule in group.rules))

    def group(self, node: Node, known: Keys) -> Group | None:
        shapes = self.shapes
        if not isinstance(node, Mapping):
            shapes.wrong(node, "a group is a mapping with `name` and `rules`")
            return None
        name = shapes.scalar(node, "name", "")
        subject = f"group {name.value}" if name else "group"
        if name is None or not name.value:
            shapes.wrong(name or node, "a group has a `name`")
        shapes.keys(node, known, "a group", subject)
        shapes.duration(node, "query_offset", subject)
        shapes.integer(node, "limit", subject)
        rules = [
            self.rule(each, subject, number)
            for number, each in enumerate(shapes.sequence(node, "rules", subject), start=1)
        ]
        return Group(
            name.value if name else "",
            shapes.duration(node, "interval", subject),
            shapes.labels(node, "labels", subject),
            tuple(rule for rule in rules if rule is not None),
        )

    def rule(self, node: Node, within: str, number: int) -> Rule | None:
        shapes = self.shapes
        subject = f"{within} / rule {number}"
        if not isinstance(node, Mapping):
            shapes.wrong(node, "a rule is a mapping with `expr`, and with `alert` or `record`", subject)
            return None
        alert, record, expr = (_written(node, key) for key in ("alert", "record", "expr"))
        name = record or alert
        kind: Literal["alert", "record"] = "record" if record else "alert"
        if name is not None:
            subject = f"{within} / {kind} {name.value}"
        shapes.keys(node, _RULE, "a rule", subject)
        if alert and record:
            shapes.wrong(alert, "a rule is an `alert` or a `record`, and not both", subject)
        if name is None:
            shapes.wrong(node, "a rule has an `alert` or a `record`", subject)
        if expr is None:
            shapes.wrong(node.entries.get("expr", node), "a rule has an `expr`", subject)
        for_, keep = (shapes.duration(node, key, subject) or 0 for key in ("for", "keep_firing_for"))
        labels, annotations = (shapes.labels(node, key, subject) for key in ("labels", "annotations"))
        if record:
            self.recording(node, record, (for_, keep, len(annotations)), subject)
        if name is None or expr is None:
            return None
        return Rule(kind, name, expr, subject, for_, keep, labels, annotations)

    def recording(self, node: Mapping, name: Text, given: tuple[int, ...], subject: str) -> None:
        for key, value in zip(_NOT_RECORDED, given, strict=True):
            if value:
                self.shapes.wrong(node.keys[key], f"only an alert has `{key}`", subject)
        if self.shapes.version >= QUOTED_NAMES_SINCE:
            if "{" in name.value or "}" in name.value:
                self.shapes.wrong(name, f"`{name.value}` has braces: labels go into `labels`", subject)
        elif not METRIC_NAME.fullmatch(name.value):
            self.shapes.wrong(name, f"`{name.value}` is no name of a series", subject)


def _repeated(document: Mapping) -> Iterator[Finding]:
    first: dict[str, Text] = {}
    for group in document.mappings("groups"):
        name = group.text("name")
        if name is not None and first.setdefault(name.value, name) is not name:
            yield repeated_group(name.source, name.value, first[name.value].source)


def _duplicates(rules: Iterable[Rule]) -> Iterator[Finding]:
    first: dict[object, Rule] = {}
    for rule in rules:
        labels = frozenset((name, value.value) for name, value in rule.labels.items())
        other = first.setdefault((rule.kind, rule.name.value, labels), rule)
        if other is not rule:
            yield duplicate(rule, other)


def _written(node: Mapping, key: str) -> Text | None:
    """A name or an expression, be it a number, unless it is nothing."""
    found = node.get(key)
    return found if isinstance(found, Text) and found.value else None

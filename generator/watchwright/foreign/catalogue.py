"""
What is known of metrics: from what a target answers on /metrics, or from Prometheus' own list of metadata.

Which of them a file is, its content tells. Either is what somebody saw once: labels that a target has beside those
exposed, and whole metrics, may be missing from it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

import attrs

from watchwright.finding import Finding, reports
from watchwright.foreign import jsons
from watchwright.foreign.faults import wrong_kind
from watchwright.foreign.files import Given, page
from watchwright.foreign.placed import Mapping, Node, Page, Sequence
from watchwright.model.error import DefinitionError
from watchwright.model.exposition import Family, parse
from watchwright.source import Place, Source

_UNIT = re.compile(r"^# UNIT (\S+) (\S+)[ \t]*$", re.MULTILINE)
_LINE = re.compile(r"line (\d+) is no exposition")
_OPEN_METRICS = re.compile(r"^# EOF\s*\Z", re.MULTILINE)
# what OpenMetrics adds to the names of the samples of a family, and the name of the family leaves out
_SUFFIXES = {"counter": ("_total", "_created"), "info": ("_info",), "gaugehistogram": ("_bucket", "_gcount", "_gsum")}
_UNTYPED = frozenset({"", "unknown", "untyped"})


@attrs.frozen
class Declared:
    """A metric that somebody has seen: *type* is Prometheus' word, *bounds* are finite ones of buckets."""

    name: str
    type: str
    unit: str = ""
    labels: tuple[str, ...] = ()
    bounds: tuple[Decimal, ...] = ()

    def merged(self, other: Declared) -> Declared:
        """What is certain where two targets expose the name: what they agree on, or one alone knows."""
        if self.type in _UNTYPED or other.type in _UNTYPED:
            return other if self.type in _UNTYPED else self
        if self.type != other.type:
            return Declared(self.name, "unknown")
        return Declared(
            self.name,
            self.type,
            self.unit if self.unit == other.unit else "",
            tuple(dict.fromkeys((*self.labels, *other.labels))),
            self.bounds if self.bounds == other.bounds else (),
        )


@attrs.frozen(eq=False)
class Catalogue:
    """Metrics by the names of their families, and what is wrong with the files."""

    metrics: dict[str, Declared]
    findings: tuple[Finding, ...] = ()


@reports("file/exposition")
def no_exposition(file: str, line: int, problem: str) -> Finding:
    """
    A file given with `--metrics` is no exposition.

    Prometheus would refuse the whole scrape. Take it from the target as it is: `curl -s target:port/metrics`.
    """
    return Finding(problem, Source((Place(file, line),)))


def read_catalogue(files: Iterable[Given]) -> Catalogue:
    """All metrics of the files; where they say different things of one, nothing is certain."""
    metrics: dict[str, Declared] = {}
    findings: list[Finding] = []
    for file in files:
        text = page(file)
        found, wrong = ([], [text]) if isinstance(text, Finding) else _declared(text)
        findings += [] if file.found else wrong  # in a folder there may be anything
        for each in found:
            metrics[each.name] = metrics[each.name].merged(each) if each.name in metrics else each
    return Catalogue(metrics, tuple(findings))


def _declared(text: Page) -> tuple[list[Declared], list[Finding]]:
    if not text.text.lstrip().startswith("{"):
        return _exposed(text)
    documents, findings = jsons.read(text)
    found = [each for document in documents for each in _answered(document)]
    if documents and not found:
        findings = [*findings, wrong_kind(text.file, "list of metrics", "is JSON without `data` of metadata")]
    return found, findings


def _exposed(text: Page) -> tuple[list[Declared], list[Finding]]:
    try:
        families = list(parse(text.text))
    except DefinitionError as error:
        line = _LINE.match(error.message)
        return [], [no_exposition(text.file, int(line[1]) if line else 1, error.message)]
    units = dict(_UNIT.findall(text.text))
    if _OPEN_METRICS.search(text.text):
        families = list(_joined(families))
    return [_of(family, units.get(family.name, "")) for family in families], []


def _of(family: Family, unit: str) -> Declared:
    finite = tuple(sorted(bound for bound in family.bounds if bound.is_finite()))
    return Declared(family.name, family.type, unit, tuple(family.labels), finite)


def _joined(families: Iterable[Family]) -> Iterator[Family]:
    """OpenMetrics names a family `x` whose samples are `x_total`; Prometheus knows the samples alone."""
    known = {family.name: family for family in families}
    for family in known.values():
        own = [known[name] for name in _samples(family) if name in known]
        for each in own:
            each.type = family.type
        if not own or family.labels:
            yield family


def _samples(family: Family) -> Iterator[str]:
    return (family.name + suffix for suffix in _SUFFIXES.get(family.type, ()) if suffix != "_created")


def _answered(document: Node) -> Iterator[Declared]:
    data = document.entries.get("data") if isinstance(document, Mapping) else None
    if isinstance(data, Mapping):
        for name, entries in data.entries.items():
            yield from _metadata(name, entries)
    elif isinstance(data, Sequence):
        for entry in data.items:
            if isinstance(entry, Mapping) and entry.value("metric"):
                yield from _named(Declared(entry.value("metric"), entry.value("type"), entry.value("unit")))


def _metadata(name: str, entries: Node) -> Iterator[Declared]:
    """Several targets may say several things; then nothing is certain but the name."""
    said = [each for each in entries.items if isinstance(each, Mapping)] if isinstance(entries, Sequence) else []
    known = [Declared(name, each.value("type"), each.value("unit")) for each in said]
    if known:
        yield from _named(functools.reduce(Declared.merged, known))


def _named(metric: Declared) -> Iterator[Declared]:
    """The metric, and what a target that speaks OpenMetrics calls its samples: Prometheus lists the family."""
    yield metric
    for suffix in _SUFFIXES.get(metric.type, ())[:1]:
        if not metric.name.endswith(suffix):
            yield attrs.evolve(metric, name=metric.name + suffix)

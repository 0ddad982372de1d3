"""What can be wrong with a file, before anything in it is looked at."""

from __future__ import annotations

from watchwright.finding import Finding, reports
from watchwright.foreign.placed import Page, Text
from watchwright.source import Place, Source

#: Nobody nests that deep by hand; libyaml takes minutes for what does so by 200 times that, or gives up at 1,000.
DEEPEST = 500


@reports("file/unreadable")
def unreadable(file: str, problem: str, line: int = 1, column: int = 1) -> Finding:
    """
    A file cannot be read as text.

    It is none of yours to read, a folder, or not UTF-8. Prometheus and Grafana take UTF-8 alone; the place is that
    of the first byte which is none.
    """
    return Finding(problem, Source((Place(file, line, column),)))


@reports("file/syntax")
def malformed(page: Page, offset: int, problem: str, hint: str = "") -> Finding:
    """
    A file is neither YAML nor JSON.

    What comes behind the place was not read. A file of templates (Helm, Jsonnet) has to be rendered first.
    """
    return Finding(problem, Source((page.place(offset),)), hint=hint)


@reports("file/duplicate-key")
def duplicate_key(key: Text, before: Text) -> Finding:
    """
    A mapping has a key twice.

    Prometheus refuses the file; Grafana takes the last of them and forgets the others. Leave one.
    """
    return Finding(f"the key `{key.value}` stands twice", key.source, hint=f"first at {before.source.place}")


@reports("file/kind")
def wrong_kind(file: str, expected: str, seen: str, source: Source | None = None) -> Finding:
    """
    A file that was named is not of the kind it was named as.

    `--rules` takes rule files of Prometheus and PrometheusRule manifests, `--dashboards` takes dashboards as Grafana
    exports them or answers with, in ConfigMaps and GrafanaDashboard manifests too, `--metrics` takes what a target
    answers on /metrics, and the answers of Prometheus to /api/v1/metadata and /api/v1/targets/metadata. Files found
    in a folder that are something else are passed over.
    """
    return Finding(f"this is no {expected}: it {seen}", source or Source((Place(file, 1, 1),)))


@reports("file/empty", severity="warning")
def empty(file: str) -> Finding:
    """A file that was named says nothing. Prometheus takes it, and loads no rule."""
    return Finding("the file is empty", Source((Place(file, 1, 1),)))

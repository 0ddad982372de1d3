"""Kubernetes' envelopes: lists, and ConfigMaps that hold whole files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from watchwright.finding import Finding
from watchwright.foreign.files import documents_of
from watchwright.foreign.placed import Mapping, Node, Page, Text


def is_manifest(document: Node) -> bool:
    """Whether Kubernetes is meant to read it."""
    return isinstance(document, Mapping) and {"apiVersion", "kind"} <= document.entries.keys()


def unwrapped(documents: Iterable[Node]) -> Iterator[Node]:
    """The documents, and the items of those that are Kubernetes' lists in their place."""
    waiting = [*documents][::-1]
    while waiting:
        document = waiting.pop()
        if isinstance(document, Mapping) and is_manifest(document) and document.value("kind").endswith("List"):
            waiting += document.items("items")[::-1]
        else:
            yield document


def held(config_map: Mapping, wanted: Callable[[str, str], bool]) -> tuple[list[Node], list[Finding]]:
    """The documents of those files of a ConfigMap that are *wanted* by their names and contents."""
    data = config_map.mapping("data")
    documents: list[Node] = []
    findings: list[Finding] = []
    for name, value in data.entries.items() if data else ():
        if isinstance(value, Text) and wanted(name, value.value):
            inner, wrong = embedded(value, json=name.endswith(".json"))
            documents += inner
            findings += wrong
    return documents, findings


def embedded(value: Text, *, json: bool) -> tuple[list[Node], list[Finding]]:
    """The documents of a file that is the text of a scalar."""
    return documents_of(Page(value.page.file, value.value, within=value), json=json)

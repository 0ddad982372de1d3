"""Texts of files as the foreign readers see them, without a file."""

from __future__ import annotations

import textwrap
from pathlib import Path

from watchwright.finding import Finding
from watchwright.foreign import jsons, yamls
from watchwright.foreign.check import Checked, check
from watchwright.foreign.placed import Mapping, Node, Page, Text


def yaml_of(text: str) -> Mapping:
    """The one document of a text in YAML."""
    documents, findings = yamls.read(Page("a.yaml", text))
    assert [] == findings
    assert isinstance(documents[0], Mapping)
    return documents[0]


def json_of(text: str) -> Node:
    """The document of a text in JSON."""
    documents, findings = jsons.read(Page("a.json", text))
    assert [] == findings
    return documents[0]


def scalar(node: Mapping, key: str = "expr") -> Text:
    """The scalar of a key."""
    found = node.text(key)
    assert found is not None
    return found


def character(text: str, line: int, column: int | None) -> str:
    """What stands at a place of a file, as an editor counts."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[line - 1][(column or 0) - 1 : column]


def written(folder: Path, files: dict[str, str]) -> None:
    """Files in a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(textwrap.dedent(text), "utf-8")


def checked(folder: Path, *rules: str, dashboards: tuple[str, ...] = (), metrics: tuple[str, ...] = ()) -> Checked:
    """What is found in files of a folder, for Prometheus 2.42."""
    several = [[folder / name for name in names] for names in (rules, dashboards, metrics)]
    return check(*several, (2, 42))


def said(findings: tuple[Finding, ...]) -> list[tuple[str, int, int | None, str]]:
    """Id, line, column and message of each."""
    places = [(each, each.source.place) for each in findings]
    return [(each.id, place.line, place.column, each.message) for each, place in places if place is not None]

"""The queries of the committed boards, as Grafana would send them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from workbench import ROOT

# What Grafana puts in the place of its own variables, over an hour in steps of 15 s.
_GLOBALS = {
    "__rate_interval": "1m",
    "__interval": "15s",
    "__interval_ms": "15000",
    "__range": "1h",
    "__range_s": "3600",
    "__range_ms": "3600000",
}
_VARIABLE = re.compile(r"\$\{(\w+)(?::\w+)?\}|\$(\w+)|\[\[(\w+)\]\]")


@attrs.frozen(kw_only=True)
class BoardQuery:
    """A query, and where it stands: board, and panel, variable or annotation."""

    board: str
    place: str
    expr: str

    def __str__(self) -> str:
        """As a test's id."""
        return f"{self.board}: {self.place}"


def queries(system: str) -> list[BoardQuery]:
    """Every query of every board of a system."""
    return [query for file in sorted((ROOT / "dashboards" / system).glob("*.json")) for query in _of(file)]


def _of(file: Path) -> Iterator[BoardQuery]:
    board = json.loads(file.read_text("utf-8"))
    for place, expr in (*_panels(board["panels"]), *_variables(board), *_annotations(board)):
        yield BoardQuery(board=file.stem, place=place, expr=filled(expr))


def _panels(panels: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for panel in panels:
        for target in panel.get("targets", ()):
            yield f"panel {panel['title']} {target['refId']}", target["expr"]
        yield from _panels(panel.get("panels", []))


def _variables(board: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            yield f"variable {variable['name']}", _asked(variable["query"]["query"])


def _asked(query: str) -> str:
    """The PromQL in a variable's query: the selector of `label_values(...)`, or what `query_result(...)` asks."""
    if found := re.fullmatch(r"label_values\((.*),\s*(\w+)\)", query):
        return f"group by ({found[2]}) ({found[1]})"
    if found := re.fullmatch(r"query_result\((.*)\)", query, re.DOTALL):
        return found[1]
    msg = f"a variable's query of a kind that nobody here reads: {query}"
    raise AssertionError(msg)


def _annotations(board: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for annotation in board["annotations"]["list"]:
        expr = annotation.get("expr") or annotation.get("target", {}).get("expr")
        if expr:
            yield f"annotation {annotation['name']}", expr


def filled(expr: str) -> str:
    """With every variable filled in: all values of the board's own."""
    return _VARIABLE.sub(lambda found: _GLOBALS.get("".join(filter(None, found.groups())), ".*"), expr)

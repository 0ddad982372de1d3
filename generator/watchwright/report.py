"""Findings for people and for programs. Findings are data; only this module prints them."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

import click

from watchwright.finding import Finding

if TYPE_CHECKING:
    from watchwright.lower.plan import Fleet

_COLOURS = {"error": "red", "warning": "yellow"}


def coloured(stream: TextIO) -> bool:
    """Whether to write colours: on a terminal, unless https://no-color.org is asked for."""
    return stream.isatty() and not os.environ.get("NO_COLOR")


def as_text(finding: Finding) -> str:
    """One finding as people read it: place, severity, message, id; then its object and a hint."""
    place = finding.source.place
    where = f"{place}: " if place else ""
    severity: str = finding.severity
    if coloured(sys.stderr):
        severity = click.style(severity, fg=_COLOURS[finding.severity], bold=True)
    lines = [f"{where}{severity}: {_visible(finding.message)} [{finding.id}]"]
    lines += [f"    called from {caller}" for caller in finding.source.places[1:]]
    if finding.subject:
        lines.append(f"    in {_visible(finding.subject)}")
    if finding.excerpt:
        lines.append(f"        {_visible(finding.excerpt)}")
    if finding.hint:
        lines.append(f"    hint: {_visible(finding.hint)}")
    return "\n".join(lines)


def _visible(text: str) -> str:
    """What a definition or a tool wrote, with nothing in it that a terminal would obey; lines are indented."""
    lines = ("".join(c if c.isprintable() else ascii(c)[1:-1] for c in line) for line in text.split("\n"))
    return "\n        ".join(lines)


def as_json(findings: Iterable[Finding]) -> str:
    """All findings as a JSON array; what is unknown is null."""
    return json.dumps([_entry(finding) for finding in findings], indent=2, ensure_ascii=False)


def _entry(finding: Finding) -> dict[str, object]:
    place = finding.source.place
    return {
        "id": finding.id,
        "severity": finding.severity,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "path": finding.subject or None,
        "message": finding.message,
        "excerpt": finding.excerpt or None,
        "hint": finding.hint or None,
    }


def summary(findings: Iterable[Finding]) -> str:
    """How many of each severity."""
    found = list(findings)
    counts = {severity: sum(each.severity == severity for each in found) for severity in ("error", "warning")}
    return ", ".join(_counted(count, severity) for severity, count in counts.items() if count)


def contents(fleet: Fleet) -> str:
    """How much there is of what a fleet is made of."""
    counts: Counter[str] = Counter({"system": len(fleet.plans)})
    for plan in fleet.plans:
        rules = sum(len(file.rules) for file in plan.files)
        counts += Counter(
            {
                "metric": len(plan.metrics),
                "recording rule": rules - len(plan.alerts),
                "alert": len(plan.alerts),
                "SLO": len(plan.promises),
                "board": len(plan.boards),
                "panel": sum(len(board.panels) for board in plan.boards),
                "sampling entry": sum(1 + len(each.operations) for each in plan.sampling),
                "job": len(plan.jobs),
            }
        )
    return ", ".join(_counted(count, what) for what, count in counts.items())


def _counted(count: int, what: str) -> str:
    many = f"{what.removesuffix('y')}ies" if what.endswith("y") else f"{what}s"
    return f"{count} {what if count == 1 else many}"

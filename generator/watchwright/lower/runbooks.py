"""The runbook of each alert: where its page lies, and what it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import attrs

from watchwright.lower import names
from watchwright.lower.plan import Alerting, Origin, Recording, Runbook
from watchwright.model.alert import Alert
from watchwright.model.environment import Environment
from watchwright.model.platform import Platform
from watchwright.model.system import System
from watchwright.query.tree import Selector, walk

#: Where pages are rendered to, below the output folder; each of several environments has a folder in it.
FOLDER = "docs/runbooks"
#: What the name of a page ends with that a person writes beside a rendered one.
NOTES = ".notes.md"


def page(alert: Alert, system: System) -> str:
    """The path of an alert's page below the folder of runbooks, without an ending."""
    return f"{system.name}/{alert.runbook or names.runbook(alert.name)}"


def folder(environment: Environment) -> str:
    """Where the pages of an environment are rendered to, below the output folder."""
    return f"{FOLDER}/{environment.folder}".rstrip("/")


def read_at(platform: Platform, environment: Environment) -> Platform:
    """The platform with the URL of this environment's pages."""
    base = platform.runbooks.rstrip("/")
    return attrs.evolve(platform, runbooks=f"{base}/{environment.folder}" if base and environment.folder else base)


def runbook_url(alert: Alert, system: System, platform: Platform) -> str:
    """The URL of an alert's runbook; empty where nobody says under which URL the pages are read."""
    return alert.runbook if alert.elsewhere else page_url(page(alert, system), platform)


def page_url(path: str, platform: Platform) -> str:
    """The URL of a page; empty where nobody says under which URL the pages are read."""
    return f"{platform.runbooks}/{path}.md" if platform.runbooks else ""


def runbooks(
    alerts: Iterable[tuple[Alert, Origin]],
    rules: Iterable[Alerting],
    recorded: Mapping[str, Recording],
    system: System,
    notes: frozenset[str],
) -> Iterator[Runbook]:
    """The pages of a system's alerts, in the order of their rules, but for those that have one elsewhere."""
    for (alert, _), rule in zip(alerts, rules, strict=True):
        if not alert.elsewhere:
            path = page(alert, system)
            yield Runbook(
                page=path,
                alert=alert,
                rule=rule,
                recorded=tuple(_read(rule, recorded)),
                notes=f"{path}{NOTES}" in notes,
            )


def _read(rule: Alerting, recorded: Mapping[str, Recording]) -> Iterator[Recording]:
    """The recorded series that a rule reads, and those that these read, each once."""
    waiting, seen = [rule.expr], set[str]()
    while waiting:
        for node in walk(waiting.pop()):
            name = node.name if isinstance(node, Selector) else ""
            if name in recorded and name not in seen:
                seen.add(name)
                waiting.append(recorded[name].expr)
                yield recorded[name]

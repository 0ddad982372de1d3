"""Whatever can be wrong with a lowered fleet: one file a subject, one function an id."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from watchwright.checks import expressions
from watchwright.finding import Finding, checks

if TYPE_CHECKING:
    from watchwright.lower.plan import Fleet

_SUBJECTS = (
    "alerts",
    "cases",
    "dashboards",
    "environments",
    "flags",
    "indicators",
    "jaeger",
    "jobs",
    "kubernetes",
    "legends",
    "metrics",
    "provisioning",
    "rulers",
    "rules",
    "runbooks",
    "sampling",
    "servers",
    "slos",
    "systems",
    "templates",
)


def load() -> None:
    """Import every check, those of installed packages (entry points `watchwright.checks`) included."""
    for subject in _SUBJECTS:
        import_module(f"watchwright.checks.{subject}")
    expressions.load()


def run(fleet: Fleet) -> tuple[Finding, ...]:
    """The findings of every check."""
    load()
    from watchwright.checks import queries  # noqa: PLC0415 - it knows plans, and checks of files have none

    found = (finding for check in checks() for finding in check.run(fleet))
    return (*found, *queries.findings(fleet))

"""Runbooks."""

from __future__ import annotations

from collections.abc import Iterator

from watchwright.finding import Finding, check
from watchwright.lower.plan import Fleet, Runbook
from watchwright.lower.runbooks import NOTES, folder
from watchwright.source import Place, Source


@check("runbook/duplicate")
def one_page(fleet: Fleet) -> Iterator[Finding]:
    """
    Two alerts of a system have the same runbook page.

    Each page is rendered from one alert. Give one of them another `runbook=`, or none: then it is named after
    its alert.
    """
    for plan in fleet.plans:
        seen: dict[str, Runbook] = {}
        for runbook in plan.runbooks:
            other = seen.setdefault(runbook.page, runbook)
            if other is not runbook and other.alert.name != runbook.alert.name:
                message = f"`{runbook.alert.name}` has the runbook `{runbook.page}.md` of `{other.alert.name}`"
                yield runbook.rule.origin.finding(message, "leave out `runbook=`, and it is named after its alert")


@check("runbook/notes", severity="warning")
def orphaned_notes(fleet: Fleet) -> Iterator[Finding]:
    """
    A page of notes lies beside no runbook.

    Notes are linked from the runbook whose name they have. Its alert was renamed or is gone: rename the notes
    after another alert, or remove them.
    """
    pages = {f"{runbook.page}{NOTES}" for plan in fleet.plans for runbook in plan.runbooks}
    for notes in sorted(fleet.notes - pages):
        place = Place(f"{folder(fleet.environment)}/{notes}", 1)
        message = f"no alert has the runbook that `{notes}` belongs to"
        yield Finding(message, source=Source((place,)), subject="platform / runbooks", accept=fleet.platform.accept)

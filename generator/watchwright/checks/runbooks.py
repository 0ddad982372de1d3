"""Runbooks."""

from __future__ import annotations

from collections.abc import Iterator

from watchwright.finding import Finding, check
from watchwright.lower.plan import Fleet
from watchwright.lower.runbooks import FOLDER, NOTES
from watchwright.source import Place, Source


@check("runbook/notes", severity="warning")
def orphaned_notes(fleet: Fleet) -> Iterator[Finding]:
    """
    A page of notes lies beside no runbook.

    Notes are linked from the runbook whose name they have. Its alert was renamed or is gone: rename the notes
    after another alert, or remove them.
    """
    pages = {f"{runbook.page}{NOTES}" for plan in fleet.plans for runbook in plan.runbooks}
    for notes in sorted(fleet.notes - pages):
        place = Place(f"{FOLDER}/{notes}", 1)
        yield Finding(f"no alert has the runbook that `{notes}` belongs to", source=Source((place,)))

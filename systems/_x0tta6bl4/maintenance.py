"""Whether maintenance is done when it is due."""

from watchwright import Alert, Case, Instant

from .metrics import maintenance_tasks

overdue = maintenance_tasks.where(state="overdue").max()  # each replica exposes the same schedule


def _overdue(pod: str = "p-0:8000") -> Instant:
    return maintenance_tasks.where(state="overdue", instance=pod)


maintenance_overdue = Alert(
    "MaintenanceOverdue",
    expr=overdue > 0,
    for_="1h",  # a technician may be late by as much
    severity="ticket",
    summary="{value} maintenance tasks are overdue",
    description="They should have begun an hour ago at least. An asset that waits for its maintenance fails as it was "
    "predicted to.",
    check_first=[
        "Which assets? *Next maintenance of each asset* has them first, with their risk.",
        "Did tasks fail, or were they cancelled? The panel *Finished tasks* tells.",
        "Is the schedule itself wrong? More tasks may have been put on a day than there are people for.",
    ],
    tests=[
        Case(
            "a task that is overdue for an hour fires, and resolves",
            given={_overdue(): "0x10 1x80 0x20", _overdue("p-1:8000"): "0x10 1x80 0x20"},
            fires={"65m": [], "75m": [{}], "95m": []},
        ),
        Case("one that is done within the hour is silent", given={_overdue(): "0x10 1x50 0x80"}, fires={"80m": []}),
        Case("one that is put off for a moment is silent", given={_overdue(): "1x58 0 1x50"}, fires={"100m": []}),
        Case("nothing overdue is silent", given={_overdue(): "0x100"}, fires={"95m": []}),
    ],
)

alerts = [maintenance_overdue]

"""Two states, part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watchwright.diff.alerts import alerts
from watchwright.diff.boards import boards
from watchwright.diff.change import Change, ordered
from watchwright.diff.metrics import metrics, without_data
from watchwright.diff.recorded import recorded
from watchwright.diff.renames import renames
from watchwright.diff.scraping import jobs, sampling
from watchwright.diff.slos import slos
from watchwright.diff.state import Part, State
from watchwright.diff.uses import Uses
from watchwright.model.duration import milliseconds


def compare(before: State, after: State) -> tuple[Change, ...]:
    """What changed, what needs attention first."""
    return ordered(_changes(before, after))


def _changes(before: State, after: State) -> Iterator[Change]:
    orders = after["severities"], before["severities"]
    yield from _platform(before, after)
    found = renames(before, after)
    uses = Uses(before), Uses(after)
    for name in sorted({*before["systems"], *after["systems"]}):
        old, new = before["systems"].get(name), after["systems"].get(name)
        if old is None or new is None:
            yield from _whole(name, old, new)
            continue
        if old["owner"] != new["owner"]:
            said = f"is owned by {new['owner']}, was by {old['owner']}: its alerts go to others"
            yield Change(id="system/owner", system=name, subject="the system", said=said, attention=True)
        yield from metrics(name, old, new, found.metrics.get(name, {}), uses)
        yield from alerts(name, old, new, orders, found)
        yield from slos(name, old, new, found)
        yield from recorded(name, old, new, uses[1], found)
        yield from boards(name, old, new, found)
        yield from jobs(name, old, new, (before["platform"], after["platform"]), uses[1])
        yield from sampling(name, old, new)
    yield from without_data(before, after, orders)


_LENGTHS: Mapping[str, tuple[str, str]] = {
    "retention": ("shorter", "longer"),
    "scrape interval": ("longer", "shorter"),
    "evaluation interval": ("longer", "shorter"),
}


def _platform(before: State, after: State) -> Iterator[Change]:
    for what, value in after["platform"].items() if before["systems"] else ():
        was = before["platform"].get(what, value)
        if was == value:
            continue
        said, attention = f"is {value or 'none'}, was {was or 'none'}", False
        if what in _LENGTHS:
            worse, better = _LENGTHS[what]
            longer = milliseconds(value, "") - milliseconds(was, "")
            if not longer:
                continue
            attention = (longer > 0) is (worse == "longer")
            said = f"is {worse if attention else better}: {value}, was {was}"
        subject = f"the platform's {what}"
        yield Change(id="platform/changed", system="", subject=subject, said=said, attention=attention)


def _whole(name: str, old: Part | None, new: Part | None) -> Iterator[Change]:
    """A system that is new, or gone: its parts are counted, and its alerts named where they are lost."""
    part = new or old
    assert part is not None  # noqa: S101 - one of the two is there
    counts = {
        "alert": len(part["alerts"]),
        "SLO": len(part["slos"]),
        "board": len(part["boards"]),
        "job": len(part["jobs"]),
        "metric": len(part["metrics"]),
    }
    said = (
        ", ".join(f"{count} {what}{'s' if count > 1 else ''}" for what, count in counts.items() if count)
        or "nothing in it"
    )
    if new is not None:
        yield Change(id="system/new", system=name, subject="the system", said=f"is new: {said}", mark="+")
        return
    yield Change(
        id="system/gone", system=name, subject="the system", said=f"is gone: {said}", mark="-", attention=True,
        before=tuple(f"alert {each}" for each in part["alerts"]),
    )  # fmt: skip

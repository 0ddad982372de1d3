"""Recorded series, and who reads them."""

from __future__ import annotations

from collections.abc import Iterator

from watchwright.diff.change import About, Change
from watchwright.diff.renames import renamed_series
from watchwright.diff.state import Part, Recorded
from watchwright.diff.uses import Uses


def recorded(system: str, before: Part, after: Part, uses: Uses) -> Iterator[Change]:
    """The recorded series of a system that changed."""
    old, new = before["recorded"], after["recorded"]
    renamed = renamed_series(before, after)
    for name, rule in old.items():
        if name in renamed:
            said = f"is recorded as {renamed[name]} now: what was recorded before stays under the old name"
            other = new[renamed[name]]
            yield _about(system, name, other).says("renamed", said, impact=_felt_by(system, other, uses))
        elif name not in new:
            yield _about(system, name, rule).says("lost", "is no longer recorded", mark="-", before=(rule["expr"],))
    for name, rule in new.items():
        if name not in old and name not in renamed.values():
            yield _about(system, name, rule).says("new", "is recorded", mark="+", after=(rule["expr"],))
        elif name in old and old[name]["expr"] != rule["expr"]:
            yield _about(system, name, rule).says(
                "changed",
                "is computed otherwise",
                before=(old[name]["expr"],),
                after=(rule["expr"],),
                impact=_felt_by(system, rule, uses),
            )


def _about(system: str, name: str, rule: Recorded) -> About:
    return About(kind="series", system=system, name=name, place=rule["place"])


def _felt_by(system: str, rule: Recorded, uses: Uses) -> tuple[str, ...]:
    return tuple(map(str, uses.of(system, [rule["record"]])))

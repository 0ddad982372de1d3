"""Recorded series, and who reads them."""

from __future__ import annotations

from collections.abc import Iterator

from watchwright.diff.change import About, Change
from watchwright.diff.renames import Renames, renamed_series
from watchwright.diff.state import Part, Recorded
from watchwright.diff.uses import User, Uses


def recorded(system: str, before: Part, after: Part, uses: Uses, renames: Renames) -> Iterator[Change]:
    """The recorded series of a system that changed."""
    old, new = before["recorded"], after["recorded"]
    renamed = renamed_series(before, after, renames)
    for name, rule in old.items():
        if name in renamed:
            said = f"is recorded as {renamed[name]} now: what was recorded before stays under the old name"
            other = new[renamed[name]]
            felt = _felt_by(system, other, uses)
            yield _about(system, name, other).says("renamed", said, impact=tuple(map(str, felt)))
        elif name not in new:
            yield _about(system, name, rule).says("lost", "is no longer recorded", mark="-", before=(rule["expr"],))
    for name, rule in new.items():
        if name not in old and name not in renamed.values():
            yield _about(system, name, rule).says("new", "is recorded", mark="+", after=(rule["expr"],))
        elif name in old and renames.settled(old[name]["expr"], rule["expr"]) != rule["expr"]:
            felt = _felt_by(system, rule, uses)
            yield _about(system, name, rule).says(
                "changed",
                "is computed otherwise",
                attention=any(each.what == "alert" for each in felt),
                before=(old[name]["expr"],),
                after=(rule["expr"],),
                impact=tuple(map(str, felt)),
            )


def _about(system: str, name: str, rule: Recorded) -> About:
    return About(kind="series", system=system, name=name, place=rule["place"])


def _felt_by(system: str, rule: Recorded, uses: Uses) -> list[User]:
    return uses.of(system, [rule["record"]])

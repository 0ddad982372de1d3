"""Everything that the five systems are wanted to watch is where the table in the docs says, and seen alive there."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from live.expected import EXPECTED
from simulators.registry import SIMULATED, simulation
from wanted_table import HEALTHY, LATER, PAGE, ROOT, Wanted, defined, missing, page, systems, wanted
from watchwright import Alert

ENTRIES = [(system, each) for system in systems() for each in wanted(system)]
WRITTEN = [(system, each) for system, each in ENTRIES if not each.later]


def ids(entries: list[tuple[str, Wanted]]) -> list[str]:
    return [f"{system}: {each.wanted}" for system, each in entries]


def fired(system: str) -> Mapping[str, frozenset[str]]:
    """The alerts of each trouble of a system's simulator."""
    if system not in SIMULATED:
        return EXPECTED
    return {name: trouble.fires for name, trouble in simulation(system).TROUBLES.items()}


@pytest.mark.parametrize(("system", "entry"), WRITTEN, ids=ids(WRITTEN))
def test_what_is_wanted_is_where_the_table_says(system: str, entry: Wanted) -> None:
    assert entry.where
    assert [] == [reason for place in entry.where if (reason := missing(place, system))]


@pytest.mark.parametrize(("system", "entry"), WRITTEN, ids=ids(WRITTEN))
def test_what_is_wanted_is_seen_alive(system: str, entry: Wanted) -> None:
    """In health, in a rendered file, by a test of its own, or by a trouble, which fires the alert where one is wanted."""
    kind, _, name = entry.alive.partition(" ")
    alerts = {
        found.name
        for place in entry.where
        if not place.startswith("board ") and isinstance(found := defined(place), Alert)
    }
    if kind == "trouble":
        assert alerts <= fired(system)[name]
    elif kind in {"rendered", "tested"}:
        assert (ROOT / name).is_file()
    else:
        assert (HEALTHY, set()) == (entry.alive, alerts)


@pytest.mark.parametrize("later", sorted({each.later for _, each in ENTRIES if each.later}))
def test_what_is_left_out_waits_for_something_that_has_a_name(later: str) -> None:
    assert later in LATER


def test_the_table_in_the_docs_is_that_of_the_lists() -> None:
    """`python tests/wanted_table.py` writes it."""
    assert page() == PAGE.read_text("utf-8")

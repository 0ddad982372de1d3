"""Everything that the five systems are wanted to watch is where the table in the docs says, and seen alive there."""

from __future__ import annotations

import pytest

from simulators.quantacirc import TROUBLES
from simulators.registry import SIMULATED, simulation
from wanted_table import HEALTHY, LATER, PAGE, Wanted, missing, page, systems, wanted

ENTRIES = [(system, each) for system in systems() for each in wanted(system)]


@pytest.mark.parametrize(("system", "entry"), ENTRIES, ids=[f"{system}: {each.wanted}" for system, each in ENTRIES])
def test_what_is_wanted_is_defined_and_alive_or_waits_for_something_named(system: str, entry: Wanted) -> None:
    if entry.later:
        assert entry.later in LATER
        return
    assert [] == [reason for place in entry.where if (reason := missing(place, system))]
    assert entry.where
    kind, _, name = entry.alive.partition(" ")
    troubles = simulation(system).TROUBLES if system in SIMULATED else TROUBLES
    assert entry.alive == HEALTHY or (kind == "trouble" and name in troubles), entry.alive


def test_the_table_in_the_docs_is_that_of_the_lists() -> None:
    """`python tests/wanted_table.py` writes it."""
    assert page() == PAGE.read_text("utf-8")

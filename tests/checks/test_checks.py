"""What is claimed of all checks. What each of them says is in the table of examples: test_examples.py."""

from __future__ import annotations

import re
from typing import Any

from watchwright import Alert, Catalogue, Counter, Gauge, Job, Platform, System
from watchwright import checks as all_checks
from watchwright.checks.acceptance import unused
from watchwright.cli.explain import table
from watchwright.discovery import Static
from watchwright.finding import pages
from watchwright.lower.fleet import lower
from watchwright.model.environment import Environment
from workbench import ROOT


def findings(platform: Platform | None = None, **parts: Any) -> list[tuple[str, str]]:
    """Ids and messages of what the checks say of a system."""
    system = System("shop", owner="sales", **parts)
    fleet = lower([system], platform or Platform(), Environment()).fleet
    return [(finding.id, finding.message) for finding in all_checks.run(fleet)]


def test_of_two_jobs_in_two_systems_the_second_is_found() -> None:
    """Systems are in the order of their names."""
    systems = [System(name, owner="x", jobs=[Job("shop", Static([f"{name}:1"]))]) for name in ("one", "two")]

    fleet = lower(systems, Platform(), Environment()).fleet

    assert ["two / job shop"] == [each.subject for each in all_checks.run(fleet) if each.id == "job/duplicate"]


def test_an_accepted_finding_is_accepted_and_an_unused_acceptance_is_found() -> None:
    """On the part itself, or on the system for all of its parts."""
    reason = {"metric/suffix": "fixed"}
    one = System("one", owner="x", metrics=[Counter("orders", "O.", accept=reason), Gauge("a", "A.", accept=reason)])
    two = System("two", owner="x", metrics=[Counter("sales", "S.")], accept={"metric/suffix": "fixed, too"})
    fleet = lower([one, two], Platform(), Environment()).fleet

    found = all_checks.run(fleet)

    assert {"one / metric orders", "two / metric sales"} == {each.subject for each in found if each.accepted}
    assert ["one / metric a"] == [each.subject for each in unused(fleet, found)]


def test_what_a_catalogue_brings_is_not_judged_here() -> None:
    """Its names are someone else's."""
    node = Catalogue("node", [Gauge("node_Weird_Name", "")], scope={"job": "node"})
    jobs = [Job("node", Static(["node:9100"]))]
    parts = {
        "jobs": jobs,
        "alerts": [Alert("A", expr=node.gauge("node_Weird_Name") > 1, for_="5m", severity="page", summary="x")],
    }

    assert [] == findings(**parts)


def test_every_id_has_a_page_and_a_place_in_the_list() -> None:
    """Pages say more than the message, and ids are `subject/problem`."""
    listed = table()
    package = ROOT / "generator" / "watchwright"
    registered = re.compile(r'^@(?:reports|check|expression)\(\s*"([^"]+)"', re.MULTILINE)
    written = {id_ for file in package.rglob("*.py") for id_ in registered.findall(file.read_text("utf-8"))}

    assert written <= set(pages())

    for id_, page in pages().items():
        assert len(page.text) > 40, id_
        assert id_ in listed
        assert id_ == id_.lower()
        assert 1 == id_.count("/")

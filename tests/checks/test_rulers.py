"""What rulers take, and what the checks say of it."""

from __future__ import annotations

from typing import Any

from promises import ids, job, slo

from watchwright import Platform, Ruler, System, checks
from watchwright.lower.fleet import lower
from watchwright.model.environment import Environment
from watchwright.slo import Slo


def test_a_ruler_takes_as_many_as_it_takes() -> None:
    """Neither one more, nor where there is none."""
    one = slo()
    groups = sum(len(file.groups) for file in _files(one, Ruler()))
    longest = next(most for most in range(1, 99) if _longest(one, Ruler(rules_per_group=most)) <= most)

    assert [] == ids(one, ruler=Ruler(rules_per_group=longest, groups=9))
    assert "ruler/group" in ids(one, ruler=Ruler(rules_per_group=longest - 1, groups=9))
    assert [] == ids(one, ruler=Ruler(groups=groups))
    assert ["ruler/groups"] == ids(one, ruler=Ruler(groups=groups - 1))
    assert [] == ids(*(slo(f"s{number}", by=["path"], period=f"{number}d") for number in range(28, 68)))


def test_the_groups_of_all_systems_are_counted() -> None:
    systems = [System(name, owner="x", jobs=[job(name)], slos=[slo()]) for name in ("one", "two")]
    found = checks.run(lower(systems, Platform(retention="30d", ruler=Ruler(groups=5)), Environment()).fleet)
    assert [("platform", "2 SLOs and all else come to 6 groups of rules, the ruler takes 5")] == [
        (each.subject, each.message) for each in found if each.id == "ruler/groups"
    ]


def test_own_rules_in_a_group_that_is_too_long_are_the_systems() -> None:
    system = System("shop", owner="x", jobs=[job(f"shop{number}") for number in range(21)])
    found = checks.run(lower([system], Platform(ruler=Ruler()), Environment()).fleet)
    assert [("shop", "the group `shop-alerting` has 21 rules, and the ruler takes 20")] == [
        (each.subject, each.message) for each in found if each.id == "ruler/group"
    ]


def _longest(one: Slo, ruler: Ruler) -> int:
    return max(len(group.rules) for file in _files(one, ruler) for group in file.groups)


def _files(one: Slo, ruler: Ruler) -> Any:
    system = System("shop", owner="sales", jobs=[job()], slos=[one])
    return lower([system], Platform(retention="30d", ruler=ruler), Environment()).fleet.plans[0].files

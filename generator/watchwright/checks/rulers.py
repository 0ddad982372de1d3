"""What a ruler takes from one tenant."""

from __future__ import annotations

from collections.abc import Iterator

from watchwright.finding import Finding, check
from watchwright.lower.plan import Fleet, Origin


@check("ruler/group")
def group(fleet: Fleet) -> Iterator[Finding]:
    """
    A group has more rules than the ruler takes.

    Mimir and Cortex refuse such a group as a whole. SLOs are packed into groups that hold them, but the rules of one
    stay together. Give it fewer tiers, or a system fewer rules; or raise `rules_per_group` of the `Ruler`, if the
    server takes more.
    """
    most = fleet.platform.ruler.rules_per_group if fleet.platform.ruler else None
    for plan in fleet.plans:
        system = Origin(source=plan.system.source, subject=plan.system.name, accept=plan.system.accept)
        for file in plan.files:
            for each in file.groups:
                if most is not None and len(each.rules) > most:
                    origin = each.rules[0].origin if file.name.startswith("slo-") else system
                    message = f"the group `{each.name}` has {len(each.rules)} rules, and the ruler takes {most}"
                    yield origin.finding(message)


@check("ruler/groups")
def groups(fleet: Fleet) -> Iterator[Finding]:
    """
    All systems together have more groups of rules than the ruler takes from one tenant.

    Mimir and Cortex refuse those above their limit. Raise `groups` of the `Ruler`, if the server takes more, or part
    the systems into tenants.
    """
    platform = fleet.platform
    found = sum(len(file.groups) for plan in fleet.plans for file in plan.files)
    most = platform.ruler.groups if platform.ruler else found
    if found > most:
        slos = sum(len(plan.promises) for plan in fleet.plans)
        message = f"{slos} SLO{'s' * (slos != 1)} and all else come to {found} groups of rules, the ruler takes {most}"
        yield fleet.origin.finding(message)

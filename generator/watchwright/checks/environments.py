"""What environments share that each of them should have for itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from watchwright.finding import Finding, reports
from watchwright.lower import provisioning
from watchwright.lower.plan import Fleet, Origin


@reports("environment/shared")
def shared(what: str, uid: str, other: str, origin: Origin) -> Finding:
    """
    Two environments are shown by one Grafana, and something in it has the same uid or name in both.

    Whatever is set up last takes the place of the other. Uids that are not given carry the environment by themselves;
    those that are given, and names of data sources, differ by `env.pick(...)`.
    """
    return origin.finding(
        f"the Grafana of environment `{other}` shows {what} `{uid}`, too",
        "write env.pick(...) for it, or for `grafana` of the platform if there are two",
    )


def across(fleets: Iterable[Fleet]) -> Iterator[Finding]:
    """The findings about environments that share a Grafana, by its URL."""
    seen: dict[tuple[str, str, str], Fleet] = {}
    for fleet in fleets:
        grafana = fleet.platform.grafana.rstrip("/")
        for what, uid, origin in _named(fleet) if grafana else ():
            other = seen.setdefault((grafana, what, uid), fleet)
            if other is not fleet:
                yield shared(what, uid, other.environment.name, origin)


def _named(fleet: Fleet) -> Iterator[tuple[str, str, Origin]]:
    for plan in fleet.plans:
        for board in plan.boards:
            yield "a board with the uid", board.uid, board.origin
    for each in fleet.platform.provisioning.datasources if fleet.platform.provisioning else ():
        origin = provisioning.origin(each, fleet)
        yield "a data source with the uid", provisioning.uid(each, fleet), origin
        yield "a data source with the name", each.name, origin

"""What an SLO amounts to, as data: how much of what may be bad, and when somebody is told."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Context, Decimal
from typing import TypedDict

from watchwright.diff.expressions import reads
from watchwright.lower.slos.lowering import Promised
from watchwright.lower.slos.objective import Objective, decimal
from watchwright.lower.slos.streams import bound
from watchwright.model.duration import milliseconds
from watchwright.model.sli import Fresh, Held, Latency, Tracked
from watchwright.model.slo import BurnAlert, Maintenance, Tier
from watchwright.query.printer import duration, number
from watchwright.query.tree import COMPARISONS, Binary, Node, Number, Selector, walk


class Promise(TypedDict):
    """
    An SLO; *objectives* by value of a label, `""` for all others.

    *indicator* is what it counts, but for the *bound* of what is good: an operator and a number, where there is one.
    *burning* says by severity at what its alerts begin, in shares of the budget and in burn rates, *least* what they
    wait for: bad events, and events. *every* says how often it is recorded, *names* under whose names, *first* whether
    with the first values of new series.
    """

    place: str
    title: str
    objectives: dict[str, str]
    period: str
    days: int
    by: list[str]
    indicator: str
    bound: list[str]
    burning: dict[str, list[str]]
    least: list[int]
    maintenance: list[str]
    every: str
    names: str
    first: bool
    reads: list[str]


def promise(promised: Promised) -> Promise:
    """The SLO of a lowered one."""
    objective = promised.objective
    slo = objective.slo
    percent = {"": "" if slo.objective is None else number(slo.objective)}
    percent |= {value: number(each) for value, each in slo.objectives.items()}
    return Promise(
        place=str(objective.origin.source.place or ""),
        title=slo.title,
        objectives=percent,
        period=objective.period_window,
        days=objective.days,
        by=list(slo.by),
        indicator=_indicator(promised),
        bound=_bound(promised),
        burning={each.alert.severity: _burning(each.alert, objective) for each in objective.burning},
        least=[objective.least_failures, slo.least_events],
        maintenance=[_times(each) for each in slo.maintenance],
        every=duration(objective.timing.fast),
        names=slo.names,
        first=promised.streams.first is not None,
        reads=sorted({name for node in _read(promised) for name in reads(node)}),
    )


def _read(promised: Promised) -> Iterator[Node]:
    part = promised.streams.part
    if part is not None:
        yield part.some
        yield part.whole
    else:
        yield from promised.indicator


def _indicator(promised: Promised) -> str:
    """Which events are bad, of which; or what is judged."""
    first, part = promised.indicator[0], promised.streams.part
    match promised.objective.slo.sli:
        case Latency():
            return repr(next(node for node in walk(first) if isinstance(node, Selector)))
        case Tracked() | Held() if (comparison := _comparison(promised)) is not None:
            return repr(comparison.left)
    nodes = promised.indicator if part is None else (part.some, part.whole)
    return " / ".join(map(repr, nodes))


def _bound(promised: Promised) -> list[str]:
    match promised.objective.slo.sli:
        case Latency() as sli:
            return ["<=", number(bound(sli, promised.resolver, promised.objective.origin))]
        case Fresh() as sli:
            return ["<=", number(Decimal(milliseconds(sli.within, "`within`")) / 1000)]
        case Tracked() | Held() if (comparison := _comparison(promised)) is not None:
            assert isinstance(comparison.right, Number)  # noqa: S101 - as was just seen
            return [comparison.op, number(comparison.right.value)]
    return []


def _comparison(promised: Promised) -> Binary | None:
    """What is to hold of the events that are judged, where that is a comparison of them with a number."""
    node = promised.indicator[0]
    if isinstance(promised.objective.slo.sli, Tracked):
        return _limited(node)
    condition = _limited(node.right) if isinstance(node, Binary) else None
    return condition if isinstance(node, Binary) and condition is not None and condition.left == node.left else None


def _limited(node: Node) -> Binary | None:
    is_limit = isinstance(node, Binary) and node.op in COMPARISONS and isinstance(node.right, Number)
    return node if isinstance(node, Binary) and is_limit else None


def _burning(alert: BurnAlert, objective: Objective) -> list[str]:
    waits = f", for {alert.for_}" if alert.for_ else ""
    spends = [f"{number(_SHORT.plus(tier.spends * 100))} % of the budget in {_windows(tier)}" for tier in alert.tiers]
    rates = [f"{decimal(objective.burn_rate(tier))} in {_windows(tier)}" for tier in alert.tiers]
    return [", or ".join(each) + waits for each in (spends, rates)]


def _windows(tier: Tier) -> str:
    return f"{tier.over}, and as fast in {tier.short}"


_SHORT = Context(prec=4)


def _times(window: Maintenance) -> str:
    days = f" on {', '.join(window.days)}" if window.days else ""
    excused = ", which no budget pays for" if window.excuses_budget else ""
    return f"{window.lasts} from {window.start}{days}{excused}"

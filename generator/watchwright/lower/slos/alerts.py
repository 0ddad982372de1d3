"""The alerts of an SLO: its budget burns, or nothing is counted any more."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Context, Decimal
from fractions import Fraction
from typing import Literal

import attrs

from watchwright.lower import names
from watchwright.lower.plan import Limit
from watchwright.lower.slos.maintenance import lasting
from watchwright.lower.slos.objective import Burning, Objective, Share, decimal, over, short
from watchwright.lower.slos.shapes import Late
from watchwright.lower.slos.vocabulary import window_text
from watchwright.lower.slos.windows import bases, events, known
from watchwright.model.expression import Instant
from watchwright.model.quantity import Quantity, exact
from watchwright.model.sli import ErrorRatio, Fresh, Held, Tracked
from watchwright.model.slo import Slo, Tier
from watchwright.model.words import any_of
from watchwright.query.printer import number, quote
from watchwright.query.units import DIMENSIONLESS

_HOUR = 3_600_000
_MINUTE = 60_000
_RESTART = 240_000
_HALF = Decimal("0.5")  # between two whole numbers of events


@attrs.frozen(order=False, kw_only=True)
class Drafted:
    """An alert of an SLO before it has links; texts as in a definition, comments for whoever reads the rule."""

    kind: Literal["burn", "any error", "absent"]
    name: str
    expr: Late
    severity: str
    for_: str | None
    keep_firing_for: str | None
    summary: str
    description: str
    limits: tuple[Limit, ...] = ()
    comment: tuple[str, ...] = ()


def drafts(objective: Objective) -> Iterator[Drafted]:
    """The alerts of an SLO."""
    if objective.slo.any_error:
        yield _any_error(objective)
    for burning in objective.burning:
        yield _burn(burning, objective)
    yield _absent(objective)


# The budget burns ---------------------------------------------------------------------------------------


def _burn(burning: Burning, objective: Objective) -> Drafted:
    alert = burning.alert
    tiers = [(tier, share) for tier in alert.tiers for share in objective.shares]
    return Drafted(
        kind="burn",
        name=burning.name,
        expr=objective.late(("burn", alert), lambda: any_of(*(_tier(tier, share, objective) for tier, share in tiers))),
        severity=alert.severity,
        for_=alert.for_,
        keep_firing_for=alert.keep_firing_for,
        summary=f"{_who(objective)}: {_bad(objective)}, more than its error budget allows",
        description=_description(burning, objective),
        limits=tuple(
            Limit(
                signal=objective.series("ratio", window_text(over(tier))).node,
                op=">",
                value=objective.threshold(tier, share),
                unit=DIMENSIONLESS,
            )
            for tier, share in tiers
        ),
        comment=tuple(_arithmetic(tier, share, objective) for tier, share in tiers),
    )


def _tier(tier: Tier, share: Share, objective: Objective) -> Instant:
    threshold = objective.threshold(tier, share)
    # the less is known of the long window, the more of it must be bad: what is unknown is taken for good; it is looked
    # at for an hour more, so that a gap of as much does not make the alert any slower
    filled = known(objective, over(tier), _HOUR, share)
    long = objective.ratio(over(tier), share, fast=True) > threshold / filled
    found = long & (objective.ratio(short(tier), share, fast=True) > threshold)
    if objective.least_failures > 1:
        found = found & (events(objective, "bad", over(tier), share) > objective.least_failures - _HALF)
    if objective.slo.least_events:
        found = found & (events(objective, "total", over(tier), share) > objective.slo.least_events - _HALF)
    return found


def _arithmetic(tier: Tier, share: Share, objective: Objective) -> str:
    period = f"a {objective.calendar}" if objective.calendar else objective.period_window
    rate = decimal(objective.burn_rate(tier))
    values = f" ({', '.join(map(quote, share.values))})" if share.values else ""
    hours = f"{number(decimal(Fraction(objective.period, _HOUR)))}h / {number(decimal(Fraction(over(tier), _HOUR)))}h"
    allowed = f"{number(_SHORT.plus(tier.spends))} * {hours} = {number(rate)} times what it allows"
    threshold = f"{number(share.budget)} = {number(objective.threshold(tier, share))}{values}"
    spent = f"{_percent(tier.spends)} of the budget of {period} in {tier.over}"
    return f"{tier.over} and {tier.short}: {spent} is {allowed}; * {threshold}"


def _who(objective: Objective) -> str:
    slo = objective.slo
    group = "".join(f" of {{{label}}}" for label in slo.by)
    return f"{_title(slo)}{group}"


def _is_of_time(objective: Objective) -> bool:
    """Whether an error ratio is a share of the time, and not of events that could be counted."""
    sli = objective.slo.sli
    return isinstance(sli, Held | Tracked | Fresh) or (isinstance(sli, ErrorRatio) and sli.traffic is None)


def _bad(objective: Objective) -> str:
    if isinstance(objective.slo.sli, Tracked):
        return "for {value} of the time it misses its target"
    return "for {value} of the time it does not hold" if _is_of_time(objective) else "{value} of events are bad"


def _description(burning: Burning, objective: Objective) -> str:
    slo = objective.slo
    period = f"a {objective.calendar}" if objective.calendar else objective.period_window
    least = f"{number(slo.objective or Decimal(100))} %"
    held = f"{_kept(slo)} for {least} of the time" if _is_of_time(objective) else f"that {least} of events are good"
    others = ", ".join(f"{number((1 - each.budget) * 100)} % for {_values(each)}" for each in objective.shares[:-1])
    promised = f"{held} over {period}{f' ({others})' if others else ''}"
    said = ", or ".join(_spent(tier, objective) for tier in burning.alert.tiers)
    burns = f"Its error budget burns so fast that it spends {said}."
    return f"{slo.description} {_title(slo)} promises {promised}. {burns}".strip()


def _kept(slo: Slo) -> str:
    if not isinstance(slo.sli, Tracked):
        return "to hold"
    target = f"{number(exact(slo.sli.target))}" if not isinstance(slo.sli.target, Quantity) else f"{slo.sli.target}"
    return f"{'at most' if slo.sli.at_least is None else 'at least'} {target.replace(' percent', ' %')}"


def _values(share: Share) -> str:
    said = " and ".join(share.values)
    return said if "{" not in said else f"{len(share.values)} of its values"  # a text takes braces for a label


def _spent(tier: Tier, objective: Objective) -> str:
    *special, share = objective.shares
    whose = " for all others" if special else ""
    ratio = _percent(objective.threshold(tier, share))
    return (
        f"{_percent(tier.spends)} within {tier.over} (more than {ratio} bad in {tier.over} and in {tier.short}{whose})"
    )


def _percent(share: Decimal) -> str:
    return f"{number(_SHORT.multiply(share, Decimal(100)))} %"


_SHORT = Context(prec=3)


def _title(slo: Slo) -> str:
    return slo.title or slo.name


# Any error ----------------------------------------------------------------------------------------------


def _any_error(objective: Objective) -> Drafted:
    slo = objective.slo
    _, bad = bases(objective).alerting
    seconds = Decimal(objective.timing.fast) / 1000
    least = _HALF if objective.least_failures else 0  # shares are no whole events
    return Drafted(
        kind="any error",
        name=names.slo_alert(slo.name, "any error"),
        expr=objective.late("any error", lambda: objective.series(bad).range("1h").sum_over_time() * seconds > least),
        severity=objective.urgent,
        for_=None,
        keep_firing_for=None,
        summary=f"{_who(objective)}: {{value}} bad events in an hour, and there must be none",
        description=f"{slo.description} {_title(slo)} must never fail: any bad event alerts, for an hour.".strip(),
        comment=("no budget: one bad event is enough",),
    )


# Nothing is counted any more -----------------------------------------------------------------------------


def absence(objective: Objective) -> tuple[int, str]:
    """
    How long nothing may be counted, in milliseconds, and why.

    If all of it is an outage, the budget that a page may cost is spent by then. It is four minutes at least, since a
    restart is no outage, and a page on what went before goes on for five; and an hour at most.
    """
    least = max(_RESTART, objective.timing.look_back + 2 * objective.timing.fast)
    burnt = min(
        (Fraction(tier.spends) * objective.period * Fraction(share.budget) for share in objective.shares
         for burning in objective.burning for tier in burning.alert.tiers),
        default=Fraction(0),
    )  # fmt: skip
    minutes = -(-min(max(least, int(burnt)), _HOUR) // _MINUTE)
    if burnt <= least:
        return minutes * _MINUTE, "a restart is no outage"
    return (
        minutes * _MINUTE,
        "an outage has cost what a page may by then" if burnt <= _HOUR else "no outage is to wait longer",
    )


def _absent(objective: Objective) -> Drafted:
    slo = objective.slo

    def absent() -> Instant:
        gone = objective.series("total").absent()
        return gone.unless(lasting(slo.maintenance, objective.timing.late).on()) if slo.maintenance else gone

    after, reason = absence(objective)
    tracked = isinstance(slo.sli, Tracked)
    gone, reads = ("there is no value", "tracks") if tracked else ("no events are counted", "counts")
    return Drafted(
        kind="absent",
        name=names.slo_alert(slo.name, "absent"),
        expr=objective.late("absent", absent),
        severity=objective.urgent,
        for_=window_text(after),
        keep_firing_for=None,
        summary=f"{_title(slo)}: {gone} any more",
        description=f"The metrics that {_title(slo)} {reads} are gone: nobody knows whether it is kept, and its other "
        "alerts end within minutes, whatever goes on.",
        comment=(f"after {window_text(after)}: {reason}",),
    )

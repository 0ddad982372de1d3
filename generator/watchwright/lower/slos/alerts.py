"""The alerts of an SLO: its budget burns, or nothing is counted any more."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import attrs

from watchwright.lower import names
from watchwright.lower.plan import Limit
from watchwright.lower.slos.maintenance import lasting
from watchwright.lower.slos.objective import Burning, Objective, Share, decimal, over, short
from watchwright.lower.slos.rules import bases, slow
from watchwright.lower.slos.shapes import Late
from watchwright.lower.slos.vocabulary import window_text
from watchwright.model.expression import Instant
from watchwright.model.slo import Tier
from watchwright.model.words import any_of
from watchwright.query.printer import number
from watchwright.query.units import DIMENSIONLESS

_HOUR = 3_600_000
_RESTART = 240_000
_HALF = Decimal("0.5")  # between two whole numbers of events


@attrs.frozen(order=False, kw_only=True)
class Drafted:
    """An alert of an SLO before it has links; texts as in a definition, comments for whoever reads the rule."""

    name: str
    expr: Late
    severity: str
    for_: str | None
    keep_firing_for: str | None
    summary: str
    description: str
    limits: tuple[Limit, ...] = ()
    comment: tuple[str, ...] = ()
    fast: bool = True


def drafts(objective: Objective) -> Iterator[Drafted]:
    """The alerts of an SLO, those of the fast group first."""
    if objective.slo.any_error:
        yield _any_error(objective)
    for burning in sorted(objective.burning, key=lambda each: not each.fast):
        yield _burn(burning, objective)
    yield _absent(objective)


# The budget burns ---------------------------------------------------------------------------------------


def _burn(burning: Burning, objective: Objective) -> Drafted:
    alert = burning.alert
    tiers = [(tier, share) for tier in alert.tiers for share in objective.shares]
    return Drafted(
        name=burning.name,
        expr=objective.late(
            ("burn", alert.severity), lambda: any_of(*(_tier(tier, share, burning, objective) for tier, share in tiers))
        ),
        severity=alert.severity,
        for_=alert.for_,
        keep_firing_for=alert.keep_firing_for,
        summary=f"{_who(objective)}: {{value}} of events are bad, which the budget does not last for",
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
        fast=burning.fast,
    )


def _tier(tier: Tier, share: Share, burning: Burning, objective: Objective) -> Instant:
    threshold = objective.threshold(tier, share)
    long = objective.ratio(over(tier), share, fast=burning.fast) * _filled(tier, share, objective)
    found = (long > threshold) & (objective.ratio(short(tier), share, fast=burning.fast) > threshold)
    for role, least in ((1, objective.slo.least_failures), (0, objective.slo.least_events)):
        if least > 1 or (role == 0 and least):
            found = found & (_events(role, over(tier), share, burning, objective) > least - _HALF)
    return found


def _filled(tier: Tier, share: Share, objective: Objective) -> Instant:
    """How much of the long window is known: the first minutes after a deployment are not a whole window."""
    total, _ = slow(bases(objective).alerting)
    slots = Decimal(over(tier)) / objective.timing.slow
    # an hour more, so that a gap of as much does not make the alert any slower
    known = objective.series(total, share=share).range(window_text(over(tier) + _HOUR)).count_over_time()
    return (known / slots).clamp_max(1)


def _events(which: int, window: int, share: Share, burning: Burning, objective: Objective) -> Instant:
    """How many events, or bad ones, there were in a window; of more than an hour, as of the last slow evaluation."""
    roles, step = bases(objective).alerting, objective.timing.fast
    if not is_fast(window, burning):
        roles, step = slow(roles), objective.timing.slow
    return objective.series(roles[which], share=share).range(window_text(window)).sum_over_time() * (
        Decimal(step) / 1000
    )


def is_fast(window: int, burning: Burning) -> bool:
    """Whether the events of a window are counted from the fast group's streams: hundreds of samples, not thousands."""
    return burning.fast and window <= _HOUR


def _arithmetic(tier: Tier, share: Share, objective: Objective) -> str:
    period = "1 month" if objective.calendar == "month" else objective.period_window
    rate = decimal(objective.burn_rate(tier))
    spends = number((tier.spends * 100).normalize())
    values = f" ({', '.join(share.values)})" if share.values else ""
    hours = f"{number(decimal(Fraction(objective.period, _HOUR)))}h / {number(decimal(Fraction(over(tier), _HOUR)))}h"
    return (
        f"{tier.over} and {tier.short}: {spends} % of the budget of {period} in {tier.over} is {number(tier.spends)} * "
        f"{hours} = {number(rate)} times what it allows; * {number(share.budget)} = "
        f"{number(objective.threshold(tier, share))}{values}"
    )


def _who(objective: Objective) -> str:
    slo = objective.slo
    group = "".join(f" of {{{label}}}" for label in slo.by)
    return f"{slo.title or slo.name}{group}"


def _description(burning: Burning, objective: Objective) -> str:
    slo = objective.slo
    said = " or ".join(
        f"{number((tier.spends * 100).normalize())} % of it within {tier.over}" for tier in burning.alert.tiers
    )
    promise = f"{slo.title or slo.name} promises {number(slo.objective or Decimal(100))} % of good events over "
    ends = " It ends soon after its cause: the short windows follow within minutes."
    text = f"{promise}{objective.period_window}. Its error budget burns so fast that {said} would be spent.{ends}"
    return f"{slo.description} {text}".strip()


# Any error ----------------------------------------------------------------------------------------------


def _any_error(objective: Objective) -> Drafted:
    slo = objective.slo
    _, bad = bases(objective).alerting
    seconds = Decimal(objective.timing.fast) / 1000
    return Drafted(
        name=names.slo_alert(slo.name, "any error"),
        expr=objective.late("any error", lambda: objective.series(bad).range("1h").sum_over_time() * seconds > _HALF),
        severity=objective.urgent,
        for_=None,
        keep_firing_for=None,
        summary=f"{_who(objective)}: {{value}} bad events in an hour, and there must be none",
        description=f"{slo.description} {slo.title or slo.name} must never fail: any bad event alerts, for an "
        "hour.".strip(),
        comment=("no budget: one bad event is enough",),
    )


# Nothing is counted any more -----------------------------------------------------------------------------


def absence(objective: Objective) -> int:
    """
    How long nothing may be counted, in milliseconds.

    If all of it is an outage, the budget that a page may cost is spent by then. It is four minutes at least, since a
    restart is no outage, and a page on what went before goes on for five.
    """
    least = max(_RESTART, objective.timing.look_back + 2 * objective.timing.fast)
    burnt = min(
        (Fraction(tier.spends) * objective.period * Fraction(share.budget) for share in objective.shares
         for burning in objective.burning for tier in burning.alert.tiers),
        default=Fraction(0),
    )  # fmt: skip
    minutes = -(-max(least, int(burnt)) // 60_000)
    return min(minutes, 60) * 60_000


def _absent(objective: Objective) -> Drafted:
    slo = objective.slo

    def absent() -> Instant:
        gone = objective.series("total").absent()
        return gone.unless(lasting(slo.maintenance).on()) if slo.maintenance else gone

    after = absence(objective)
    return Drafted(
        name=names.slo_alert(slo.name, "absent"),
        expr=objective.late("absent", absent),
        severity=objective.urgent,
        for_=window_text(after),
        keep_firing_for=None,
        summary=f"{slo.title or slo.name}: no events are counted any more",
        description=f"The metrics that {slo.title or slo.name} counts are gone: nobody knows whether it is kept, and "
        "alerts on its budget end within minutes, whatever goes on. If it is an outage, it costs what a page may.",
        comment=(f"after {window_text(after)}: if it is an outage, it has cost what a page may by then",),
    )

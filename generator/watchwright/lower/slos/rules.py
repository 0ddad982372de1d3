"""
The recorded series of an SLO, in two groups.

The fast group reads what is scraped, once: streams of events, and the windows that pages need. The slow group sums up
averages of these streams, so that thirty days are some thousand samples. Producers stand before consumers within a
group; from one group to the other only ranges are read, since nobody says which of them is evaluated first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import partial

import attrs

from watchwright.lower import names
from watchwright.lower.plan import Recording
from watchwright.lower.resolve import Resolver
from watchwright.lower.slos.maintenance import lasting
from watchwright.lower.slos.objective import CURRENT, FORECAST, Objective, Share, decimal
from watchwright.lower.slos.streams import Reading, Streams, streams
from watchwright.lower.slos.vocabulary import Role, window_text
from watchwright.model.expression import Instant
from watchwright.model.slo import LONGEST, Maintenance
from watchwright.model.words import call, vector
from watchwright.query.printer import duration, number
from watchwright.semantics.labels import Labels


@attrs.frozen(eq=False)
class Bases:
    """The streams that alerts look at, and those that the budget pays for: mostly the same."""

    alerting: tuple[Role, Role]
    paid: tuple[Role, Role]


def bases(objective: Objective) -> Bases:
    """Which streams an SLO has."""
    paid: tuple[Role, Role] = ("total", "bad")
    if any(not each.excuses_budget for each in objective.slo.maintenance):
        return Bases(("total_alerting", "bad_alerting"), paid)
    return Bases(paid, paid)


_SLOW: Mapping[Role, Role] = {
    "total": "total_slow",
    "bad": "bad_slow",
    "total_alerting": "total_slow_alerting",
    "bad_alerting": "bad_slow_alerting",
}


def slow(roles: tuple[Role, Role]) -> tuple[Role, Role]:
    """The averages of two streams."""
    return _SLOW[roles[0]], _SLOW[roles[1]]


def _recording(
    objective: Objective,
    role: Role,
    expr: Instant | Callable[[], Instant],
    *comment: str,
    window: str = "",
    labels: Mapping[str, str] | None = None,
) -> Recording:
    """A rule; an expression that reads nothing but recorded series is given as a function that makes it."""
    words = objective.words
    return Recording(
        record=words.record(role, window),
        expr=expr.node if isinstance(expr, Instant) else objective.late((role, window), expr),
        labels={**words.labelled(window), **(labels or {})},
        origin=objective.origin,
        comment=comment,
    )


def made_of(objective: Objective, resolver: Resolver, targets: Labels) -> Streams:
    """The streams of its indicator."""
    reading = Reading(
        total=objective.series("total"),
        first=objective.series("first"),
        by=objective.by,
        kept=resolver.keep,
        targets=targets,
        timing=objective.timing,
        origin=objective.origin,
        resolver=resolver,
    )
    return streams(objective.slo.sli, reading)


# The fast group -----------------------------------------------------------------------------------------


def fast_rules(objective: Objective, made: Streams) -> Iterator[Recording]:
    """Streams, short windows, and the current burn rate."""
    yield from _streams(objective, made)
    base = bases(objective)
    for window in objective.windows[0]:
        yield _ratio(objective, base.alerting, window)
    if not objective.slo.any_error:

        def burn(share: Share) -> Instant:
            ratio = objective.series("ratio", window_text(CURRENT), share)
            return ratio.max(without=[objective.words.window_label]) / share.budget

        yield _recording(
            objective,
            "burn_rate",
            lambda: objective.each_share(burn),
            "how many times as fast as allowed the budget burns now",
        )


def _streams(objective: Objective, made: Streams) -> Iterator[Recording]:
    excused = [each for each in objective.slo.maintenance if each.excuses_budget]
    late = objective.timing.late
    if made.first is not None:
        yield _recording(objective, "first", _without(made.first, excused, late), *_FIRST)
    comments = (*_base_comment(objective, made), *map(_said, excused))
    yield _recording(objective, "total", _without(made.total, excused, late), *comments)
    yield _recording(objective, "bad", _without(made.bad, excused, late))
    told = [each for each in objective.slo.maintenance if not each.excuses_budget]
    if told:
        comments = ("for alerts, while the budget pays for it:", *map(_said, told))
        yield _recording(objective, "total_alerting", _without(objective.series("total"), told, late), *comments)
        yield _recording(objective, "bad_alerting", _without(objective.series("bad"), told, late))


_FIRST = (
    "a bad series that appears counts from 0, if its target was scraped before: switch it off with first_values=False",
    "where clients preset their counters, or behind a federation",
)


def _said(window: Maintenance) -> str:
    days = f" on {', '.join(window.days)}" if window.days else "" if window.moment else " every day"
    return f"without {window.name}, {window.lasts} from {window.start} UTC{days}"


def _without(stream: Instant, windows: list[Maintenance], late: int) -> Instant:
    return stream.unless(lasting(windows, late).on()) if windows else stream


def _base_comment(objective: Objective, made: Streams) -> Iterator[str]:
    times = objective.timing
    fast, scrape = duration(times.fast), duration(times.scrape)
    if made.made == "growth":
        yield f"what consecutive scrapes saw, each increment once: grown since the evaluation {fast} ago, which is"
        yield f"looked for within {duration(times.look_back)} = {fast} + {scrape} (a scrape more)"
        yield f"all is read {duration(times.delay)} late, when scrapes have ended"
    elif made.made == "rate":
        window = duration(times.native)
        yield f"a window of {window} = 4 * {fast} + {scrape} (a scrape more) counts each increment in four evaluations"
    else:
        yield f"one event for each series and evaluation, every {fast}"


def _ratio(objective: Objective, roles: tuple[Role, Role], window: int) -> Recording:
    def ratio() -> Instant:
        total, bad = (objective.series(role).range(window_text(window)).sum_over_time() for role in roles)
        return bad / (total > 0)

    return _recording(objective, "ratio", ratio, window=window_text(window))


# The slow group -----------------------------------------------------------------------------------------


def slow_rules(objective: Objective) -> Iterator[Recording]:
    """Averages of the streams, long windows, the budget and how much of its period is known."""
    base = bases(objective)
    for roles in dict.fromkeys((base.alerting, base.paid)):
        for role in roles:
            yield _recording(objective, _SLOW[role], partial(_average, objective, role))
    if not objective.slo.any_error:
        for window in objective.windows[1]:
            yield _ratio(objective, slow(base.alerting), window)
    yield from _period(objective, slow(base.paid))
    if not objective.slo.any_error:
        yield from _budget(objective)


def _average(objective: Objective, role: Role) -> Instant:
    return objective.series(role).range(window_text(objective.timing.slow)).avg_over_time()


def _period(objective: Objective, paid: tuple[Role, Role]) -> Iterator[Recording]:
    if not objective.calendar:
        yield _ratio(objective, paid, objective.period)
        yield _coverage(objective, paid[0])
        return
    yield from _calendar(objective, paid)


# Prometheus finds a sample that is so old
_FOUND = 300_000


def _coverage(objective: Objective, total: Role) -> Recording:
    """How much of a rolling period is known, looked at every hour, where a sample can be found at any time."""
    step = 12 * objective.timing.slow if objective.timing.slow <= _FOUND else objective.timing.slow
    samples = decimal(Fraction(objective.period, step))
    every = window_text(step) if step != objective.timing.slow else None

    def known() -> Instant:
        found = objective.series(total).range(objective.period_window, every).count_over_time()
        # before the first full hour
        return ((found | 0 * objective.series(total)) / samples).clamp_max(1)

    comment = f"how much of the period is known, of {number(samples)} times, {window_text(step)} apart"
    return _recording(objective, "coverage", known, comment)


def _calendar(objective: Objective, paid: tuple[Role, Role]) -> Iterator[Recording]:
    """The samples of a period get its number as a label, so that those of the period before are not summed up."""
    label = objective.calendar
    month = call("month")
    current = (month if label == "month" else (month / 3).ceil()).count_values(label)
    for role, period_role in zip(paid, _OF_PERIOD, strict=True):
        marked = objective.series(role) * current.on().group_left(label)
        yield _recording(objective, period_role, marked, f"labelled with the {label} of the calendar, in UTC")
    total, bad = (objective.series(role).range(LONGEST[label]) for role in _OF_PERIOD)
    ratio = bad.sum_over_time() / (total.sum_over_time() > 0) & current.on(label)
    yield _recording(objective, "ratio", ratio.max(without=[label]), window=label)
    slots = decimal(Fraction(86_400_000, objective.timing.slow))
    days: Instant | Decimal = call("days_in_month") if label == "month" else Decimal(objective.days)
    known = (total.count_over_time() & current.on(label)).max(without=[label]) / slots
    share = known / days.on().group_left() if isinstance(days, Instant) else known / days
    yield _recording(objective, "coverage", share.clamp_max(1), f"how much of the {label} is over and known")


_OF_PERIOD: tuple[Role, Role] = ("total_period", "bad_period")


def _budget(objective: Objective) -> Iterator[Recording]:
    words, window = objective.words, objective.period_window

    def ratio(name: str, share: Share) -> Instant:
        return objective.series("ratio", name, share).max(without=[words.window_label])

    def left(share: Share) -> Instant:
        return 1 - ratio(window, share) / share.budget

    def lasts(share: Share) -> Instant:
        period = objective.period // 1000 * share.budget
        return (objective.series("remaining", share=share) > 0) * period / (ratio(day, share) > share.budget)

    def burnt(share: Share) -> Instant:
        return ratio(window, share) / share.budget

    comment = "the part of the budget that is left; below 0 it is overspent"
    yield _recording(objective, "remaining", lambda: objective.each_share(left), comment)
    day = window_text(FORECAST)
    comment = f"seconds until nothing is left, if the last {day} go on; none while the budget lasts"
    yield _recording(objective, "exhaustion", lambda: objective.each_share(lasts), comment)
    if "period_burn_rate" in words.names:
        yield _recording(objective, "period_burn_rate", lambda: objective.each_share(burnt))


# What does not change -----------------------------------------------------------------------------------


def fixed_rules(objective: Objective) -> Iterator[Recording]:
    """What the definition says, as series; only the info series carries what may be changed at any time."""
    slo = objective.slo
    if not slo.any_error:
        for share in objective.shares:
            for value in share.values or ("",):
                labels = {slo.by[0]: value} if value else None
                yield _recording(objective, "objective", vector(1 - share.budget), labels=labels)
                yield _recording(objective, "budget", vector(share.budget), labels=labels)
    if "period_days" in objective.words.names:
        yield _recording(objective, "period_days", vector(objective.days))
    facts = {
        names.OWNER: objective.system.owner,
        "objective": "100" if slo.objective is None else number(slo.objective),
        "period": objective.period_window,
        **({"title": slo.title} if slo.title else {}),
        **slo.info,
    }
    if "period_days" in objective.words.names:
        facts |= {"sloth_objective": facts["objective"], "sloth_mode": "watchwright", "sloth_spec": "watchwright"}
    yield _recording(objective, "info", vector(1), "what may change without a break in any other series", labels=facts)

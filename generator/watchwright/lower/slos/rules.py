"""
The recorded series of an SLO, in two groups.

The fast group reads what is scraped, once: streams of events, and of these the windows that alerts need. The slow
group sums up averages of these streams, so that thirty days are some thousand samples. Producers stand before
consumers within a group; from one group to the other only ranges are read, since nobody says which of them is
evaluated first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import groupby

from watchwright.lower import names
from watchwright.lower.plan import Recording
from watchwright.lower.resolve import Resolver
from watchwright.lower.slos.maintenance import lasting
from watchwright.lower.slos.objective import CURRENT, FORECAST, Objective, Share, decimal
from watchwright.lower.slos.streams import Reading, Streams, streams
from watchwright.lower.slos.vocabulary import Role, window_text
from watchwright.lower.slos.windows import bases, is_short, since_quarter, summed, turned
from watchwright.model.expression import Instant
from watchwright.model.slo import LONGEST, Maintenance
from watchwright.model.words import call, vector
from watchwright.query.printer import duration, number
from watchwright.semantics.labels import Labels

_SLOW: tuple[Role, Role] = ("total_slow", "bad_slow")


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
        value=objective.series("value"),
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
    """Streams, windows, and the current burn rate."""
    yield from _streams(objective, made)
    yield from _quarters(objective)
    for kind, windows in groupby(objective.windows, key=lambda each: is_short(each, objective.timing)):
        for place, window in enumerate(windows):
            yield _ratio(objective, window, *(() if place else (_SHORT if kind else _LONG)))
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
    if made.tracked is not None:
        yield _recording(objective, "value", made.tracked.value, "what is tracked")
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


def _quarters(objective: Objective) -> Iterator[Recording]:
    """What long windows are summed up from, if there are any."""
    if all(is_short(window, objective.timing) for window in objective.windows):
        return
    quarter = duration(objective.timing.quarter)
    comment = f"with a sign that turns every {quarter}"
    yield _recording(objective, "total_turns", partial(turned, objective, "total"), comment)
    yield _recording(objective, "bad_turns", partial(turned, objective, "bad"))
    comment = f"events since the last full {quarter}: what was before has the other sign, and cancels out"
    yield _recording(objective, "total_events", partial(since_quarter, objective, "total"), comment)
    yield _recording(objective, "bad_events", partial(since_quarter, objective, "bad"))


_SHORT = ("bad events over all events; half an evaluation less than the window, for 2.x counts both ends of a range",)
_LONG = ("what full quarters of an hour had, and this one has so far, without what was there when the window began",)


def _ratio(objective: Objective, window: int, *comment: str) -> Recording:
    def ratio() -> Instant:
        return summed(objective, "bad", window) / (summed(objective, "total", window) > 0)

    return _recording(objective, "ratio", ratio, *comment, window=window_text(window))


# The slow group -----------------------------------------------------------------------------------------


def slow_rules(objective: Objective) -> Iterator[Recording]:
    """Averages of the streams, the budget and how much of its period is known."""
    for role, paid in zip(_SLOW, bases(objective).paid, strict=True):
        yield _recording(objective, role, partial(_average, objective, paid))
    yield from _period(objective)
    if not objective.slo.any_error:
        yield from _budget(objective)


def _average(objective: Objective, role: Role) -> Instant:
    return objective.series(role).range(window_text(objective.timing.slow)).avg_over_time()


def _period(objective: Objective) -> Iterator[Recording]:
    if objective.calendar:
        yield from _calendar(objective)
        return

    def ratio() -> Instant:
        total, bad = (objective.series(role).range(objective.period_window).sum_over_time() for role in _SLOW)
        return bad / (total > 0)

    yield _recording(objective, "ratio", ratio, window=objective.period_window)
    yield _coverage(objective)


def _coverage(objective: Objective) -> Recording:
    """How much of a rolling period is known, looked at every hour, where a sample can be found at any time."""
    total, slow = _SLOW[0], objective.timing.slow
    step = 12 * slow if objective.timing.found else slow
    samples = decimal(Fraction(objective.period, step))
    every = window_text(step) if objective.timing.found else None

    def known() -> Instant:
        found = objective.series(total).range(objective.period_window, every).count_over_time()
        # before the first full hour
        return ((found | 0 * objective.series(total)) / samples).clamp_max(1)

    comment = f"how much of the period is known, of {number(samples)} times, {window_text(step)} apart"
    return _recording(objective, "coverage", known, comment)


def _calendar(objective: Objective) -> Iterator[Recording]:
    """The samples of a period get its number as a label, so that those of the period before are not summed up."""
    label = objective.calendar
    month = call("month")
    current = (month if label == "month" else (month / 3).ceil()).count_values(label)
    for role, period_role in zip(_SLOW, _OF_PERIOD, strict=True):
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

    def ratio(share: Share) -> Instant:
        return objective.series("ratio", window, share).max(without=[words.window_label])

    def left(share: Share) -> Instant:
        return 1 - ratio(share) / share.budget

    def lasts(share: Share) -> Instant:
        period, last = objective.period // 1000 * share.budget, objective.ratio(FORECAST, share, fast=False)
        return (objective.series("remaining", share=share) > 0) * period / (last > share.budget)

    def burnt(share: Share) -> Instant:
        return ratio(share) / share.budget

    comment = "the part of the budget that is left; below 0 it is overspent"
    yield _recording(objective, "remaining", lambda: objective.each_share(left), comment)
    comment = f"seconds until nothing is left, if the last {window_text(FORECAST)} go on; none while the budget lasts"
    yield _recording(objective, "exhaustion", lambda: objective.each_share(lasts), comment)
    if "period_burn_rate" in words.names:
        yield _recording(objective, "period_burn_rate", lambda: objective.each_share(burnt))


# What does not change -----------------------------------------------------------------------------------


def fixed_rules(objective: Objective, made: Streams) -> Iterator[Recording]:
    """What the definition says, as series; only the info series carries what may be changed at any time."""
    slo = objective.slo
    if made.tracked is not None:
        yield _recording(objective, "target", vector(made.tracked.number))
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

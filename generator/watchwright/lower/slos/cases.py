"""
The unit tests of an SLO's alerts.

Each tier is led through its conditions one by one, just above and just below, on recorded series: a window of three
days takes no longer than one of an hour.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import groupby

import attrs

from watchwright.lower import names
from watchwright.lower.plan import Expectation, InputSeries, UnitTest
from watchwright.lower.slos.alerts import Drafted
from watchwright.lower.slos.lowering import Promised, slo_labels
from watchwright.lower.slos.maintenance import first_free
from watchwright.lower.slos.objective import Burning, Objective, Share, over, short
from watchwright.lower.slos.timing import Timing
from watchwright.lower.slos.vocabulary import Role, window_text
from watchwright.lower.slos.windows import bases, is_short, sixtieth
from watchwright.model.duration import milliseconds
from watchwright.model.slo import Tier
from watchwright.query.printer import duration, number, text
from watchwright.query.tree import Matcher, Selector

_MINUTE = 60_000
_ABOVE, _BELOW = Decimal("1.01"), Decimal("0.99")


def slo_tests(promise: Promised) -> Iterator[UnitTest]:
    """The tests of one SLO's alerts."""
    drafted = {draft.name: draft for draft in promise.drafts}
    objective = promise.objective
    # with a least number of events, streams would have to be given beside the ratios that rules make of them
    for burning in objective.burning if not objective.slo.least_events else ():
        for tier in burning.alert.tiers:
            for share in objective.shares:
                yield _of_tier(tier, share, burning, drafted[burning.name], objective)
    for draft in promise.drafts:
        if draft.kind == "any error":
            yield _of_any_error(draft, objective)
        elif draft.kind == "absent":
            yield from _of_absence(draft, objective)


# Tiers --------------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class _Phase:
    """
    A time during which nothing changes, and whether the alert fires after so many steps of it.

    Ratios are multiples of the threshold; *failures* are counted as it begins. *known* says that the long window
    is: else its ratio counts as much as was recorded of it, and is as much higher here.
    """

    steps: int
    fires: bool
    long: Decimal = _ABOVE
    short: Decimal = _ABOVE
    failures: int = 0
    known: bool = False


@attrs.frozen(kw_only=True)
class _Step:
    """One step of a phase, *place* of it."""

    phase: _Phase
    place: int

    @property
    def asked(self) -> bool:
        """Whether the alert must fire, or not, by then."""
        return self.place == self.phase.steps - 1


def _of_tier(tier: Tier, share: Share, burning: Burning, draft: Drafted, objective: Objective) -> UnitTest:
    step = _step(objective.timing)
    # long windows count whole quarters of an hour
    unit = 1 if is_short(over(tier), objective.timing) else objective.timing.quarter // step
    steps = list(_steps(_phases(tier, burning, objective, unit), unit))
    _, bad = bases(objective).alerting
    seconds = Decimal(objective.timing.fast) / 1000
    threshold = objective.threshold(tier, share)
    given: list[tuple[Role, str, Iterable[Decimal]]] = [
        (
            "ratio",
            window_text(over(tier)),
            [each.phase.long * threshold * _unknown(i, each, tier, objective) for i, each in enumerate(steps)],
        ),
        ("ratio", window_text(short(tier)), [each.phase.short * threshold for each in steps]),
        # of all events nothing is given, so that no rule makes a ratio beside the one that is
        (bad, "", [each.phase.failures * (each.place == 0) / seconds for each in steps]),
    ]
    return UnitTest(
        name=f"{draft.name}: {tier.over} and {tier.short}, condition by condition{_shown(share)}",
        file="slo-fast",
        interval=duration(step),
        series=tuple(_input(role, window, _notation(values), share, objective) for role, window, values in given),
        expectations=tuple(
            expectation(duration(i * step), draft, objective, [share] if each.phase.fires else [])
            for i, each in enumerate(steps)
            if each.asked
        ),
        origin=objective.origin.below(f"alert {draft.name}", objective.origin.source),
    )


def _step(timing: Timing) -> int:
    """Some evaluations, five minutes at most, of which a quarter of an hour is a whole number."""
    return next(step for step in range(timing.slow, 0, -timing.fast) if timing.quarter % step == 0)


def _phases(tier: Tier, burning: Burning, objective: Objective, unit: int) -> Iterator[_Phase]:
    step, alert = _step(objective.timing), burning.alert
    wait, calm = (1 + _length(each, step) for each in (alert.for_, alert.keep_firing_for))
    enough = objective.least_failures
    yield _Phase(steps=wait, fires=enough <= 1, failures=max(enough - 1, 0))
    if enough > 1:
        # one more is just enough, unless the first of them leave the window while the alert waits
        yield _Phase(steps=wait, fires=True, failures=1 if 2 * _whole(wait, unit) < over(tier) // step else enough)
    yield _Phase(steps=calm, fires=False, long=_BELOW)
    yield _Phase(steps=wait, fires=True, failures=enough)
    yield _Phase(steps=calm, fires=False, short=_BELOW)
    yield _Phase(steps=wait, fires=True, failures=enough)
    slots = over(tier) // step
    if slots <= _FEW:  # what is known of the window does not count for more than all of it
        yield _Phase(steps=slots + 3 * _whole(wait + calm, unit), fires=False, long=_BELOW, known=True)
        yield _Phase(steps=wait, fires=True, failures=enough, known=True)


# of five minutes: 6 hours
_FEW = 72


def _whole(steps: int, unit: int) -> int:
    return -(-steps // unit) * unit


def _length(length: str | None, step: int) -> int:
    return -(-milliseconds(length or "0", "a duration", zero=True) // step)


def _steps(phases: Iterable[_Phase], unit: int) -> Iterator[_Step]:
    for phase in phases:
        for place in range(_whole(phase.steps, unit)):
            yield _Step(phase=phase, place=place)


def _unknown(number: int, step: _Step, tier: Tier, objective: Objective) -> Decimal:
    """How many times as much of the window there is as is known at a step."""
    if step.phase.known:
        return Decimal(1)
    every = sixtieth(over(tier), objective.timing) or objective.timing.fast
    known = number * _step(objective.timing) // every + 1
    return max(Decimal(over(tier)) / every / known, Decimal(1))


def _notation(values: Iterable[Decimal]) -> Iterator[str]:
    """Samples as promtool writes them: what is repeated, once."""
    for value, run in groupby(f"{number(round(each, 9).normalize())}" for each in values):
        more = len(list(run)) - 1
        yield f"{value}x{more}" if more else value


# The others ---------------------------------------------------------------------------------------------


def _of_any_error(draft: Drafted, objective: Objective) -> UnitTest:
    step, share = objective.timing.fast, objective.shares[0]
    _, bad = bases(objective).alerting
    one = number(1 / (Decimal(step) / 1000))
    after, hour = 20 * step, 3_600_000
    return UnitTest(
        name=f"{draft.name}: one error alerts for an hour",
        file="slo-fast",
        interval=duration(step),
        series=(_input(bad, "", ["0x19", one, f"0x{hour // step + 20}"], share, objective),),
        expectations=(
            expectation(duration(after - step), draft, objective, []),
            expectation(duration(after + 2 * step), draft, objective, [share]),
            expectation(duration(after + hour - step), draft, objective, [share]),
            expectation(duration(after + hour + 2 * step), draft, objective, []),
        ),
        origin=objective.origin.below(f"alert {draft.name}", objective.origin.source),
    )


def _of_absence(draft: Drafted, objective: Objective) -> Iterator[UnitTest]:
    """Silent while events are counted, firing once none are for long enough; at a time without maintenance."""
    after = milliseconds(draft.for_ or "0", "`for`", zero=True) // _MINUTE
    seen = 1 + -(-2 * objective.timing.fast // _MINUTE)  # minutes until two evaluations have looked at it
    start = first_free(objective.slo.maintenance, 40 + 2 * after, objective.timing.late)
    if start is None:
        return
    end = start + 10
    yield UnitTest(
        name=f"{draft.name}: fires where nothing is counted any more",
        file="slo-fast",
        interval="1m",
        # 0 is a count as well: nobody asks for anything at night
        series=(_input("total", "", [f"1x{start}", "1x4", "0x4", "stale"], objective.shares[0], objective),),
        expectations=(
            expectation(f"{end}m", draft, objective, []),
            expectation(f"{end + after}m", draft, objective, []),
            expectation(f"{end + after + seen}m", draft, objective, [None]),
        ),
        origin=objective.origin.below(f"alert {draft.name}", objective.origin.source),
    )


# Series and expectations ----------------------------------------------------------------------------------


def _input(role: Role, window: str, values: Iterable[str], share: Share, objective: Objective) -> InputSeries:
    words = objective.words
    labels = {**words.labelled(window), **group_labels(share, objective)}
    return InputSeries(series=series_text(words.record(role, window), labels), values=" ".join(values))


def group_labels(share: Share, objective: Objective) -> Mapping[str, str]:
    """A value for each label that the streams keep."""
    slo = objective.slo
    labels = dict.fromkeys(objective.by, "one")
    if slo.objectives:
        labels[slo.by[0]] = share.values[0] if share.values else _other(slo.objectives)
    return labels


def _other(known: Mapping[str, Decimal]) -> str:
    return next(name for name in ("one", "two", *(f"other{n}" for n in range(len(known) + 1))) if name not in known)


def _shown(share: Share) -> str:
    return f" ({share.values[0]})" if share.values else ""


def expectation(when: str, draft: Drafted, objective: Objective, fires: Iterable[Share | None]) -> Expectation:
    """For which of the shares an alert fires; None is for all at once."""
    own = {"alertname": draft.name, "alertstate": "firing"}
    query = series_text("ALERTS", {**own, names.SLO: objective.slo.name, names.SYSTEM: objective.system.name})
    samples = tuple(
        series_text(
            "ALERTS",
            {
                **own,
                **{each.label: each.value for each in objective.words.identity},
                **(_all_labels(share, objective) if share else {}),
                **slo_labels(draft, objective),
            },
        )
        for share in fires
    )
    return Expectation(eval_time=when, expr=query, samples=samples)


def _all_labels(share: Share, objective: Objective) -> Mapping[str, str]:
    return {**objective.words.labels, **group_labels(share, objective)}


def series_text(name: str, labels: Mapping[str, str]) -> str:
    """A series as promtool reads it."""
    return text(Selector(name, tuple(Matcher(label, "=", labels[label]) for label in sorted(labels))))

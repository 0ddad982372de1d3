"""One SLO with everything settled: its names, times, budgets, windows and alerts."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Iterable, Iterator
from decimal import Context, Decimal
from fractions import Fraction

import attrs

from watchwright.lower import names
from watchwright.lower.plan import Origin
from watchwright.lower.slos.shapes import Late, Shape
from watchwright.lower.slos.timing import Timing, timing
from watchwright.lower.slos.vocabulary import Role, Vocabulary, vocabulary, window_text
from watchwright.model.duration import milliseconds
from watchwright.model.expression import Instant
from watchwright.model.label import one_of
from watchwright.model.platform import Platform
from watchwright.model.series import GaugeSeries
from watchwright.model.sli import ErrorRatio, Tracked
from watchwright.model.slo import CALENDAR, BurnAlert, Slo, Tier, budget, burn_alerts, period_length
from watchwright.model.system import System
from watchwright.model.words import any_of
from watchwright.query.tree import Matcher

#: Milliseconds: the window of the current burn rate, and that of the forecast.
CURRENT = 300_000
_DAY = FORECAST = 86_400_000

_DIGITS = Context(prec=12)


@attrs.frozen(order=False, kw_only=True)
class Share:
    """The values of a label that share an objective: *matchers* pick their series."""

    matchers: tuple[Matcher, ...]
    values: tuple[str, ...]
    budget: Decimal


@attrs.frozen(order=False, kw_only=True)
class Burning:
    """One alert on the budget."""

    alert: BurnAlert
    name: str


@attrs.define(order=False, kw_only=True, eq=False, slots=False)
class Objective:
    """An SLO of a system; durations are in milliseconds."""

    slo: Slo
    system: System
    words: Vocabulary
    timing: Timing
    by: tuple[str, ...]
    burning: tuple[Burning, ...]
    origin: Origin
    urgent: str
    shape: Shape
    _series: dict[tuple[str, str, tuple[Matcher, ...]], GaugeSeries] = attrs.field(factory=dict, init=False)

    @functools.cached_property
    def period(self) -> int:
        """The period, as burn rates take it."""
        return period_length(self.slo.period)

    @property
    def days(self) -> int:
        """The period in days."""
        return self.period // _DAY

    @property
    def calendar(self) -> str:
        """`month` or `quarter`, where the period does not roll."""
        return self.slo.period if self.slo.period in CALENDAR else ""

    @property
    def period_window(self) -> str:
        """What the period is called on its error ratio."""
        return self.calendar or window_text(self.period)

    @functools.cached_property
    def shares(self) -> tuple[Share, ...]:
        """The objectives: those of some values, grouped, and that of all others."""
        if not self.slo.objectives:
            return (Share(matchers=(), values=(), budget=self.slo.budget),)
        label = self.slo.by[0]
        by_budget: dict[Decimal, list[str]] = {}
        for value, objective in sorted(self.slo.objectives.items()):
            by_budget.setdefault(budget(objective), []).append(value)
        special = [value for values in by_budget.values() for value in values]
        return (
            *(Share(matchers=(_one_of(label, each),), values=tuple(each), budget=b) for b, each in by_budget.items()),
            Share(matchers=(_none_of(label, special),), values=(), budget=self.slo.budget),
        )

    def each_share(self, make: Callable[[Share], Instant]) -> Instant:
        """An expression for each objective, joined: no two of them have a series in common."""
        return any_of(*map(make, self.shares))

    # Windows ------------------------------------------------------------------------------------------------

    @functools.cached_property
    def windows(self) -> tuple[int, ...]:
        """The windows whose error ratio the fast group records; not the period, which the slow group does."""
        tiers = [tier for burning in self.burning for tier in burning.alert.tiers]
        found = {CURRENT, *map(over, tiers), *map(short, tiers), *(() if self.slo.any_error else (FORECAST,))}
        return tuple(sorted(found if self.calendar else found - {self.period}))

    def ratio(self, window: int, share: Share, *, fast: bool) -> Instant:
        """
        The error ratio over a window, as a rule of the fast or the slow group reads it.

        Of the other group it is read over a range: no group may count on when the other one is evaluated.
        """
        series: Instant = self.series("ratio", window_text(window), share)
        made_fast = window in self.windows
        if fast != made_fast:
            step = self.timing.fast if made_fast else self.timing.slow
            series = series.range(window_text(2 * step)).last_over_time()
        return series.max(without=[self.words.window_label])

    def series(self, role: Role, window: str = "", share: Share | None = None) -> GaugeSeries:
        """A recorded series of this SLO."""
        matchers = share.matchers if share else ()
        key = (role, window, matchers)
        found = self._series.get(key)
        if found is None:
            found = self._series[key] = self.words.series(role, window, matchers)
        return found

    def late(self, what: Hashable, make: Callable[[], Instant]) -> Late:
        """An expression of this SLO that reads nothing but recorded series."""
        return Late(lambda: make().node, self.shape, what, self._names)

    @functools.cached_property
    def _names(self) -> str:
        return ",".join(f'{each.label}="{each.value}"' for each in self.words.identity)

    @property
    def least_failures(self) -> int:
        """Bad events to wait for."""
        return _least_failures(self.slo)

    # Budgets ------------------------------------------------------------------------------------------------

    def burn_rate(self, tier: Tier) -> Fraction:
        """How many times as fast as allowed the budget burns where a tier begins."""
        return tier.burn_rate(self.period)

    def threshold(self, tier: Tier, share: Share) -> Decimal:
        """The error ratio at which a tier begins."""
        return _threshold(tier, self.period, share.budget)


@functools.lru_cache(maxsize=1024)  # most SLOs share their tiers and objectives
def _threshold(tier: Tier, period: int, budget: Decimal) -> Decimal:
    return decimal(tier.burn_rate(period) * Fraction(budget))


def over(tier: Tier) -> int:
    """The long window of a tier."""
    return milliseconds(tier.over, "a window")


def short(tier: Tier) -> int:
    """The short window of a tier."""
    return milliseconds(tier.short, "a window")


def decimal(value: Fraction) -> Decimal:
    """A fraction as people write it, to twelve digits where it has no end."""
    return _DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator)).normalize(_DIGITS)


def _one_of(label: str, values: list[str]) -> Matcher:
    return Matcher(label, "=", values[0]) if len(values) == 1 else Matcher(label, "=~", one_of(values))


def _none_of(label: str, values: list[str]) -> Matcher:
    return Matcher(label, "!=", values[0]) if len(values) == 1 else Matcher(label, "!~", one_of(values))


# Making --------------------------------------------------------------------------------------------------


def objectives(system: System, platform: Platform) -> Iterator[Objective]:
    """The SLOs of a system, in the order of their names; of one name, the first alone: a check reports the others."""
    found: dict[str, Slo] = {}
    for slo in system.slos:
        found.setdefault(slo.name, slo)
    shapes: dict[Hashable, Shape] = {}
    for name in sorted(found):
        yield _objective(found[name], system, platform, shapes)


def _objective(slo: Slo, system: System, platform: Platform, shapes: dict[Hashable, Shape]) -> Objective:
    times = timing(slo, system.jobs, platform)
    burning = tuple(_burning(slo, platform))
    urgent = min(
        (each.alert.severity for each in burning),
        key=lambda each: platform.severities.index(each) if each in platform.severities else len(platform.severities),
        default=platform.severities[0],
    )
    by = (*slo.by, *(each for each in platform.keep if each not in slo.by))
    return Objective(
        slo=slo,
        system=system,
        words=vocabulary(slo, system, times.slow),
        timing=times,
        by=by,
        burning=burning,
        origin=Origin.of(system, f"slo {slo.name}", slo),
        urgent=slo.absent_severity or urgent,
        shape=shapes.setdefault(_kind(slo, times, by, burning), Shape()),
    )


def _kind(slo: Slo, times: Timing, by: tuple[str, ...], burning: tuple[Burning, ...]) -> Hashable:
    """Everything of an SLO that its rules depend on, but for its indicator, and with its name's length for its name."""
    return (
        len(slo.name),
        slo.names,
        times,
        by,
        tuple(each.alert for each in burning),
        slo.objective,
        tuple(slo.objectives.items()),
        slo.period,
        _least_failures(slo),
        slo.least_events,
        slo.maintenance,
    )


def _least_failures(slo: Slo) -> int:
    """None where shares weigh the same, and are no events that could be counted."""
    return 0 if isinstance(slo.sli, ErrorRatio) and slo.sli.traffic is None else slo.least_failures


def _burning(slo: Slo, platform: Platform) -> Iterator[Burning]:
    if slo.any_error:
        return
    given = slo.alerts
    if given is None:
        page, ticket = platform.severities[0], platform.severities[:2][-1]
        # what takes days to move wakes nobody
        usual = burn_alerts(slo.period, None if isinstance(slo.sli, Tracked) else page, ticket)
        given = tuple(_reachable(slo, usual))
    for alert in given:
        yield Burning(alert=alert, name=names.slo_alert(slo.name, f"burn {alert.severity}"))


def _reachable(slo: Slo, alerts: Iterable[BurnAlert]) -> Iterator[BurnAlert]:
    """Without those of the usual tiers that not even an outage reaches, as the budget is so large."""
    least = min(slo.budget, *map(budget, slo.objectives.values())) if slo.objectives else slo.budget
    length = period_length(slo.period)
    for alert in alerts:
        tiers = [tier for tier in alert.tiers if _threshold(tier, length, least) < 1]
        if tiers:
            yield attrs.evolve(alert, tiers=tiers)

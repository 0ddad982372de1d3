"""Service level objectives: how much of an indicator may be bad, over what time, and who hears when it is too much."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, TypeAlias, get_args

import attrs

from watchwright.model.accept import accepted
from watchwright.model.duration import milliseconds, optional
from watchwright.model.error import DefinitionError
from watchwright.model.label import LABEL_NAME, LabelLike, label_names, strings
from watchwright.model.quantity import Quantity, Real, exact
from watchwright.model.rule import frozen_texts
from watchwright.model.sli import Sli
from watchwright.model.typed import several, typed
from watchwright.query.units import UnitError, convert, unit
from watchwright.source import Source, here

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DAY = 86_400_000  # milliseconds
_HUNDRED = Decimal(100)

#: Calendar periods, in UTC, and the days that burn rates take them for.
CALENDAR = {"month": 30, "quarter": 90}
#: How long the longest of them is: so far back their events are looked for.
LONGEST = {"month": "31d", "quarter": "92d"}


# Tiers --------------------------------------------------------------------------------------------------


def _share(value: Real | Quantity) -> Decimal:
    """A part of the whole: `2 * percent` and 0.02 are the same."""
    number = exact(value) if not isinstance(value, Quantity) else _converted(value, "ratio", "a share of a budget")
    if not 0 < number <= 1:
        msg = f"a tier spends more than nothing of the budget, and all of it at most, got {value}"
        raise DefinitionError(msg, "write 2 * percent")
    return number


def _converted(value: Quantity, wanted: str, what: str) -> Decimal:
    try:
        return convert(value.value, unit(value.unit), unit(wanted))
    except UnitError as error:
        msg = f"{what}: {error}"
        raise DefinitionError(msg) from None


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Tier:
    """
    A pair of windows: an alert begins where the budget burns so fast that *over* costs *spends* of it.

    The burn rate that this comes to is `spends * period / over`: 2 % of 30 days in an hour is 14.4. The *short* window
    must burn as fast, so that the alert ends soon after its cause.
    """

    over: str = attrs.field(kw_only=False)
    short: str
    spends: Decimal = attrs.field(converter=_share)

    def __attrs_post_init__(self) -> None:
        if milliseconds(self.short, "`short` of a tier") >= milliseconds(self.over, "`over` of a tier"):
            msg = f"the short window of a tier is shorter than {self.over}, got {self.short}"
            raise DefinitionError(msg)

    def burn_rate(self, period: int) -> Fraction:
        """How many times as fast as allowed the budget of a *period*, in milliseconds, burns at its threshold."""
        return Fraction(self.spends) * period / milliseconds(self.over, "a window")


def _tiers(values: Iterable[Tier]) -> tuple[Tier, ...]:
    return several(values)


def _for(value: str | None) -> str | None:
    return optional(value, "`for_` of a burn alert")


def _keep(value: str | None) -> str | None:
    return optional(value, "`keep_firing_for` of a burn alert")


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class BurnAlert:
    """One alert of a *severity*, for any of its tiers: two that cross at once are one alert."""

    severity: str = attrs.field(kw_only=False)
    tiers: tuple[Tier, ...] = attrs.field(kw_only=False, converter=_tiers)
    for_: str | None = attrs.field(default=None, converter=_for)
    keep_firing_for: str | None = attrs.field(default=None, converter=_keep)

    def __attrs_post_init__(self) -> None:
        if not self.tiers:
            msg = f"the burn alert `{self.severity}` has no tier"
            raise DefinitionError(msg, "leave the alert out instead")
        windows = [(each.over, each.short) for each in self.tiers]
        if len(set(windows)) < len(windows):
            msg = f"the burn alert `{self.severity}` has two tiers of the same windows"
            raise DefinitionError(msg, "the one that spends less is enough")
        least = min(milliseconds(each.over, "a window") for each in self.tiers)
        if self.for_ is not None and milliseconds(self.for_, "`for_`", zero=True) >= least:
            msg = f"the burn alert `{self.severity}` waits for {self.for_}, which is no less than its windows"
            raise DefinitionError(msg, "the windows of a tier are its `for`: leave it out, or wait for some minutes")


# the windows of https://sre.google/workbook/alerting-on-slos/ (its table 5-8, and its example code for the third)
# with what they spend of 30 days: 14.4, 6, 3 and 1 times the rate that the budget allows
_PAGE = (("1h", "5m", Fraction(2, 100)), ("6h", "30m", Fraction(5, 100)))
_TICKET = (("1d", "2h", Fraction(10, 100)), ("3d", "6h", Fraction(10, 100)))
_CATALOGUED = 28 * _DAY


@lru_cache(maxsize=64)  # most SLOs have the same
def burn_alerts(period: str = "30d", page: str | None = "page", ticket: str = "ticket") -> tuple[BurnAlert, ...]:
    """
    The alerts that an SLO has unless it says otherwise: one that pages, one that opens a ticket, of two tiers each.

    Without a *page* it opens the ticket alone, which is what an SLO of a tracked value has.

    From 28 days on they spend 2, 5, 10 and 10 % of the budget. A shorter period keeps the burn rates of 30 days
    instead, of which it spends more: a tier that would spend all of it is left out.
    """
    length = period_length(period)
    pages, tickets = (() if page is None else _PAGE), _TICKET
    given = ((page or "", pages), (ticket, tickets)) if page != ticket else ((ticket, pages + tickets),)
    alerts = ((severity, tuple(_default(length, tiers))) for severity, tiers in given)
    return tuple(BurnAlert(severity, tiers) for severity, tiers in alerts if tiers)


def _default(period: int, tiers: Iterable[tuple[str, str, Fraction]]) -> Iterable[Tier]:
    scale = Fraction(1) if period >= _CATALOGUED else Fraction(30 * _DAY, period)
    for over, short, spends in tiers:
        share = spends * scale
        if share < 1:
            yield Tier(over, short=short, spends=Decimal(share.numerator) / share.denominator)


# Maintenance --------------------------------------------------------------------------------------------

Day: TypeAlias = Literal["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
DAYS: tuple[str, ...] = get_args(Day)  # Prometheus counts them from Sunday, 0
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


def _days(values: Iterable[Day]) -> tuple[Day, ...]:
    strings("`days` of a maintenance", values)
    return several(values)


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Maintenance:
    """
    A time at which nobody is to be told: every day or on some *days* at `"02:00"`, or once at `"2026-12-24 22:00"`.

    All in UTC. No alert of the SLO begins on what happens then. Its budget pays for it all the same, unless
    *excuses_budget* says that it does not.
    """

    name: str = attrs.field(kw_only=False)
    start: str
    lasts: str
    days: tuple[Day, ...] = attrs.field(default=(), converter=_days)
    excuses_budget: bool = False

    def __attrs_post_init__(self) -> None:
        length = milliseconds(self.lasts, "`lasts` of a maintenance")
        if _CLOCK.fullmatch(self.start):
            if length >= _DAY:
                msg = f"maintenance `{self.name}` lasts less than a day, or it would never end, got {self.lasts}"
                raise DefinitionError(msg)
        elif self.moment is None or self.days:
            msg = f"maintenance `{self.name}` starts at a time of day, or at a date and a time, got {self.start!r}"
            raise DefinitionError(msg, 'write "02:00" and the days, or "2026-12-24 22:00" without days; in UTC')

    @property
    def moment(self) -> int | None:
        """When it begins, in seconds since 1970, where that is once."""
        try:
            return int(datetime.strptime(self.start, "%Y-%m-%d %H:%M").replace(tzinfo=UTC).timestamp())
        except ValueError:
            return None


# Objectives ---------------------------------------------------------------------------------------------


def period_length(period: str) -> int:
    """A period in milliseconds, as burn rates take it."""
    if period in CALENDAR:
        return CALENDAR[period] * _DAY
    if not isinstance(period, str) or not re.fullmatch(r"\d+[dw]", period) or not milliseconds(period, "", zero=True):
        msg = f"the period of an SLO is a number of days, or a period of the calendar, got {period!r}"
        raise DefinitionError(msg, 'write "30d", "month" or "quarter"')
    return milliseconds(period, "`period` of an SLO")


def _objective(value: Real | None) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        msg = f"an objective is a number, the percentage of good events, got {value!r}"
        raise DefinitionError(msg)
    number = exact(value)
    if number == _HUNDRED:
        msg = "an objective of 100 leaves no budget to burn, so that any alert on it would be noise"
        raise DefinitionError(msg, "say any_error=True instead of an objective, if each error is to alert")
    if number.is_nan() or not 0 < number < _HUNDRED:
        msg = f"an objective is a percentage between 0 and 100, got {value}"
        raise DefinitionError(msg)
    return number


def _objectives(values: Mapping[str, Real]) -> Mapping[str, Decimal]:
    if not isinstance(values, Mapping):
        msg = f"`objectives` maps values of a label to objectives, got {values!r}"
        raise DefinitionError(msg)
    found: dict[str, Decimal] = {}
    for value, given in values.items():
        objective = _objective(given)
        if not isinstance(value, str) or not value or objective is None:
            msg = f"`objectives` maps values of a label to objectives, got {value!r}: {given!r}"
            raise DefinitionError(msg)
        found[value] = objective
    return MappingProxyType(found)


def _labels(values: Iterable[LabelLike]) -> tuple[str, ...]:
    return label_names(values, "`by` of an SLO")


def _alerts(values: Iterable[BurnAlert] | None) -> tuple[BurnAlert, ...] | None:
    return None if values is None else several(values)


def _maintenance(values: Iterable[Maintenance]) -> tuple[Maintenance, ...]:
    return several(values)


def _dependencies(values: Iterable[Slo]) -> tuple[Slo, ...]:
    return several(values)


def _steps(values: Iterable[str]) -> tuple[str, ...]:
    return strings("`check_first`", values)


def _traffic(value: Quantity | None) -> Decimal | None:
    if value is None:
        return None
    if not isinstance(value, Quantity) or value.value <= 0:
        msg = f"`traffic` of an SLO is how many events to expect in a time, got {value!r}"
        raise DefinitionError(msg, "write 5 / s")
    return _converted(value, "count/s", "`traffic` of an SLO")


def _interval(value: str | None) -> str | None:
    return optional(value, "the interval of an SLO", zero=False)


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Slo:
    """
    A promise: *objective* percent of the events of *sli* are good over *period*.

    *period* is a number of days that rolls (`"30d"`), or `"month"` or `"quarter"` of the calendar, in UTC. With *by*
    each value of these labels has a budget of its own, and where it is one label, *objectives* gives some of its
    values objectives of their own. *any_error* is for what must never fail: no objective, and each error alerts.

    *alerts* are those of `burn_alerts(period)` with the platform's first two severities unless given. They wait for
    *least_failures* bad events in the long window, so that one error on a quiet service wakes nobody, and for
    *least_events* of all. Another alert, of *absent_severity* (the most urgent of the others), says that no events are
    counted any more.

    *traffic* is how many events to expect, such as `5 / s`, for the checks. *depends_on* are SLOs of what it needs:
    it cannot promise more. *info* are more labels of its info series, which no other series carries.
    *interval* is how often it is evaluated: 30 s, or as often as the slowest of its jobs is scraped; a tracked value
    each five minutes.
    *names* `"sloth"` gives its series the names and labels that Sloth gives them.
    """

    name: str = attrs.field(kw_only=False)
    sli: Sli
    objective: Decimal | None = attrs.field(default=None, converter=_objective)
    any_error: bool = False
    period: str = "30d"
    by: tuple[str, ...] = attrs.field(default=(), converter=_labels)
    objectives: Mapping[str, Decimal] = attrs.field(factory=dict, converter=_objectives, hash=False)
    alerts: tuple[BurnAlert, ...] | None = attrs.field(default=None, converter=_alerts)
    least_failures: int = 3
    least_events: int = 0
    absent_severity: str | None = None
    traffic: Decimal | None = attrs.field(default=None, converter=_traffic)
    maintenance: tuple[Maintenance, ...] = attrs.field(default=(), converter=_maintenance)
    depends_on: tuple[Slo, ...] = attrs.field(default=(), converter=_dependencies)
    interval: str | None = attrs.field(default=None, converter=_interval)
    names: Literal["watchwright", "sloth"] = "watchwright"
    title: str = ""
    description: str = ""
    check_first: tuple[str, ...] = attrs.field(default=(), converter=_steps)
    info: Mapping[str, str] = attrs.field(factory=dict, converter=frozen_texts, hash=False)
    accept: Mapping[str, str] = attrs.field(factory=dict, converter=accepted, hash=False)
    source: Source = attrs.field(factory=here, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            msg = f"an SLO is named in lower-case letters, digits and single dashes, got {self.name!r}"
            raise DefinitionError(msg, "it becomes a label value, and a part of alert names")
        if self.objective is None and not self.any_error:
            msg = f"SLO `{self.name}` has no objective"
            raise DefinitionError(msg, "say objective=99.9, or any_error=True if each error is to alert")
        if self.any_error and (self.objective is not None or self.objectives or self.alerts):
            msg = f"SLO `{self.name}` alerts on any error, so that it has no objective, and no alert on a budget"
            raise DefinitionError(msg)
        if self.objectives and len(self.by) != 1:
            msg = f"SLO `{self.name}` has `objectives` for values of a label, and is `by` {list(self.by)}"
            raise DefinitionError(msg, "say of which one label: by=[...]")
        self._refuse_repetition("`by`", self.by)
        self._refuse_repetition("the severities of its alerts", [each.severity for each in self.alerts or ()])
        for label in self.info:
            if not LABEL_NAME.fullmatch(label):
                msg = f"a label of `info` must be letters, digits and underscores, got {label!r}"
                raise DefinitionError(msg)
        for name in ("least_failures", "least_events"):
            if getattr(self, name) < 0:
                msg = f"SLO `{self.name}`: `{name}` is a number of events, got {getattr(self, name)}"
                raise DefinitionError(msg)
        if "{" in self.title:
            msg = f"a title is plain text, without braces, got {self.title!r}"
            raise DefinitionError(msg)
        if "__name__" in self.by:
            msg = f"SLO `{self.name}` cannot be by the name of its series"
            raise DefinitionError(msg)
        length = period_length(self.period)
        for tier in (tier for alert in self.alerts or () for tier in alert.tiers):
            if milliseconds(tier.over, "a window") >= length:
                msg = f"SLO `{self.name}`: a tier of {tier.over} is no shorter than its period, {self.period}"
                raise DefinitionError(msg)

    def _refuse_repetition(self, what: str, names: Iterable[str]) -> None:
        for name in (found := tuple(names)):
            if found.count(name) > 1:
                msg = f"SLO `{self.name}`: {what} have `{name}` twice"
                raise DefinitionError(msg, "put all tiers of a severity into one alert" if "alerts" in what else "")

    @property
    def budget(self) -> Decimal:
        """The share of events that may be bad: 0.001 at 99.9 %, and 0 where any error alerts."""
        return Decimal(0) if self.objective is None else budget(self.objective)


def budget(objective: Decimal) -> Decimal:
    """The share of events that may be bad."""
    return (_HUNDRED - objective) / _HUNDRED

"""What the series of an SLO are called: names and labels, ours or Sloth's."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Literal, TypeAlias

import attrs

from watchwright.lower import names
from watchwright.model.duration import milliseconds
from watchwright.model.series import GaugeSeries
from watchwright.model.slo import CALENDAR, Slo
from watchwright.model.system import System
from watchwright.query.printer import duration
from watchwright.query.tree import Matcher, Selector

#: What a recorded series of an SLO says.
Role: TypeAlias = Literal[
    "value",
    "target",
    "total",
    "bad",
    "first",
    "total_alerting",
    "bad_alerting",
    "total_slow",
    "bad_slow",
    "total_period",
    "bad_period",
    "total_turns",
    "bad_turns",
    "total_events",
    "bad_events",
    "ratio",
    "burn_rate",
    "remaining",
    "coverage",
    "exhaustion",
    "objective",
    "budget",
    "info",
    "period_burn_rate",
    "period_days",
]

# `{slow}` is the interval of the slow group
_OURS: Mapping[Role, str] = {
    "value": "slo:value",
    "target": "slo:target",
    "total": "slo:total:rate",
    "bad": "slo:bad:rate",
    "first": "slo:bad:rate_first",
    "total_alerting": "slo:total:rate_alerting",
    "bad_alerting": "slo:bad:rate_alerting",
    "total_slow": "slo:total:rate_avg{slow}",
    "bad_slow": "slo:bad:rate_avg{slow}",
    "total_turns": "slo:total:rate_turns",
    "bad_turns": "slo:bad:rate_turns",
    "total_events": "slo:total:events",
    "bad_events": "slo:bad:events",
    "total_period": "slo:total:rate_avg{slow}_of_period",
    "bad_period": "slo:bad:rate_avg{slow}_of_period",
    "ratio": "slo:ratio",
    "burn_rate": "slo:burn_rate",
    "remaining": "slo:remaining",
    "coverage": "slo:coverage",
    "exhaustion": "slo:exhaustion_seconds",
    "objective": "slo:objective",
    "budget": "slo:budget",
    "info": "slo:info",
}

# https://sloth.dev/introduction/architecture/ and the output of Sloth 0.16; what it lacks keeps our names
_SLOTH: Mapping[Role, str] = {
    **_OURS,
    "ratio": "slo:sli_error:ratio_rate{window}",
    "burn_rate": "slo:current_burn_rate:ratio",
    "remaining": "slo:period_error_budget_remaining:ratio",
    "objective": "slo:objective:ratio",
    "budget": "slo:error_budget:ratio",
    "info": "sloth_slo_info",
    "period_burn_rate": "slo:period_burn_rate:ratio",
    "period_days": "slo:time_period:days",
}

WINDOW = "window"
_SLOTH_WINDOW = "sloth_window"


@attrs.frozen(order=False, kw_only=True)
class Vocabulary:
    """
    The names of one SLO's series.

    *labels* are on each of them, *identity* is what references select, *slow* the interval of the slow group.
    """

    names: Mapping[Role, str]
    labels: Mapping[str, str]
    identity: tuple[Matcher, ...]
    slow: str
    window_label: str = WINDOW

    def record(self, role: Role, window: str = "") -> str:
        """The name of a recorded series."""
        return self.names[role].format(slow=self.slow, window=self._written(window))

    def labelled(self, window: str = "") -> Mapping[str, str]:
        """The labels that its rule sets."""
        return {**self.labels, self.window_label: self._written(window)} if window else self.labels

    def _written(self, window: str) -> str:
        """Sloth writes durations as Prometheus does: 28 days are `4w`."""
        if not window or window in CALENDAR or self.window_label == WINDOW:
            return window
        return duration(milliseconds(window, "a window"))

    def series(self, role: Role, window: str = "", matchers: tuple[Matcher, ...] = ()) -> GaugeSeries:
        """A recorded series, selected; with *window* the error ratio of it."""
        own = (Matcher(WINDOW, "=", window),) if window and self.window_label == WINDOW else ()
        return GaugeSeries(Selector(self.record(role, window), (*self.identity, *own, *matchers)), frozenset())


@functools.cache
def window_text(window: int) -> str:
    """A window in milliseconds as people write it: days stay days."""
    return f"{window // _DAY}d" if window % _DAY == 0 else duration(window)


_DAY = 86_400_000


def vocabulary(slo: Slo, system: System, slow: int) -> Vocabulary:
    """The names of an SLO's series; *slow* is the interval of its slow group in milliseconds."""
    if slo.names == "sloth":
        # an id alone may be that of two: `a-b` of `shop`, and `b` of `shop-a`
        labels = {"sloth_id": f"{system.name}-{slo.name}", "sloth_service": system.name, "sloth_slo": slo.name}
        return Vocabulary(
            names=_SLOTH,
            labels=labels,
            identity=tuple(Matcher(name, "=", value) for name, value in labels.items()),
            slow=duration(slow),
            window_label=_SLOTH_WINDOW,
        )
    labels = {names.SYSTEM: system.name, names.SLO: slo.name}
    identity = tuple(Matcher(name, "=", value) for name, value in labels.items())
    return Vocabulary(names=_OURS, labels=labels, identity=identity, slow=duration(slow))

"""What goes wrong with a healthy service, and how long it takes until somebody is told."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import attrs
import textbook
from backfilled import Replay, Rule, prometheus
from definitions import FAST_PHASE, in_order, rendered
from ledger import Burst, Scenario, drawn

from watchwright.verify.tools import Tool

HOUR = 3_600.0
#: What the alerts of 99.9 % have for a budget.
BUDGET = 0.001


@attrs.frozen(kw_only=True)
class Fault:
    """Errors from an onset on, what traffic they meet, and for how many seconds one looks at most."""

    name: str
    bursts: Callable[[float], Sequence[Burst]]
    lasts: float
    rate: float = 20.0
    healthy: float = 0.0002

    def scenario(self, history: float, onset: float) -> Scenario:
        """The world in which it happens."""
        return Scenario(
            name=self.name,
            days=(onset + self.lasts) / (24 * HOUR),
            instances=4,
            rate=self.rate,
            by_day=0.3,
            errors=self.healthy,
            bursts=self.bursts(onset),
            old=history,
        )


def nothing(onset: float) -> Sequence[Burst]:
    """All goes on as before."""
    return [Burst(onset, onset, errors=0)]


def constant(share: float) -> Callable[[float], Sequence[Burst]]:
    """The same share fails from the onset on."""
    return lambda onset: [Burst(onset, math.inf, errors=share)]


def leaking(onset: float) -> Sequence[Burst]:
    """Another 0.1 % fails every ten minutes."""
    return [Burst(onset + 600 * step, onset + 600 * (step + 1), errors=0.001 * (step + 1)) for step in range(300)]


def flapping(onset: float) -> Sequence[Burst]:
    """30 % fails for two minutes of ten."""
    return [Burst(onset + 600 * turn, onset + 600 * turn + 120, errors=0.3) for turn in range(300)]


@attrs.frozen(kw_only=True)
class Told:
    """Seconds from the onset until an alert, of ours and of the textbook's; and how many began before the onset."""

    ours: float
    theirs: float
    theirs_slow: float
    false: tuple[int, int]

    @property
    def behind(self) -> float:
        """How much later ours is."""
        return round(self.ours - self.theirs, 1)


@attrs.frozen(kw_only=True)
class Watch:
    """A Prometheus with the rules of one SLO and the textbook's, over a healthy *history* first."""

    tool: Tool
    folder: Path
    history: float
    words: str = ""

    def told(self, fault: Fault, onset_after: float, severity: textbook.Tiers, *, false_since: float = 120) -> Told:
        """What is told of a fault; the textbook's rules are evaluated from *false_since* seconds before it on."""
        onset = self.history + onset_after
        files = rendered(self.folder / "repository", f"objective=99.9{self.words}")
        theirs = textbook.rules(BUDGET, FAST_PHASE, onset - false_since, severity)
        ours = in_order(files)
        scenario = fault.scenario(self.history, onset)
        with prometheus(self.tool.path, self.tool.version, self.folder / "server") as server:
            rules = [*ours, *theirs]
            Replay(server=server, rules=rules, samples=drawn(scenario).series()).run(60, scenario.length)
        (alert,) = (each for each in ours if each.name.endswith(f"Burn{severity.name.title()}"))
        times = theirs[-1].found
        return Told(
            ours=_first(alert.firing, onset),
            theirs=_first(times, onset),
            theirs_slow=_first([each for each in times if _is_on_slow(each)], onset),
            false=(_before(alert, onset), _before(theirs[-1], onset)),
        )


def _is_on_slow(at: float) -> bool:
    """Whether a group that is evaluated every five minutes would be then."""
    return round(at - FAST_PHASE) % 300 == 0


def _first(times: Sequence[float], onset: float) -> float:
    return min((each - onset for each in times if each > onset), default=math.inf)


def _before(rule: Rule, onset: float) -> int:
    times = [each for each in rule.firing if each <= onset]
    return sum(each - before > rule.interval * 1.5 for before, each in pairwise([-math.inf, *times]))

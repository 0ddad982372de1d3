"""
What was counted in a window, up to this very evaluation.

A short window is the sum of the samples of a stream. A long one would be thousands of them each time: it is summed up
from quarters of an hour. What is added up since the last full quarter, and was where the window begins, makes the sum
exact at every evaluation.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Literal, TypeAlias

import attrs

from watchwright.lower.slos.objective import Objective, Share, decimal
from watchwright.lower.slos.timing import Timing
from watchwright.lower.slos.vocabulary import Role, window_text
from watchwright.model.expression import Instant, Scalar
from watchwright.model.words import time
from watchwright.query.printer import duration

Which: TypeAlias = Literal["total", "bad"]


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


# Windows ------------------------------------------------------------------------------------------------

# of a stream: an hour of what is evaluated each 30 s
_FEW = 120


def is_short(window: int, timing: Timing) -> bool:
    """Whether a window is summed up from samples, and not from quarters of an hour."""
    return window <= _FEW * timing.fast or not timing.found


def summed(objective: Objective, which: Which, window: int, share: Share | None = None) -> Instant:
    """The sum of a stream over a window: of its samples, or of events where the window is long."""
    if is_short(window, objective.timing):
        stream = objective.series(bases(objective).alerting[which == "bad"], share=share)
        return stream.range(_evaluations(window, objective.timing)).sum_over_time()
    now = objective.series(_EVENTS[which], share=share)
    return _quarters(now, window, objective.timing) + (now - now.offset(window_text(window)) | now) | now


_EVENTS: dict[Which, Role] = {"total": "total_events", "bad": "bad_events"}


def events(objective: Objective, which: Which, window: int, share: Share) -> Instant:
    """How many events, or bad ones, there were in a window; in a long one, and up to a quarter of an hour before."""
    if is_short(window, objective.timing):
        return summed(objective, which, window, share) * (Decimal(objective.timing.fast) / 1000)
    now = objective.series(_EVENTS[which], share=share)
    return _quarters(now, window, objective.timing) + now | now


def known(objective: Objective, window: int, beyond: int, share: Share) -> Instant:
    """How much of a window is known, looked at sixty times, and for so many milliseconds longer."""
    timing = objective.timing
    every = sixtieth(window, timing)
    role = bases(objective).alerting[1] if is_short(window, timing) else _EVENTS["bad"]
    looked_at = window_text(window + beyond), window_text(every) if every else None
    found = objective.series(role, share=share).range(*looked_at).count_over_time()  # 0 is there, where none is bad
    return (found / decimal(Fraction(window, every or timing.fast))).clamp_max(1)


def sixtieth(window: int, timing: Timing) -> int | None:
    """A sixtieth of a window, in whole evaluations; None where samples are not found at any time."""
    return max(window // (60 * timing.fast), 1) * timing.fast if timing.found else None


def _quarters(counted: Instant, window: int, timing: Timing) -> Instant:
    """The last value of each full quarter of an hour; what is evaluated just then belongs to the next one."""
    return counted.offset("1ms").range(window_text(window), duration(timing.quarter)).sum_over_time()


def _evaluations(window: int, timing: Timing) -> str:
    """A range that has as many samples as the window has evaluations, on every version: 2.x counts both of its ends."""
    return duration(max(window - timing.fast // 2, timing.fast // 2))


# Quarters of an hour ------------------------------------------------------------------------------------


def turned(objective: Objective, which: Which) -> Instant:
    """A stream whose sign turns with each quarter of an hour."""
    return objective.series(bases(objective).alerting[which == "bad"]) * _sign(objective.timing.quarter)


_TURNS: dict[Which, Role] = {"total": "total_turns", "bad": "bad_turns"}


def since_quarter(objective: Objective, which: Which) -> Instant:
    """
    How many events there were since the last full quarter of an hour.

    A quarter of an hour back there are two of them at most: what has the other sign cancels out.
    """
    back = _evaluations(objective.timing.quarter, objective.timing)
    stream = objective.series(bases(objective).alerting[which == "bad"]).range(back).sum_over_time()
    turns = objective.series(_TURNS[which]).range(back).sum_over_time()
    return (stream + turns * _sign(objective.timing.quarter)) * (Decimal(objective.timing.fast) / 2000)


def _sign(quarter: int) -> Scalar:
    now, seconds = Instant(time().node), Decimal(quarter) / 1000
    return Scalar((1 - 2 * (now % (2 * seconds) >= seconds).bool()).node)

"""Maintenance windows as PromQL: a series while one of them lasts, and none else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from watchwright.model.duration import milliseconds
from watchwright.model.expression import Instant
from watchwright.model.slo import DAYS, Maintenance
from watchwright.model.words import any_of, call, time, vector

_MINUTES = 1_440  # of a day


def lasting(windows: Iterable[Maintenance], late: int) -> Instant:
    """A series without labels while any of the windows lasts, and until nothing is counted of it, *late* ms after."""
    return any_of(*(each for window in windows for each in _pieces(window, late)))


def _pieces(window: Maintenance, late: int) -> Iterator[Instant]:
    length = milliseconds(window.lasts, "`lasts`") + late
    if window.moment is not None:
        yield _between(vector(time()), Decimal(window.moment), Decimal(window.moment) + Decimal(length) / 1000)
        return
    hours, minutes = map(int, window.start.split(":"))
    begin = hours * 60 + minutes
    end = begin + -(-length // 60_000)
    of_day = call("hour") * 60 + call("minute")
    yield _on(_between(of_day, begin, min(end, _MINUTES)), window, 0)
    if end > _MINUTES:  # past midnight
        yield _on(_between(of_day, 0, end - _MINUTES), window, 1)


def _between(value: Instant, begin: Decimal | int, end: Decimal | int) -> Instant:
    return (value >= begin) < end


def _on(when: Instant, window: Maintenance, later: int) -> Instant:
    if not window.days:
        return when
    numbers = sorted((DAYS.index(day) + later) % len(DAYS) for day in window.days)
    return when & any_of(*(call("day_of_week").eq(number) for number in numbers))


def first_free(windows: Iterable[Maintenance], length: int, late: int) -> int | None:
    """The first minute of an empty week, from its Thursday on, that begins *length* minutes without maintenance."""
    # a unit test begins in 1970, on a Thursday, at midnight
    week = 7 * _MINUTES
    busy = {minute % week for window in windows if window.moment is None for minute in _busy(window, late)}
    for start in range(week):
        if busy.isdisjoint(minute % week for minute in range(start, start + length + 1)):
            return start
    return None


def _busy(window: Maintenance, late: int) -> Iterator[int]:
    hours, minutes = map(int, window.start.split(":"))
    for day in window.days or DAYS:
        begin = (DAYS.index(day) - DAYS.index("thu")) % len(DAYS) * _MINUTES + hours * 60 + minutes
        yield from range(begin, begin + -(-(milliseconds(window.lasts, "`lasts`") + late) // 60_000))

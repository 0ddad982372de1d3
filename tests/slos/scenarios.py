"""Worlds in which counting is difficult, each in its own way."""

from __future__ import annotations

import math
from collections.abc import Iterator
from random import Random

from ledger import DAY, Burst, Scenario

_HOUR = 3600.0


def scenarios(days: float = 1.0, instances: int = 6) -> Iterator[Scenario]:
    """All of them."""
    bursts = tuple(_bursts(40, days))
    outage = _HOUR * 10

    def one(name: str, **more: object) -> Scenario:
        return Scenario(name=name, days=days, instances=instances, **more)  # type: ignore[arg-type]

    yield one("day and night", by_day=0.9)
    yield one("one bad hour", bursts=[Burst(outage, outage + _HOUR, errors=0.1, traffic=5)])
    yield one("bursts of 40 s", bursts=bursts)
    yield one("errors in step with the clock", ticking=3.0)
    yield one("jitter", bursts=bursts, jitter=0.8)
    yield one("restarts in place", lives=8 * _HOUR)
    yield one("restarts, lazy errors", lives=8 * _HOUR, lazy=True)
    yield one("crashes, lazy errors", lives=1 * _HOUR, lazy=True, errors=0.005)
    yield one("crashes after errors, lazy", lives=1 * _HOUR, lazy=True, dying=30)
    yield one("instances replaced, lazy", lives=8 * _HOUR, renamed=True, lazy=True)
    yield one("low traffic, lazy", rate=0.2, errors=0.02, lives=8 * _HOUR, lazy=True)
    yield one("relabelled at noon", relabelled=DAY * days / 2, lazy=True, lives=8 * _HOUR, old=5 * DAY)
    yield one("scrapes fail with the rest", bursts=bursts, flaky=0.3, lazy=True)
    yield one("12 min unscraped", unscraped=[(outage, outage + 720)], bursts=bursts, old=5 * DAY)
    yield one("Prometheus away for 3 min", down=[(outage, outage + 180)], old=5 * DAY, bursts=bursts)
    yield one("Prometheus away for 20 min", down=[(outage, outage + 1200)], old=5 * DAY, bursts=bursts)


def _bursts(seconds: float, days: float) -> Iterator[Burst]:
    """Half of all fails, now and then."""
    random = Random(3)
    for slot in range(math.ceil(days * 20)):
        start = (slot + random.random()) * DAY / 20 - seconds
        yield Burst(start, start + seconds, errors=0.5)

"""The systems that a clockwork simulates, and what scraping them would give to the rules of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from importlib import import_module
from typing import Any

from hours import repeated
from targets import series

from simulators.clockwork import Clockwork, Target

#: By the name of the system, the package that simulates it.
PACKAGES: Mapping[str, str] = {
    "agi-production": "simulators.agi_production",
    "cmr": "simulators.cmr",
    "proactive-monitor": "simulators.proactive_monitor",
    "x0tta6bl4": "simulators.x0tta6bl4",
}


def simulation(system: str) -> type[Clockwork[Any, Any]]:
    """The class that simulates a system."""
    found: type[Clockwork[Any, Any]] = import_module(PACKAGES[system]).Simulation
    return found


def scraped(
    run: Clockwork[Any, Any], target: Target, only: Collection[str] | None = None
) -> Iterator[tuple[str, Mapping[str, str], float]]:
    """What a scrape of the target stores now: name, labels and value; of these names, if *only* some are wanted."""
    answers = run.answers(target)
    yield "up", target.scraped, float(answers)
    for sample in run.samples(target) if answers else ():
        if only is None or sample.name in only:
            yield sample.name, {**sample.labels, **target.scraped}, sample.value


def input_series(run: Clockwork[Any, Any], read: Collection[str], *, until: int, step: int) -> list[dict[str, str]]:
    """What is scraped each *step* seconds of the series that are *read*, in promtool's notation."""
    found: dict[str, dict[int, float]] = {}
    for number, second in enumerate(range(0, until + 1, step)):
        run.advance(second)
        for target in run.TARGETS:
            for name, labels, value in scraped(run, target, read):
                found.setdefault(series(name, labels), {})[number] = value
    return [{"series": name, "values": repeated(values, until // step + 1)} for name, values in found.items()]

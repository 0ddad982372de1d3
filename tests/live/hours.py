"""Simulated hours as a promtool unit test: the samples of a simulation, and the alerts they fire."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from history import samples
from loopback import rules
from targets import series

from simulators.clockwork import Target
from simulators.quantacirc import Simulation


def read_by_rules(*systems: str) -> frozenset[str]:
    """Every word of the systems' expressions: among them the names of all series that their rules read."""
    return frozenset(word for rule in rules(*systems) for word in re.findall(r"[a-zA-Z_:][\w:]*", rule["expr"]))


def input_series(
    simulation: Simulation, scraped: Sequence[Target], read: frozenset[str], *, until: int, step: int
) -> list[dict[str, str]]:
    """What is scraped each *step* seconds of the series that are *read*, in promtool's notation."""
    found: dict[str, dict[int, float]] = {}
    for number, second in enumerate(range(0, until + 1, step)):
        simulation.advance(second)
        for target in scraped:
            for name, labels, value in samples(simulation, target, read):
                found.setdefault(series(name, labels), {})[number] = value
    return [{"series": name, "values": repeated(values, until // step + 1)} for name, values in found.items()]


def repeated(values: Mapping[int, float], count: int) -> str:
    """Samples by their number in promtool's notation; a series that is gone from a scrape is stale from there on."""
    written = ["_" if number not in values else f"{values[number]:.10g}" for number in range(count)]
    for number in range(1, count):
        if written[number] == "_" and written[number - 1] not in ("_", "stale"):
            written[number] = "stale"
    return " ".join(_times(value, len(list(run))) for value, run in groupby(written))


def _times(value: str, times: int) -> str:
    # `3x2` is three samples, `_x2` are two gaps
    if value == "_":
        return f"_x{times}"
    return value if times == 1 else f"{value}x{times - 1}"


def unit_test(
    inputs: Sequence[Mapping[str, str]], expected: Mapping[int, Iterable[str]], ever: Iterable[str], *, step: int
) -> dict[str, Any]:
    """Exactly the *expected* alerts fire at these seconds, and by the last of them exactly these have *ever* fired."""
    firing, last = 'ALERTS{alertstate="firing"}', max(expected)
    cases = [_case(firing, second, alerts) for second, alerts in expected.items()]
    cases.append(_case(f"last_over_time({firing}[{last}s])", last, ever))
    return {"interval": f"{step}s", "input_series": list(inputs), "promql_expr_test": cases}


def _case(expr: str, second: int, alerts: Iterable[str]) -> dict[str, Any]:
    samples = [{"labels": f'{{alertname="{alert}"}}', "value": 1} for alert in sorted(alerts)]
    return {"expr": f"group by (alertname) ({expr})", "eval_time": f"{second}s", "exp_samples": samples}

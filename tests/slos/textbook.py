"""The rules of the SRE workbook as most people write them: a raw ratio of rates for every window."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from backfilled import Rule

TOTAL, BAD = "checkout_payments_total", 'checkout_payments_total{result="error"}'
WINDOWS = {
    "5m": 300,
    "30m": 1_800,
    "1h": 3_600,
    "2h": 7_200,
    "6h": 21_600,
    "1d": 86_400,
    "3d": 259_200,
    "30d": 2_592_000,
}


@attrs.frozen
class Tiers:
    """Burn rates with a long and a short window, for one severity."""

    name: str
    tiers: Sequence[tuple[float, str, str]]


PAGE = Tiers("page", [(14.4, "1h", "5m"), (6, "6h", "30m")])
TICKET = Tiers("ticket", [(3, "1d", "2h"), (1, "3d", "6h")])


def ratio(window: str) -> str:
    """The error ratio over a window."""
    return f"sum(rate({BAD}[{window}])) / sum(rate({TOTAL}[{window}]))"


def rules(budget: float, phase: float, since: float, *severities: Tiers) -> list[Rule]:
    """The ratios recorded, and the alerts on them, every 30 s from some time on: they read everything each time."""
    windows = {window for each in severities for _, *both in each.tiers for window in both}
    made = [
        _rule("textbook:ratio", ratio(window), phase, since, window)
        for window in sorted(windows, key=WINDOWS.__getitem__)
    ]
    return [*made, *(_rule(f"textbook {each.name}", _alert(each, budget), phase, since) for each in severities)]


def _rule(name: str, expr: str, phase: float, since: float, window: str = "") -> Rule:
    labels = {"window": window} if window else {}
    return Rule(name, expr, labels, records=bool(window), interval=30, phase=phase, since=since)


def _alert(severity: Tiers, budget: float) -> str:
    def above(window: str, factor: float) -> str:
        return f'max without (window) (textbook:ratio{{window="{window}"}}) > {factor * budget:.10f}'

    return " or ".join(f"{above(over, factor)} and {above(short, factor)}" for factor, over, short in severity.tiers)

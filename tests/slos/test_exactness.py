"""The error ratio over days is what consecutive scrapes saw, whatever happened to the counters in the meantime."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from backfilled import Replay, Rule, Server, prometheus
from definitions import FAST_PHASE, SLOW_PHASE, fast, rendered, slow
from ledger import Ledger, Scenario, Sums, drawn
from scenarios import scenarios

from watchwright.verify.tools import Tool

#: The first evaluation: one after which every instance was scraped.
_FIRST = 60
_DELAY, _FAST = 10, 30
_BUDGET = 0.01
_NEAR = 0.001
#: What is recorded of events, and of their averages.
_STREAMS = ("slo:total:", "slo:bad:")


@attrs.frozen(kw_only=True)
class Figures:
    """One scenario on one Prometheus."""

    ledger: Ledger
    version: str
    ratio: float
    remaining: float
    naive: float
    streams: float
    seen: Sums
    lost: Sums

    @property
    def off(self) -> float:
        """How far ours is off what was seen, relative."""
        return self.ratio / self.seen.ratio - 1

    @property
    def streams_off(self) -> float:
        """How far the sums of the streams are off, without the averages that the slow group makes of them."""
        return self.streams / self.seen.ratio - 1

    @property
    def bounds(self) -> tuple[float, float]:
        """What was seen, without what went by in gaps and with it: a gap may be bridged, and need not be."""
        whole = Sums(self.seen.total + self.lost.total, self.seen.bad + self.lost.bad)
        low, high = sorted((self.seen.ratio, whole.ratio))
        return low * (1 - _NEAR), high * (1 + _NEAR)

    def __str__(self) -> str:
        """A row."""
        events = self.ledger.events
        return (
            f"{self.ledger.scenario.name:32} {self.version:7} {events.total:10.0f} {events.bad:8.0f} "
            f"{events.ratio:10.6f} {self.seen.ratio:10.6f} {self.ratio:10.6f} {self.off:+10.4%} {self.streams_off:+10.4%} "
            f"{self.naive / self.seen.ratio - 1:+10.3%} {self.lost.bad:6.0f}"
        )


HEAD = (
    f"\n{'scenario':32} {'version':7} {'events':>10} {'bad':>8} {'happened':>10} {'seen':>10} {'ours':>10} "
    f"{'off':>10} {'streams':>10} {'naive off':>10} {'in gaps':>6}"
)


def judged(scenario: Scenario, tool: Tool, folder: Path) -> Figures:
    """A scenario replayed."""
    days = math.ceil(scenario.days)
    files = rendered(folder / "repository", f'objective=99, period="{days}d"')
    ledger = drawn(scenario)
    recorded = [*_streams(files), *_naive()]
    with prometheus(tool.path, tool.version, folder / "server") as server:
        Replay(server=server, rules=recorded, samples=ledger.series(), down=scenario.down).run(_FIRST, scenario.length)
        return _figures(ledger, server, files)


def _streams(files: Path) -> Iterator[Rule]:
    yield from (each for each in fast(files) if each.name.startswith(_STREAMS))
    yield from (each for each in slow(files) if each.name.startswith(_STREAMS))


def _naive() -> Iterator[Rule]:
    """As many write it: rates over five minutes, summed up."""
    for name, selector in (("total", ""), ("bad", '{result="error"}')):
        expr = f"sum(rate(checkout_payments_total{selector}[5m]))"
        yield Rule(f"naive:{name}", expr, {}, records=True, interval=30, phase=FAST_PHASE)


def _figures(ledger: Ledger, server: Server, files: Path) -> Figures:
    """The rules that read whole days, at the last evaluation of their group."""
    at = _last(ledger.scenario.length, 300, SLOW_PHASE)
    (ratio,) = (each for each in slow(files) if each.window() == f"{math.ceil(ledger.scenario.days)}d"
                and each.name == "slo:ratio")  # fmt: skip
    (remaining,) = (each for each in slow(files) if each.name == "slo:remaining")
    found = server.number(ratio.expr, at)
    server.write([({**ratio.labels, "__name__": ratio.name}, [(server.stamp(at), found)])])
    span = _span(at)
    return Figures(
        ledger=ledger,
        version=server.version,
        ratio=found,
        remaining=server.number(remaining.expr, at),
        naive=_over_all(server, "naive:bad", "naive:total", at),
        streams=_over_all(server, "slo:bad:rate", "slo:total:rate", at),
        seen=ledger.seen(*span),
        lost=ledger.seen(*span, gaps=True),
    )


def _over_all(server: Server, bad: str, total: str, at: float) -> float:
    window = f"[{at:.0f}s]"
    return server.number(f"sum(sum_over_time({bad}{window})) / sum(sum_over_time({total}{window}))", at)


def _last(until: float, interval: float, phase: float) -> float:
    return phase + (until - 1 - phase) // interval * interval


def _span(at: float) -> tuple[float, float]:
    """The scrapes that the evaluations from the first to that of a time tell apart."""
    first = FAST_PHASE + math.ceil((_FIRST - FAST_PHASE) / _FAST) * _FAST
    return first - _FAST - _DELAY, _last(at + 1, _FAST, FAST_PHASE) - _DELAY


def _shown(figures: Figures) -> Figures:
    print(HEAD, figures, sep="\n")
    return figures


@pytest.mark.parametrize("scenario", [each for each in scenarios() if not each.down], ids=lambda each: each.name)
def test_a_day_is_what_consecutive_scrapes_saw(scenario: Scenario, tool: Tool, tmp_path: Path) -> None:
    figures = _shown(judged(scenario, tool, tmp_path))
    low, high = figures.bounds
    assert low <= figures.ratio <= high
    assert 1 - figures.ratio / _BUDGET == pytest.approx(figures.remaining)


@pytest.mark.parametrize("scenario", [each for each in scenarios() if each.down], ids=lambda each: each.name)
def test_what_was_covered_counts_as_it_was_while_prometheus_was_away(
    scenario: Scenario, tool: Tool, tmp_path: Path
) -> None:
    figures = _shown(judged(scenario, tool, tmp_path))
    assert figures.seen.ratio == pytest.approx(figures.streams, rel=0.003)
    # a slot that was evaluated in part weighs as much as a whole one: what is known of it stands for the rest
    assert figures.seen.ratio == pytest.approx(figures.ratio, rel=0.01)


@pytest.mark.nightly
@pytest.mark.parametrize(
    "scenario", [each for each in scenarios(days=7, instances=10) if not each.down], ids=lambda each: each.name
)
def test_a_week_is_what_consecutive_scrapes_saw(scenario: Scenario, tool: Tool, tmp_path: Path) -> None:
    figures = _shown(judged(scenario, tool, tmp_path))
    low, high = figures.bounds
    assert low <= figures.ratio <= high


@pytest.mark.nightly
@pytest.mark.parametrize(
    "scenario",
    [
        each
        for each in scenarios(days=30, instances=6)
        if each.name in ("errors in step with the clock", "low traffic, lazy")
    ],
    ids=lambda each: each.name,
)
def test_thirty_days_are_what_consecutive_scrapes_saw(scenario: Scenario, tool: Tool, tmp_path: Path) -> None:
    """The period that most promises have, whole."""
    figures = _shown(judged(scenario, tool, tmp_path))
    low, high = figures.bounds
    assert low <= figures.ratio <= high

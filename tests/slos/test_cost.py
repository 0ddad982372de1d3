"""What the rules of an SLO read, against what the same windows of the raw series would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import textbook
from backfilled import EPOCH, Rule, Server, prometheus
from definitions import in_order, rendered
from ledger import DAY, SCRAPE
from remote import Series
from textbook import WINDOWS

from watchwright.verify.tools import Tool

SERIES = 1_100
#: Samples an hour; with 1,100 series, 100 of which are errors.
MOST = 2_200_000
_HOUR = 3_600


def raw(series: int, begin: int, end: int) -> Iterator[Series]:
    """Counters, one of eleven of errors, ten to an instance otherwise."""
    for number in range(series):
        place, kind = divmod(number, 11)
        labels = {
            "__name__": "checkout_payments_total",
            "job": "checkout",
            "instance": f"checkout-{place}",
            "handler": str(kind),
            "result": "paid" if kind else "error",
        }
        phase = (number * 137 % 1500) / 100
        yield (
            labels,
            [(round((EPOCH + second + phase) * 1000), float(second)) for second in range(begin, end - SCRAPE, SCRAPE)],
        )


def ups(series: int, begin: int, end: int) -> Iterator[Series]:
    """Whether their targets are up."""
    for place in range(series // 11):
        labels = {"__name__": "up", "job": "checkout", "instance": f"checkout-{place}"}
        yield (
            labels,
            [(round((EPOCH + second + place / 10) * 1000), 1.0) for second in range(begin, end - SCRAPE, SCRAPE)],
        )


def recorded(rules: list[Rule], end: int) -> Iterator[Series]:
    """What the rules have recorded in a month, or in more than three days every 30 s."""
    for rule in rules:
        if rule.records:
            begin = 0 if rule.interval == 300 else end - 74 * _HOUR
            steps = range(begin, end, int(rule.interval))
            labels = {**rule.labels, "__name__": rule.name}
            yield labels, [(round((EPOCH + second + rule.phase) * 1000), 0.0001) for second in steps]


def filled(server: Server, series: list[Series], end: int) -> None:
    """All of it, hour by hour, for a head takes nothing that is older."""
    for begin in range(0, end, _HOUR):
        first, last = (EPOCH + begin) * 1000, (EPOCH + begin + _HOUR) * 1000
        cut = [(labels, [each for each in samples if first <= each[0] < last]) for labels, samples in series]
        server.write([(labels, samples) for labels, samples in cut if samples])


def test_the_rules_of_an_slo_read_two_million_samples_an_hour(tool: Tool, tmp_path: Path) -> None:
    rules = in_order(rendered(tmp_path / "repository", "objective=99.9"))
    end = 30 * DAY + _HOUR
    with prometheus(tool.path, tool.version, tmp_path / "server") as server:
        series = [*raw(SERIES, end - 600, end), *recorded([each for each in rules if each.interval == 300], end)]
        series += ups(SERIES, end - 600, end)
        series += recorded([each for each in rules if each.interval < 300], end)
        filled(server, series, end)
        read = [(rule, server.read(rule.expr, end - 5)) for rule in rules]
    hour = sum(samples * _HOUR / rule.interval for rule, samples in read)
    print(f"\nPrometheus {tool.version}, {SERIES} series")
    for rule, samples in read:
        print(
            f"  {rule.name:22} {rule.window():4} {samples:7} each {rule.interval:.0f} s, {samples * 3600 / rule.interval:11,.0f} an hour"
        )
    print(f"  all of an SLO: {hour:,.0f} an hour")
    assert hour <= MOST


def test_rates_over_all_windows_would_read_ten_thousand_times_as_much(tool: Tool, tmp_path: Path) -> None:
    few, many = (_textbook(tool, size, tmp_path / str(size)) for size in (55, 110))
    assert {window: 2 * samples for window, samples in few.items()} == pytest.approx(many, abs=10)
    assert many["1d"] == pytest.approx(4 * many["6h"], rel=0.001)
    read = {window: many["1d"] * (seconds / DAY) * (SERIES / 110) for window, seconds in WINDOWS.items()}
    hour = sum(read.values()) * _HOUR / 30
    print(f"\nPrometheus {tool.version}, textbook: {many} of 110 series; {hour:,.0f} an hour of {SERIES}")
    assert 10_000 * MOST < hour


def _textbook(tool: Tool, size: int, folder: Path) -> dict[str, int]:
    """What each window that the data fills reads."""
    end = DAY + _HOUR
    with prometheus(tool.path, tool.version, folder) as server:
        filled(server, list(raw(size, 0, end)), end)
        return {
            window: server.read(textbook.ratio(window), end - 60)
            for window, seconds in WINDOWS.items()
            if seconds <= DAY
        }

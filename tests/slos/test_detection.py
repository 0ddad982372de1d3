"""Alerts come no later than those of rules that read everything each time, but for one evaluation."""

from __future__ import annotations

from pathlib import Path

import pytest
from faults import HOUR, Fault, Told, Watch, constant, flapping, leaking, nothing
from textbook import PAGE, TICKET

from watchwright.verify.tools import Tool

OUTAGE = Fault(name="total outage", bursts=constant(1.0), lasts=0.25 * HOUR)
FIVE = Fault(name="5 %", bursts=constant(0.05), lasts=0.5 * HOUR)
TWO = Fault(name="2 %", bursts=constant(0.02), lasts=1.0 * HOUR)
FLAPPING = Fault(name="flapping, 2 of 10 min at 30 %", bursts=flapping, lasts=1.0 * HOUR)
LEAK = Fault(name="leak, 0.1 % more every 10 min", bursts=leaking, lasts=5.0 * HOUR)
ONE = Fault(name="1 %", bursts=constant(0.01), lasts=4.0 * HOUR)
TWO_FOR_LONG = Fault(name="2 %", bursts=constant(0.02), lasts=5.0 * HOUR)
SHARE_OF_TICKET = Fault(name="0.5 %", bursts=constant(0.005), lasts=18.0 * HOUR)
QUIET = Fault(name="low traffic, total outage", bursts=constant(1.0), lasts=1.0 * HOUR, rate=0.004)
QUIET_FIVE = Fault(name="low traffic, 20 %", bursts=constant(0.2), lasts=1.5 * HOUR, rate=0.05)

#: Seconds after whole minutes, in which scrapes and groups have their phases.
ONSETS = (0.0, 11.0, 21.0)
_HISTORY = 7 * HOUR
#: Seconds behind: an evaluation.
_ALLOWED = 30


def _row(what: str, onset: float, told: Told, tool: Tool) -> str:
    return (
        f"{what:44} {tool.version:7} onset +{onset:4.0f} s  ours {told.ours / 60:8.2f} min  textbook "
        f"{told.theirs / 60:8.2f} min (each 5 m {told.theirs_slow / 60:8.2f})  behind {told.behind:+7.0f} s  "
        f"alerts before, ours and theirs {told.false}"
    )


@pytest.mark.parametrize("onset", ONSETS)
@pytest.mark.parametrize("fault", [OUTAGE, FIVE, TWO, FLAPPING], ids=lambda each: each.name)
def test_a_page_is_at_most_one_evaluation_behind_the_textbook(
    fault: Fault, onset: float, tool: Tool, tmp_path: Path
) -> None:
    told = Watch(tool=tool, folder=tmp_path, history=_HISTORY).told(fault, onset, PAGE)
    print("", _row(fault.name, onset, told, tool), sep="\n")
    assert told.theirs < fault.lasts
    assert told.behind <= _ALLOWED
    assert (0, 0) == told.false


@pytest.mark.nightly
@pytest.mark.parametrize("onset", ONSETS)
@pytest.mark.parametrize("fault", [LEAK, ONE], ids=lambda each: each.name)
def test_a_page_for_what_grows_slowly_is_at_most_an_evaluation_behind(
    fault: Fault, onset: float, tool: Tool, tmp_path: Path
) -> None:
    told = Watch(tool=tool, folder=tmp_path, history=_HISTORY).told(fault, onset, PAGE)
    print("", _row(fault.name, onset, told, tool), sep="\n")
    assert told.theirs < fault.lasts
    assert told.behind <= _ALLOWED


@pytest.mark.nightly
@pytest.mark.parametrize("onset", ONSETS)
@pytest.mark.parametrize("fault", [QUIET, QUIET_FIVE], ids=lambda each: each.name)
def test_on_a_quiet_service_a_page_waits_for_three_failures_and_for_nothing_else(
    fault: Fault, onset: float, tool: Tool, tmp_path: Path
) -> None:
    plain = Watch(tool=tool, folder=tmp_path / "0", history=_HISTORY, words=", least_failures=0").told(
        fault, onset, PAGE
    )
    default = Watch(tool=tool, folder=tmp_path / "3", history=_HISTORY).told(fault, onset, PAGE)
    print(
        "",
        _row(f"{fault.name}, least_failures=0", onset, plain, tool),
        _row(fault.name, onset, default, tool),
        sep="\n",
    )
    assert plain.behind <= _ALLOWED
    assert plain.ours <= default.ours <= fault.lasts


@pytest.mark.nightly
@pytest.mark.parametrize("onset", ONSETS[:2])
@pytest.mark.parametrize("fault", [TWO_FOR_LONG, SHARE_OF_TICKET, LEAK], ids=lambda each: each.name)
def test_a_ticket_is_at_most_one_evaluation_behind_the_textbook(
    fault: Fault, onset: float, tool: Tool, tmp_path: Path
) -> None:
    told = Watch(tool=tool, folder=tmp_path, history=73 * HOUR).told(fault, onset, TICKET)
    print("", _row(f"ticket: {fault.name}", onset, told, tool), sep="\n")
    assert told.theirs < fault.lasts
    assert told.behind <= _ALLOWED


@pytest.mark.nightly
@pytest.mark.parametrize("rate", [20.0, 0.2, 0.02, 0.002])
def test_noise_within_the_budget_pages_less_often_than_the_textbook(rate: float, tool: Tool, tmp_path: Path) -> None:
    noise = Fault(name=f"noise, {4 * rate} a second, 0.08 % bad", bursts=nothing, lasts=60, rate=rate, healthy=0.0008)
    history = 72 * HOUR
    counts: dict[str, int] = {}
    for least in (3, 0):
        watch = Watch(tool=tool, folder=tmp_path / str(least), history=history, words=f", least_failures={least}")
        told = watch.told(noise, 0, PAGE, false_since=history)
        counts |= {f"ours, {least}": told.false[0], "textbook": told.false[1]}
    print(f"\n{noise.name:44} {tool.version:7} pages in 3 days: {counts}")
    assert counts["ours, 3"] <= counts["ours, 0"] <= counts["textbook"] + 1

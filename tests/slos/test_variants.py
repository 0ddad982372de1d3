"""SLOs with maintenance, of the calendar, with alerts of their own, and with Sloth's names; under every promtool."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from asking import firing, near, rendered, rule_files, untrue

from watchwright.verify.tools import Tool
from workbench import Repository

EACH_MINUTE = "Platform(scrape_interval='1m', scrape_timeout='10s', retention='100d')"
SYSTEM = """
web = System("web", owner="shop", jobs=jobs, slos=[
    Slo("availability", sli=Ratio(bad=requests.where(code="500"), total=requests), {words}),
])
"""
OK = 'http_requests_total{code="200",route="/",job="web",instance="a"}'
BAD = 'http_requests_total{code="500",route="/",job="web",instance="a"}'
IDENTITY = 'system="web",slo="availability"'
#: From one to two o'clock on the first day of 1970, which was a Thursday.
THURSDAY = "maintenance=[Maintenance('move', start='01:00', lasts='1h', days=['thu']{more})]"


def made(repository: Repository, words: str) -> Repository:
    """An SLO of these words, scraped and evaluated once a minute."""
    return rendered(repository, SYSTEM.format(words=words), EACH_MINUTE)


def said(promtools: tuple[Tool, ...], rules: Any, given: Mapping[str, str], questions: Any, **steps: str) -> list[str]:
    """What each promtool complains about."""
    steps = {"step": "1m", "evaluated": "1m", **steps}
    return [each for tool in promtools if (each := untrue(tool, rules, given, questions, **steps))]


def recorded(role: str) -> str:
    return f"slo:{role}{{{IDENTITY}}}"


def counts(first: int, last: int, growth: int, until: int) -> str:
    """A counter that grows between two minutes, and at no other time."""
    return f"0x{first - 1} 0+{growth}x{last - first} {growth * (last - first)}x{until - last}"


SILENT = [
    (firing(f"AvailabilityBurn{name}", 0), f"{minute}m") for minute in range(61, 180, 3) for name in ("Page", "Ticket")
]


# Maintenance --------------------------------------------------------------------------------------------


def test_errors_of_a_maintenance_page_nobody_and_cost_their_budget(
    repository: Repository, promtools: tuple[Tool, ...]
) -> None:
    """Neither while it lasts nor after it; what follows pages as ever."""
    rules = rule_files(made(repository, f"objective=99.9, period='1d', {THURSDAY.format(more='')}"))
    given = {OK: "0+600x260", BAD: counts(62, 117, 300, 260)}
    bad, total = 55 * 300, 55 * 300 + 600 * 177
    questions = [*SILENT, (near('slo:ratio{window="1d"}', bad / total, 0.003), "178m")]
    assert [] == said(promtools, rules, given, questions)

    later = {OK: "0+600x260", BAD: counts(125, 200, 300, 260)}
    assert [] == said(promtools, rules, later, [(firing("AvailabilityBurnPage"), "135m")])


@pytest.mark.parametrize("excuses", ["", ", excuses_budget=True"])
def test_errors_up_to_the_end_of_a_maintenance_page_nobody(
    excuses: str, repository: Repository, promtools: tuple[Tool, ...]
) -> None:
    rules = rule_files(made(repository, f"objective=99.9, period='1d', {THURSDAY.format(more=excuses)}"))
    given = {OK: "0+600x260", BAD: counts(62, 120, 300, 260)}
    assert [] == said(promtools, rules, given, SILENT)


def test_the_same_errors_page_without_maintenance(repository: Repository, promtools: tuple[Tool, ...]) -> None:
    rules = rule_files(made(repository, "objective=99.9, period='1d'"))
    given = {OK: "0+600x260", BAD: counts(62, 117, 300, 260)}
    assert [] == said(promtools, rules, given, [(firing("AvailabilityBurnPage"), "80m")])


def test_a_maintenance_that_excuses_the_budget_leaves_it_as_it_is(
    repository: Repository, promtools: tuple[Tool, ...]
) -> None:
    words = f"objective=99.9, period='1d', {THURSDAY.format(more=', excuses_budget=True')}"
    rules = rule_files(made(repository, words))
    given = {OK: "0+600x260", BAD: counts(62, 117, 300, 260)}
    questions = [*SILENT, (near('slo:ratio{window="1d"}', 0), "178m"), (near(recorded("remaining"), 1), "178m")]
    assert [] == said(promtools, rules, given, questions)


@pytest.mark.parametrize("excuses", ["", ", excuses_budget=True"])
def test_nobody_is_told_that_nothing_is_counted_while_maintenance_lasts(
    excuses: str, repository: Repository, promtools: tuple[Tool, ...]
) -> None:
    """But once it is over, and nothing is counted still."""
    rules = rule_files(made(repository, f"objective=99.9, period='1d', {THURSDAY.format(more=excuses)}"))
    down = {OK: "0+600x70 stale", 'up{job="web",instance="a"}': "1x70 0x100"}
    absent = [(firing("AvailabilityAbsent", 0), f"{minute}m") for minute in (59, 65, 80, 100, 119, 121)]
    back = {OK: "0+600x70 stale _x44 42000+600x100"}
    assert [] == said(promtools, rules, down, [*absent, (firing("AvailabilityAbsent"), "131m")])
    assert [] == said(promtools, rules, back, [*absent, (firing("AvailabilityAbsent", 0), "140m")])


WINDOWS = {
    # from Thursday night into Friday: neither Thursday's own small hours nor Friday's night
    "start='23:30', lasts='1h', days=['thu']": (
        ["5m", "1405m", "1475m", "2855m"],
        ["1410m", "1435m", "1440m", "1465m"],
    ),
    # the week begins on Sunday, and Saturday's night ends in it
    "start='23:30', lasts='1h', days=['sat']": (["1435m", "4285m", "4355m"], ["4290m", "4315m", "4320m", "4345m"]),
    "start='23:30', lasts='1h'": (["35m", "1405m", "1475m"], ["0m", "25m", "1410m", "1465m", "2850m"]),
    "start='02:00', lasts='30m', days=['thu', 'sat']": (["115m", "155m", "1565m"], ["120m", "145m", "3005m"]),
    "start='1970-01-02 03:00', lasts='26h'": (["185m", "1615m", "3185m"], ["1620m", "1800m", "3175m"]),
}


@pytest.mark.parametrize("window", WINDOWS)
def test_a_maintenance_lasts_as_long_as_it_says(
    window: str, repository: Repository, promtools: tuple[Tool, ...]
) -> None:
    """From its first minute on; what is read late, some minutes more."""
    rules = rule_files(made(repository, f"objective=99.9, period='1d', maintenance=[Maintenance('m', {window})]"))[:1]
    told, excused = WINDOWS[window]
    known = f"(count({recorded('total:rate_alerting')}) or vector(0)) == bool"
    questions = [*((f"{known} 1", at) for at in told), *((f"{known} 0", at) for at in excused)]
    given = {recorded("total:rate"): "1x900", recorded("bad:rate"): "0x900"}
    assert [] == said(promtools, rules, given, questions, step="5m", evaluated="5m")


def test_an_error_within_maintenance_is_none_that_must_never_be(
    repository: Repository, promtools: tuple[Tool, ...]
) -> None:
    """Where any error alerts; the ratio knows of it."""
    rules = rule_files(made(repository, f"any_error=True, period='1d', {THURSDAY.format(more='')}"))
    within = {OK: "0+600x240", BAD: "_x80 1x160"}
    after = {OK: "0+600x240", BAD: "_x130 1x110"}
    questions = [(firing("AvailabilityAnyError", 0), f"{minute}m") for minute in (75, 83, 118, 121, 130, 150, 180)]
    paid = f'max(slo:ratio{{{IDENTITY},window="1d"}}) > bool 0'
    assert [] == said(promtools, rules, within, [*questions, (paid, "180m")])
    assert [] == said(promtools, rules, after, [(firing("AvailabilityAnyError"), "133m")])


# The calendar -------------------------------------------------------------------------------------------


def test_a_month_begins_without_the_errors_of_the_one_before(
    repository: Repository, promtools: tuple[Tool, ...]
) -> None:
    """January is spent ten times over; of February, half is by its 20th hour. An hour has one sample here, of twelve."""
    rules = rule_files(made(repository, "objective=99.9, period='month'"))[1:]
    january, later = 31 * 24, 20
    given = {
        recorded("total:rate_avg5m"): f"10x{january + later}",
        recorded("bad:rate_avg5m"): f"0.1x{january - 1} 0x9 0.01x{later}",
    }
    ratio = f'slo:ratio{{{IDENTITY},window="month"}}'
    questions = [
        (near(ratio, 0.01), f"{january - 1}h"),
        (near(recorded("remaining"), -9), f"{january - 1}h"),
        (near(recorded("coverage"), january / (288 * 31)), f"{january - 1}h"),
        (near(ratio, 0), f"{january}h"),
        (near(recorded("remaining"), 1), f"{january + 9}h"),
        (near(recorded("coverage"), 10 / (288 * 28)), f"{january + 9}h"),
        (near(ratio, 0.0005), f"{january + 19}h"),
        (near(recorded("remaining"), 0.5), f"{january + 19}h"),
        ("count(slo:ratio{window='month'}) == bool 1", f"{january + 19}h"),
    ]
    assert [] == said(promtools, rules, given, questions, step="1h", evaluated="1h")


def test_a_quarter_begins_without_the_errors_of_the_one_before(
    repository: Repository, promtools: tuple[Tool, ...]
) -> None:
    """In April, and not in February nor in March."""
    rules = rule_files(made(repository, "objective=99.9, period='quarter'"))[1:]
    first = (31 + 28 + 31) * 4  # samples, each six hours
    given = {
        recorded("total:rate_avg5m"): f"10x{first + 10}",
        recorded("bad:rate_avg5m"): f"0.01x{first - 1} 0x10",
    }
    ratio = f'slo:ratio{{{IDENTITY},window="quarter"}}'
    questions = [
        *((near(ratio, 0.001), f"{hours}h") for hours in (31 * 24, 59 * 24, 90 * 24 - 6)),
        (near(recorded("coverage"), first / (288 * 90)), f"{90 * 24 - 6}h"),
        (near(ratio, 0), f"{90 * 24}h"),
        (near(recorded("remaining"), 1), f"{90 * 24 + 12}h"),
        (near(recorded("coverage"), 3 / (288 * 90)), f"{90 * 24 + 12}h"),
    ]
    assert [] == said(promtools, rules, given, questions, step="6h", evaluated="6h")


# Alerts of one's own ------------------------------------------------------------------------------------


def test_a_burn_alert_waits_and_stays_as_long_as_it_says(repository: Repository, promtools: tuple[Tool, ...]) -> None:
    """From the samples that its rule reads: both windows burn from 31 to 70."""
    words = (
        "objective=99.9, period='1d', alerts=[BurnAlert('page', "
        "[Tier('1h', short='5m', spends=0.3)], for_='10m', keep_firing_for='15m')]"
    )
    rules = rule_files(made(repository, words))[:1]
    given = {
        **{f'slo:ratio{{{IDENTITY},window="{window}"}}': "0x30 0.5x39 0x60" for window in ("5m", "1h")},
        recorded("bad:rate"): "1x200",
        recorded("total:rate_avg5m"): "1x200",
    }
    silent, loud = ("0m", "31m", "40m", "86m", "100m"), ("41m", "60m", "70m", "71m", "85m")
    questions = [
        *((firing("AvailabilityBurnPage", 0), at) for at in silent),
        *((firing("AvailabilityBurnPage"), at) for at in loud),
    ]
    assert [] == said(promtools, rules, given, questions)


def test_slos_of_different_intervals_pass_the_tests_that_are_rendered(repository: Repository) -> None:
    other = "Slo('other', objective=99, interval='45s', period='1d', sli=Ratio(bad=failed, total=requests)"
    words = f"objective=99.9, period='1d'), {other}"
    rendered(repository, "failed = requests.where(code='404')" + SYSTEM.format(words=words))
    done = repository.run("render")
    assert (0, "") == (done.exit_code, "".join(line for line in done.stderr.splitlines() if "[promtool/" in line))


# Sloth --------------------------------------------------------------------------------------------------

SLOTH_ID = {"sloth_id": "web-availability", "sloth_service": "web", "sloth_slo": "availability"}
SLOTH_SERIES = [
    "slo:objective:ratio",
    "slo:error_budget:ratio",
    "slo:time_period:days",
    "slo:current_burn_rate:ratio",
    "slo:period_burn_rate:ratio",
    "slo:period_error_budget_remaining:ratio",
]


@pytest.fixture
def sloth(repository: Repository) -> Repository:
    """An SLO with Sloth's names."""
    return made(repository, "objective=99.9, names='sloth'")


def _rules(repository: Repository) -> list[dict[str, Any]]:
    files = (yaml.safe_load(file.read_text("utf-8")) for file in rule_files(repository))
    return [rule for file in files for group in file["groups"] for rule in group["rules"]]


def test_series_have_the_names_and_labels_that_sloth_gives_them(sloth: Repository) -> None:
    """Those of its version 0.16, which dashboards and people know."""
    found = [(each["record"], each["labels"]) for each in _rules(sloth) if "record" in each]
    windows = ("5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d")
    expected = [
        *((f"slo:sli_error:ratio_rate{window}", {**SLOTH_ID, "sloth_window": window}) for window in windows),
        *((name, SLOTH_ID) for name in SLOTH_SERIES),
    ]
    assert [] == [each for each in expected if 1 != found.count(each)]
    ((_, labels),) = (each for each in found if each[0] == "sloth_slo_info")
    assert {**SLOTH_ID, "sloth_objective": "99.9"}.items() <= labels.items()
    assert {"sloth_mode", "sloth_spec"} <= labels.keys()


def test_no_series_of_sloths_names_has_labels_of_ours(sloth: Repository) -> None:
    records = [each for each in _rules(sloth) if "record" in each]
    assert [] == [each["record"] for each in records if not SLOTH_ID.items() <= each["labels"].items()]
    assert [] == [each["record"] for each in records if {"system", "slo", "window"} & each["labels"].keys()]


def test_rules_select_sloths_labels(sloth: Repository) -> None:
    """And ours nowhere."""
    for expr in (each["expr"] for each in _rules(sloth)):
        _assert_selects_sloth(expr)


def test_boards_select_sloths_labels(sloth: Repository) -> None:
    """And ours of alerts alone, which carry both."""
    board = json.loads((sloth.root / "dashboards/web/slos.json").read_text("utf-8"))
    panels = [*board["panels"], *(panel for row in board["panels"] for panel in row.get("panels", []))]
    shown = [target["expr"] for panel in panels for target in panel.get("targets", [])]
    assert len(shown) >= 8
    for expr in (each for each in shown if "ALERTS" not in each):
        _assert_selects_sloth(expr)


def _assert_selects_sloth(expr: str) -> None:
    assert expr.count("slo:") == expr.count('{sloth_id="web-availability"')
    assert {"system=", "slo="}.isdisjoint(re.findall(r"\b\w+=", expr)), expr


def test_alerts_carry_the_severity_under_sloths_name_too(sloth: Repository) -> None:
    alerts = {each["alert"]: each["labels"] for each in _rules(sloth) if "alert" in each}
    assert {"AvailabilityBurnPage": "page", "AvailabilityBurnTicket": "ticket", "AvailabilityAbsent": "page"} == {
        name: labels["sloth_severity"] for name, labels in alerts.items()
    }
    assert all(labels["severity"] == labels["sloth_severity"] for labels in alerts.values())


def test_sloths_series_have_the_values_that_they_should_have(sloth: Repository, promtools: tuple[Tool, ...]) -> None:
    """Half of what may fail does; and alerts carry the labels of their series."""
    calm = {OK: "0+9995x120", BAD: "0+5x120"}
    series = '{sloth_id="web-availability",sloth_service="web",sloth_slo="availability"}'
    values = dict(zip(SLOTH_SERIES, (0.999, 0.001, 30, 0.5, 0.5, 0.5), strict=True))
    windows = ("5m", "1h", "2h", "6h", "1d", "3d", "30d")
    questions = [
        *((near(f"{name}{series}", value), "100m") for name, value in values.items()),
        *((near(f"slo:sli_error:ratio_rate{window}{series}", 0.0005), "100m") for window in windows),
        (near(f"sloth_slo_info{series}", 1), "100m"),
    ]
    assert [] == said(promtools, rule_files(sloth), calm, questions)

    outage = {OK: "0+9000x120", BAD: "0+1000x120"}
    labels = 'alertstate="firing",sloth_severity="page",severity="page",system="web",slo="availability",owner="shop"'
    page = f'count(ALERTS{{alertname="AvailabilityBurnPage",sloth_id="web-availability",{labels}}})'
    assert [] == said(promtools, rule_files(sloth), outage, [(page, "100m")])


def test_four_weeks_are_4w_as_in_sloth(repository: Repository) -> None:
    found = _rules(made(repository, "objective=99.9, period='28d', names='sloth'"))
    (period,) = (each["labels"]["sloth_window"] for each in found if each.get("record", "").endswith("ratio_rate4w"))
    assert "4w" == period

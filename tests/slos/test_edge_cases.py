"""What has gone wrong elsewhere with SLOs, each with the value that it must have; under every promtool at hand."""

from __future__ import annotations

import pytest
import yaml
from asking import firing, near, rendered, rule_files, untrue

from watchwright.verify.tools import Tool
from workbench import Repository

AVAILABILITY = """
web = System("web", owner="shop", jobs=jobs, slos=[
    Slo("availability", objective=99.9, sli=Ratio(bad=requests.where(code="500"), total=requests), period={period!r}),
])
"""
# NaN is no more than anything
NO_NAN = '(count({__name__=~"slo:.*"}) - count({__name__=~"slo:.*"} >= -Inf)) == bool 0'
OK = 'http_requests_total{code="200",route="/",job="web",instance="a"}'
BAD = 'http_requests_total{code="500",route="/",job="web",instance="a"}'
IDENTITY = 'system="web",slo="availability"'
# a day of history is enough for every window that is asked about, and takes promtool some seconds
DAY = AVAILABILITY.format(period="1d")
EACH_MINUTE = "Platform(scrape_interval='1m', scrape_timeout='10s')"


@pytest.fixture
def day(repository: Repository) -> Repository:
    """An SLO over one day, scraped once a minute."""
    return rendered(repository, DAY, EACH_MINUTE)


def test_fifteen_quiet_minutes_leave_the_budget_as_it_is(day: Repository, promtools: tuple[Tool, ...]) -> None:
    """And no NaN stands anywhere for the rest of the period."""
    given = {OK: "0+600x120 72000x15 72000+600x300", BAD: "0x60 0+6x60 360x400"}
    bad, total = 360, 600 * (120 + 300) + 360
    questions = [
        # promtool evaluates the slow group as often as the fast one: its averages overlap, and weigh the ends otherwise
        (near(f'slo:ratio{{{IDENTITY},window="1d"}}', bad / total, 2e-5), "7h20m"),
        (near(f"slo:remaining{{{IDENTITY}}}", 1 - bad / total / 0.001, 0.02), "7h20m"),
        (NO_NAN, "2h10m"),
        (NO_NAN, "7h20m"),
        (
            f'(count(slo:ratio{{{IDENTITY},window="5m"}}) or vector(0)) == bool 0',
            "2h14m",
        ),  # and no ratio either, of nothing
    ]
    for tool in promtools:
        assert "" == untrue(tool, rule_files(day), given, questions, step="1m", evaluated="1m")


def test_an_error_series_that_never_was_is_a_ratio_of_0(day: Repository, promtools: tuple[Tool, ...]) -> None:
    questions = [
        (near(f'slo:ratio{{{IDENTITY},window="5m"}}', 0), "20m"),
        (near(f'slo:ratio{{{IDENTITY},window="1d"}}', 0), "20m"),
        (near(f"slo:remaining{{{IDENTITY}}}", 1), "20m"),
        (near(f"slo:burn_rate{{{IDENTITY}}}", 0), "20m"),
    ]
    for tool in promtools:
        assert "" == untrue(tool, rule_files(day), {OK: "0+600x30"}, questions, step="1m", evaluated="1m")


def test_one_heavy_hour_counts_by_its_traffic(day: Repository, promtools: tuple[Tool, ...]) -> None:
    """1,000 times the traffic with 10 % of errors, in an otherwise quiet day: 9.78 %, and not a 24th of 10 %."""
    given = {OK: "0+60x660 39600+54000x60 3279600+60x720", BAD: "_x660 0+6000x60 360000x720"}
    questions = [(near(f'slo:ratio{{{IDENTITY},window="1d"}}', 0.0978, 0.001), "24h")]
    for tool in promtools:
        assert "" == untrue(tool, rule_files(day), given, questions, step="1m", evaluated="1m")


@pytest.mark.parametrize(("window", "samples"), [("2h", "1h59m45s"), ("6h", "5h59m45s")])
def test_a_long_window_is_exact_at_every_evaluation(
    window: str, samples: str, repository: Repository, promtools: tuple[Tool, ...]
) -> None:
    """Though it is summed up from quarters of an hour: as exact as the sum of all its samples, errors or none."""
    rules = rule_files(rendered(repository, AVAILABILITY.format(period="14d")))
    given = {OK: "0+40x800 32000+2x500 33000+90x500", BAD: "_x300 1+1x40 41x300 41+7x200 1441x200 1441+1x260"}
    bad, total = (f"sum_over_time(slo:{which}:rate{{{IDENTITY}}}[{samples}])" for which in ("bad", "total"))
    off = f'max without (window) (slo:ratio{{{IDENTITY},window="{window}"}}) - {bad} / {total}'
    minutes = ["1m", "7m", "14m", "14m30s", "15m30s", "16m", "29m30s", "44m", "52m"]
    for tool in promtools:
        # 2.x counts both ends of a range: one quarter more where both fall on the hour, which groups never do but here
        times = [f"{hour}h{minute}" for hour in (2, 3, 6) for minute in [*minutes, *([] if _is_old(tool) else ["15m"])]]
        assert "" == untrue(tool, rules, given, [(near(off, 0, 1e-12), at) for at in times])


def _is_old(tool: Tool) -> bool:
    return tool.version.startswith("2.")


def test_another_owner_changes_the_info_series_and_labels_of_alerts_alone(repository: Repository) -> None:
    """So that no window mixes series of two owners, and none loses its past."""
    before = _rules(rendered(repository, DAY))
    after = _rules(rendered(repository, DAY.replace('owner="shop"', 'owner="platform"')))

    changed = [old for old, new in zip(before, after, strict=True) if old != new]

    assert {"slo:info"} == {rule["record"] for rule in changed if "record" in rule}
    assert [rule["expr"] for rule in before] == [rule["expr"] for rule in after]
    assert all(rule["labels"].keys() == {"system", "slo"} for rule in before if rule.get("record") == "slo:remaining")


def test_the_info_series_may_change_while_windows_go_on(day: Repository, promtools: tuple[Tool, ...]) -> None:
    """The series of the owner before is still there, and no rule trips over it."""
    given = {
        OK: "0+600x236",
        BAD: "0+6x60 360x176",
        f'slo:info{{{IDENTITY},owner="someone-else",objective="99.9",period="1d"}}': "1x120",
    }
    questions = [(near(f"slo:remaining{{{IDENTITY}}}", 1 - 360 / (600 * 236 + 360) / 0.001, 0.1), "4h")]
    for tool in promtools:
        assert "" == untrue(tool, rule_files(day), given, questions, step="1m", evaluated="1m")


def test_an_objective_of_100_is_refused_with_the_mode_for_it(repository: Repository) -> None:
    repository.write("systems/platform.py", "from watchwright import *\nplatform = Platform()\n")
    repository.write("systems/web.py", "from watchwright.slo import *\nSlo('x', objective=100, sli=None)\n")

    said = repository.run("check", "--no-verify").stderr

    assert "an objective of 100 leaves no budget to burn" in said
    assert "any_error=True" in said


def test_any_error_alerts_on_one_and_divides_by_nothing(repository: Repository, promtools: tuple[Tool, ...]) -> None:
    never = DAY.replace("objective=99.9", "any_error=True")
    rules = rule_files(rendered(repository, never))
    given = {OK: "0+30x400", BAD: "_x200 1x200"}
    questions = [
        (firing("AvailabilityAnyError", 0), "49m"),
        (firing("AvailabilityAnyError"), "51m30s"),
        (NO_NAN, "60m"),
        ('(count({__name__=~"slo:.*"} == Inf) or vector(0)) == bool 0', "60m"),
        ('(count({__name__=~"slo:.*"} == -Inf) or vector(0)) == bool 0', "60m"),
    ]
    for tool in promtools:
        assert "" == untrue(tool, rules, given, questions)


def test_one_failure_in_eleven_requests_wakes_nobody(repository: Repository, promtools: tuple[Tool, ...]) -> None:
    """9 % is far beyond every threshold, and one failure is no pattern; three are."""
    rules = rule_files(rendered(repository, DAY))
    quiet = {OK: "0x20 1+1x9 10x500", BAD: "_x24 1x600"}
    questions = [
        (near(f'slo:ratio{{{IDENTITY},window="1h"}}', 1 / 11), "30m"),
        (firing("AvailabilityBurnPage", 0), "8m"),
        (firing("AvailabilityBurnPage", 0), "30m"),
        (firing("AvailabilityBurnTicket", 0), "30m"),
    ]
    three = {OK: "0x1000 1+1x9 10x200", BAD: "_x1004 1 2 3x600"}
    for tool in promtools:
        assert "" == untrue(tool, rules, quiet, questions)
        assert "" == untrue(tool, rules, three, [(firing("AvailabilityBurnPage"), "4h13m30s")])


def test_the_first_error_counts_though_it_creates_its_series(day: Repository, promtools: tuple[Tool, ...]) -> None:
    events = f"sum_over_time(slo:bad:rate{{{IDENTITY}}}[1h]) * 60"
    given = {OK: "0+60x100", BAD: "_x30 1x70"}
    for tool in promtools:
        assert "" == untrue(tool, rule_files(day), given, [(near(events, 1), "40m")], step="1m", evaluated="1m")


def test_a_series_that_is_new_by_a_label_alone_brings_no_errors(day: Repository, promtools: tuple[Tool, ...]) -> None:
    """A release renames a label: what was counted before is not counted again."""
    events = f"sum_over_time(slo:bad:rate{{{IDENTITY}}}[1h]) * 60 or vector(0)"
    renamed = {name: name.replace('route="/"', 'route="/home"') for name in (OK, BAD)}
    given = {
        OK: "0+60x30 stale",
        BAD: "500x30 stale",
        renamed[OK]: "_x31 1860+60x60",
        renamed[BAD]: "_x31 500x60",
    }
    for tool in promtools:
        assert "" == untrue(tool, rule_files(day), given, [(near(events, 0), "50m")], step="1m", evaluated="1m")


def test_a_restart_loses_nothing_that_was_scraped(day: Repository, promtools: tuple[Tool, ...]) -> None:
    """After a reset a counter has grown by what it is."""
    events = f"sum_over_time(slo:bad:rate{{{IDENTITY}}}[1h]) * 60"
    given = {OK: "0+60x30 7+60x30", BAD: "0+2x30 5+2x30"}
    for tool in promtools:
        assert "" == untrue(
            tool, rule_files(day), given, [(near(events, 60 + 5 + 2 * 23), "55m")], step="1m", evaluated="1m"
        )


def test_a_page_does_not_end_because_everything_is_down(repository: Repository, promtools: tuple[Tool, ...]) -> None:
    """Before the last window of the page is empty, the alert on what is not counted any more fires."""
    rules = rule_files(rendered(repository, AVAILABILITY.format(period="2d")))
    given = {OK: "0+150x1440 216000x40 stale", BAD: "_x1440 0+150x40 stale"}
    both = 'max(ALERTS{alertname=~"AvailabilityBurnPage|AvailabilityAbsent",alertstate="firing"})'
    questions = [(firing("AvailabilityBurnPage"), "6h9m"), (firing("AvailabilityAbsent", 0), "6h9m")]
    questions += [(both, f"{6 * 60 + minute}m") for minute in range(9, 60, 3)]
    questions += [(firing("AvailabilityAbsent"), "6h16m"), (firing("AvailabilityBurnPage", 0), "7h")]
    for tool in promtools:
        assert "" == untrue(tool, rules, given, questions)


def test_the_first_evaluations_after_a_deployment_alert_nobody(
    repository: Repository, promtools: tuple[Tool, ...]
) -> None:
    """Some bad events among the few that are known are no burnt budget yet; an outage from there on is told in time."""
    fast, slow = rule_files(rendered(repository, AVAILABILITY.format(period="15d")))
    noisy = {OK: "0+300x240", BAD: "0 6x240"}  # 6 of 600 in the first minute: 1 % of what is known
    silent = [(firing(name, 0), f"{minutes}m") for name in ("AvailabilityBurnPage", "AvailabilityBurnTicket")
              for minutes in (1, 2, 5, 10, 20, 40, 59)]  # fmt: skip
    outage = {OK: "0+300x4 1200x240", BAD: "_x4 0+300x240"}
    for tool in promtools:
        assert "" == untrue(tool, [fast, slow], noisy, silent)
        assert "" == untrue(tool, [fast, slow], outage, [(firing("AvailabilityBurnPage"), "10m")])


def _rules(repository: Repository) -> list[dict[str, object]]:
    files = (yaml.safe_load(file.read_text("utf-8")) for file in rule_files(repository))
    return [rule for file in files for group in file["groups"] for rule in group["rules"]]

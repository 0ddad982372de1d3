"""What SLOs promise, and what the checks say of it."""

from __future__ import annotations

from typing import Any

import pytest
from promises import KINDS, durations, findings, ids, job, native, paging, requests, slo, succeeded, waiting

from watchwright import Job, Platform, System, checks, not_
from watchwright.discovery import Http
from watchwright.lower.fleet import lower
from watchwright.model.environment import Environment
from watchwright.slo import BurnAlert, Fresh, Held, Latency, Maintenance, Ratio, Slo, Tier, burn_alerts
from watchwright.units import hours, ms, percent

# Every kind ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("period", ["30d", "28d", "month", "quarter"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_right_has_no_finding(kind: str, period: str) -> None:
    """With the alerts of `burn_alerts`, for each kind of indicator, rolling and by the calendar."""
    assert [] == findings(slo(sli=KINDS[kind], period=period))
    assert [] == findings(slo(sli=KINDS[kind], period=period, names="sloth"))
    assert [] == findings(slo(sli=KINDS[kind], period=period, any_error=True))


@pytest.mark.parametrize("kind", KINDS)
def test_without_jobs_nothing_is_claimed_of_how_often_they_are_scraped(kind: str) -> None:
    """Nor where what answers may have any label."""
    assert [] == findings(slo(sli=KINDS[kind], interval="15s", alerts=burn_alerts("30d")), jobs=())
    assert [] == findings(slo(sli=KINDS[kind]), jobs=(Job("shop", Http("http://sd:80/targets")),))


def test_findings_are_accepted_on_the_slo() -> None:
    """By the acceptance of the part that they are about."""
    system = System("shop", owner="sales", jobs=[job()], slos=[slo(accept={"slo/retention": "Thanos keeps more"})])
    found = checks.run(lower([system], Platform(), Environment()).fleet)

    assert [("shop / slo a", True)] == [(each.subject, each.accepted) for each in found if each.id == "slo/retention"]


# What is promised ---------------------------------------------------------------------------------------


def test_each_slo_of_a_name_but_the_first_is_a_duplicate() -> None:
    assert ["slo/duplicate"] * 2 == ids(slo(), slo(objective=99), slo(objective=98, period="28d"))
    assert [] == ids(slo("a"), slo("b", period="28d"))


@pytest.mark.parametrize(
    "other",
    [
        slo("b", by=["path"]),
        slo("b", period="month"),
        slo("b", sli=Ratio(bad=requests.where(code="404"), total=requests)),
        slo("b", sli=Latency(durations, below="500ms")),
    ],
)
def test_what_counts_other_events_or_groups_or_periods_is_another_indicator(other: Slo) -> None:
    assert [] == ids(slo("a"), other)


@pytest.mark.parametrize(
    "other",
    [
        slo("b", objective=99),
        slo("b", any_error=True),
        slo("b", names="sloth"),
        slo("b", sli=Ratio(good=requests.where(code=not_("500")), total=requests)),
    ],
)
def test_the_same_events_are_the_same_indicator_however_they_are_named(other: Slo) -> None:
    """The bad events are those that are not good."""
    assert [("slo/same-indicator", "SLO `b` counts what `a` does, over the same period")] == [
        each[:2] for each in findings(slo("a"), other)
    ]


def test_latencies_below_different_bounds_are_different_indicators() -> None:
    bounds = {"a": "100ms", "b": "500ms"}
    slos = [slo(name, sli=Latency(durations, below=bound)) for name, bound in bounds.items()]
    assert [] == ids(*slos)
    assert ["slo/same-indicator"] == ids(*slos, slo("c", sli=Latency(durations, below=500 * ms)))
    ages = [slo(name, sli=Fresh(succeeded, within=age)) for name, age in (("a", "1d"), ("b", "2d"))]
    assert [] == ids(*ages)


def test_two_systems_may_promise_the_same() -> None:
    systems = [System(name, owner="x", jobs=[job(name)], slos=[slo()]) for name in ("one", "two")]
    found = checks.run(lower(systems, Platform(retention="30d"), Environment()).fleet)
    assert [] == [each for each in found if each.id.startswith("slo/")]


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        ({"objective": 99.9}, {"objective": 99.9}, None),
        ({"objective": 99.9}, {"objective": 99.95}, None),
        ({"objective": 99.9}, {"any_error": True}, None),
        ({"any_error": True}, {"any_error": True}, None),
        ({"objective": 99.95}, {"objective": 99.9}, ("99.95 %", "99.9 %")),
        ({"any_error": True}, {"objective": 99.9}, ("100 %", "99.9 %")),
        (
            {"objective": 99, "by": ["path"], "objectives": {"/pay": 99.95}},
            {"objective": 99.9},
            ("99.95 %", "99.9 %"),
        ),
        (
            {"objective": 99.9},
            {"objective": 99, "by": ["path"], "objectives": {"/pay": 99.95}},
            None,  # it may be of the stricter ones
        ),
    ],
)
def test_the_strictest_objectives_of_both_are_compared(
    ours: dict[str, Any], theirs: dict[str, Any], said: tuple[str, str] | None
) -> None:
    found = findings(slo(sli=Latency(durations, below=1), depends_on=[slo("needed", **theirs)], **ours))
    expected = said and [f"it promises {said[0]}, and depends on `needed`, which promises {said[1]}"]
    assert (expected or []) == [message for id_, message, _ in found if id_ == "slo/dependency"]


def test_values_of_a_label_that_declares_none_may_be_any() -> None:
    total = Ratio(bad=requests.where(path="/x"), total=requests)
    right = slo(sli=total, by=["code"], objectives={"200": 99.5})
    assert [] == ids(right)
    assert ["slo/objective-value"] == ids(slo(sli=total, by=["code"], objectives={"200": 99.5, "503": 99.5}))
    assert [] == ids(slo(by=["path"], objectives={"/anything": 99.5}))
    assert [] == ids(slo(sli=Held(waiting < 5), by=["queue"], objectives={"mail": 99.5}))
    assert ["slo/objective-value"] == ids(slo(sli=Held(waiting < 5), by=["queue"], objectives={"fax": 99.5}))


# Its budget ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ({"traffic": 99 / hours, "period": "10d", "objective": 99.99}, ["slo/low-traffic"]),  # 2.4 events
        ({"traffic": 41 / hours, "period": "10d", "objective": 99.99}, ["slo/small-budget"]),  # 0.98
        ({"traffic": 125 / hours, "period": "10d", "objective": 99.99}, []),  # exactly three
        ({"traffic": 125 / hours, "period": "10d", "objective": 99.99, "least_failures": 4}, ["slo/low-traffic"]),
        ({"traffic": 99 / hours, "period": "10d", "objective": 99.99, "least_failures": 1}, []),
        ({"traffic": 1 / hours, "period": "10d", "any_error": True}, []),
        ({"traffic": 1 / hours, "period": "month"}, ["slo/small-budget"]),  # 0.72
        ({"traffic": 1 / hours, "period": "quarter", "least_failures": 2}, []),  # 2.16
        ({"traffic": 1 / hours, "objective": 90, "by": ["path"], "objectives": {"/pay": 99.9}}, ["slo/small-budget"]),
        ({}, []),
    ],
)
def test_the_budget_is_that_of_the_declared_traffic(parts: dict[str, Any], found: list[str]) -> None:
    assert found == [each for each in ids(slo(**parts)) if each != "slo/unreachable"]


# Its windows --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "kept", "found"),
    [
        ("30d", "30d", []),
        ("30d", "29d", ["slo/retention"]),
        ("30d", "4w2d", []),
        ("month", "31d", []),
        ("month", "30d", ["slo/retention"]),
        ("quarter", "92d", []),
        ("quarter", "91d", ["slo/retention"]),
    ],
)
@pytest.mark.parametrize("any_error", [False, True])
def test_exactly_as_long_as_samples_are_kept_is_enough(
    period: str, kept: str, found: list[str], *, any_error: bool
) -> None:
    """A month of 31 days, a quarter of 92."""
    assert found == ids(slo(period=period, any_error=any_error), retention=kept)


def test_a_window_of_a_tier_is_kept_as_long_as_the_period() -> None:
    long = slo(period="16d", alerts=paging("15d", "1d", 1))
    assert [] == [each for each in ids(long, retention="16d") if each != "slo/slow-tier"]
    assert "its window is 15d, and samples are kept for 10d" in [
        message for id_, message, _ in findings(long, retention="10d") if id_ == "slo/retention"
    ]


@pytest.mark.parametrize(
    ("scrape", "every", "short", "found"),
    [
        ("30s", None, "2m", []),
        ("30s", None, "1m30s", ["slo/window"]),
        ("15s", None, "2m", []),  # evaluated every 30 s
        ("15s", None, "1m", ["slo/window"]),
        ("15s", "15s", "1m", []),
        ("1m", None, "5m", []),
        ("1m", "30s", "2m", ["slo/interval", "slo/window"]),  # four evaluations, and two scrapes
        ("15s", "1m", "3m", ["slo/window"]),
    ],
)
def test_exactly_four_scrapes_and_evaluations_are_enough(
    scrape: str, every: str | None, short: str, found: list[str]
) -> None:
    own = slo(alerts=paging("1h", short, 2 * percent), interval=every)
    assert found == ids(own, scrape_interval=scrape)


def test_of_several_short_windows_the_shortest_is_named() -> None:
    alerts = [BurnAlert("page", [Tier("10m", short="1m", spends=0.01), Tier("1h", short="90s", spends=0.02)])]
    assert ["a window of 1m is shorter than four scrapes, one every 30s"] == [
        each[1] for each in findings(slo(alerts=alerts))
    ]


def test_only_jobs_that_may_expose_it_are_looked_at() -> None:
    """Another job is scraped seldom; the SLO selects its own by name."""
    jobs = (job("shop", interval="15s"), job("bills", interval="1m"))
    own = Ratio(bad=requests.where(code="500", job="shop"), total=requests.where(job="shop"))

    assert [] == ids(slo(sli=own, interval="30s"), jobs=jobs)
    assert ["slo/interval"] == ids(slo(interval="30s"), jobs=jobs)
    assert [] == ids(slo(), jobs=jobs)


@pytest.mark.parametrize("scrape", ["5s", "10s", "15s", "20s", "30s", "1m"])
def test_any_usual_scrape_interval_is_exact(scrape: str) -> None:
    """The streams telescope: only what is longer than the evaluation interval or no part of five minutes is odd."""
    assert [] == ids(slo(), slo("b", sli=Latency(native, below="1s")), scrape_interval=scrape, scrape_timeout="5s")


@pytest.mark.parametrize(
    ("scrape", "hint"), [("45s", 'say interval="50s"'), ("7s", ""), ("10m", "scrape its jobs more often")]
)
def test_an_interval_that_suits_is_named(scrape: str, hint: str) -> None:
    found = findings(slo(), scrape_interval=scrape, scrape_timeout="5s")
    assert hint == next((each[2] for each in found if each[0] == "slo/interval"), "")


def test_an_interval_above_five_minutes_leaves_holes() -> None:
    alerts = paging("1d", "2h", 10 * percent)
    assert [] == ids(slo(interval="5m", alerts=alerts))
    assert ["it is evaluated every 6m, and Prometheus forgets a sample after 5m"] == [
        each[1] for each in findings(slo(interval="6m", alerts=alerts))
    ]


@pytest.mark.parametrize(
    ("intervals", "every", "found"),
    [
        (("15s", "15s"), None, []),
        (("15s", "30s"), None, ["slo/interval"]),
        (("30s", "1m"), None, ["slo/interval"]),
        (("30s", "1m"), "30s", []),  # they differ by a whole evaluation
    ],
)
def test_native_histograms_want_one_scrape_interval(
    intervals: tuple[str, str], every: str | None, found: list[str]
) -> None:
    """A classic one does not: its buckets are counters."""
    jobs = tuple(job(name, interval=each) for name, each in zip(("shop", "bills"), intervals, strict=True))
    assert found == ids(slo(sli=Latency(native, below="1s"), interval=every), jobs=jobs)
    assert [] == ids(slo(sli=Latency(durations, below=1)), jobs=jobs)


# Its tiers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ({"objective": 90, "alerts": paging("72h", "6h", 1)}, ["slo/unreachable"]),  # 10 times 0.1 is exactly 1
        ({"objective": 90, "alerts": paging("72h", "6h", 0.999)}, []),
        ({"objective": 93}, []),  # 14.4 times 0.07 is 1.008: of the usual tiers, that one is left out
        ({"objective": 93.1}, []),  # 0.9936
        ({"objective": 93.1, "by": ["path"], "objectives": {"/free": 93}}, ["slo/unreachable"]),
        ({"any_error": True}, []),
    ],
)
def test_a_threshold_of_one_is_never_exceeded(parts: dict[str, Any], found: list[str]) -> None:
    assert found == ids(slo(**parts))


def test_what_a_tier_may_spend_is_named_and_is_enough() -> None:
    (found,) = findings(slo(objective=90, alerts=paging("1h", "5m", 2 * percent)))
    assert "let it spend less than 1.38 % of the budget, or leave it out" == found[2]
    assert [] == ids(slo(objective=90, alerts=paging("1h", "5m", 1.38 * percent)))


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ({"period": "28d"}, []),  # 10 % in three of 28 days burn 0.93 times as fast as allowed
        ({"alerts": paging("3d", "6h", 9 * percent)}, []),  # exactly 0.9
        ({"alerts": paging("3d", "6h", 8.9 * percent)}, ["slo/slow-tier"]),
        ({"period": "month", "alerts": paging("3d", "6h", 9 * percent)}, []),
        ({"period": "quarter", "alerts": paging("3d", "6h", 3 * percent)}, []),
        ({"period": "quarter", "alerts": paging("3d", "6h", 2.9 * percent)}, ["slo/slow-tier"]),
    ],
)
def test_a_tier_begins_where_the_budget_does_not_last(parts: dict[str, Any], found: list[str]) -> None:
    assert found == ids(slo(**parts))


def test_a_tier_of_two_alerts_is_said_once() -> None:
    (page,) = paging("3d", "6h", 5 * percent)
    assert ["slo/slow-tier"] == ids(slo(alerts=[page, BurnAlert("ticket", page.tiers)]))


@pytest.mark.parametrize("period", ["1d", "7d", "14d", "28d", "30d", "90d", "month", "quarter"])
@pytest.mark.parametrize("objective", [98, 99.9, 99.999])
def test_the_alerts_that_come_by_themselves_are_right(period: str, objective: float) -> None:
    assert [] == ids(slo(period=period, objective=objective))


# What other checks say ----------------------------------------------------------------------------------


def test_severities_of_alerts_are_checked_as_those_of_all_alerts() -> None:
    page = paging("1h", "5m", 2 * percent)
    system = System("shop", owner="sales", jobs=[job()], slos=[slo(alerts=page, absent_severity="wake")])
    found = checks.run(lower([system], Platform(retention="30d"), Environment()).fleet)
    assert {"alert/severity"} == {each.id for each in found if not each.accepted}


def test_maintenance_is_no_reason_for_findings() -> None:
    nightly = Maintenance("backup", start="02:00", lasts="1h")
    excused = Maintenance("backup", start="02:00", lasts="1h", excuses_budget=True)
    assert [] == ids(slo(maintenance=[nightly]))
    assert [] == ids(slo(maintenance=[excused]))

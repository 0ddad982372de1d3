"""What is claimed of the checks of SLOs, beyond their examples: what is right, and stands next to what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from watchwright import Counter, Gauge, Histogram, Job, Label, Platform, Ruler, System, checks, drop_labels, not_, regex
from watchwright.discovery import Http, Static
from watchwright.lower.fleet import lower
from watchwright.model.environment import Environment
from watchwright.slo import BurnAlert, ErrorRatio, Fresh, Held, Latency, Maintenance, Ratio, Slo, Tier, burn_alerts
from watchwright.units import MB, hours, ms, percent, s

_CODES = Label("code", values=["200", "404", "500"])
requests = Counter("http_requests_total", "Requests.", labels=[_CODES, "path"])
durations = Histogram("http_request_duration_seconds", "Time.", labels=["path"], buckets=[0.1, 0.5, 1])
milliseconds = Histogram("rpc_duration_milliseconds", "Time.", buckets=[100, 500])
sizes = Histogram("http_request_size_bytes", "Size.", buckets=[1_000_000, 10_000_000])
native = Histogram("rpc_duration_seconds", "Time.", labels=["path"], native=True)
waiting = Gauge("queue_length", "Jobs that wait.", labels=[Label("queue", values=["mail", "print"])])
succeeded = Gauge("backup_last_success_timestamp_seconds", "Last success.")

served = Ratio(bad=requests.where(code="500"), total=requests)
SHARE = requests.where(code="500").rate("5m").sum(["path"]) / (requests.rate("5m").sum(["path"]) > 0)
KINDS = {
    "ratio": served,
    "good": Ratio(good=requests.where(code=not_("500")), total=requests),
    "latency": Latency(durations, below="500ms"),
    "native": Latency(native, below="300ms"),
    "held": Held(waiting < 100),
    "fresh": Fresh(succeeded, within="1d"),
    "error ratio": ErrorRatio(SHARE),
    "error ratio by traffic": ErrorRatio(SHARE, traffic=requests.rate("5m").sum(["path"])),
}


def job(name: str = "shop", **parts: Any) -> Job:
    return Job(name, Static([f"{name}:8000"]), **parts)


def findings(*slos: Slo, jobs: tuple[Job, ...] | None = None, **platform: Any) -> list[tuple[str, str, str]]:
    """Ids, messages and hints about SLOs and rulers, with the names of their subjects."""
    parts: Mapping[str, Any] = {"retention": "100d", **platform}
    system = System("shop", owner="sales", jobs=(job(),) if jobs is None else jobs, slos=slos)
    found = checks.run(lower([system], Platform(**parts), Environment()).fleet)
    return [(each.id, each.message, each.hint) for each in found if each.id.startswith(("slo/", "ruler/"))]


def ids(*slos: Slo, **parts: Any) -> list[str]:
    return [id_ for id_, _, _ in findings(*slos, **parts)]


def slo(name: str = "a", **parts: Any) -> Slo:
    objective = {} if parts.get("any_error") else {"objective": 99.9}
    return Slo(name, **{"sli": served, **objective, **parts})


def paging(over: str, short: str, spends: Any) -> list[BurnAlert]:
    return [BurnAlert("page", [Tier(over, short=short, spends=spends)])]


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


# Its indicator ------------------------------------------------------------------------------------------


def test_labels_that_the_ratio_has_are_not_reported() -> None:
    whole = requests.where(code="500").rate("5m").sum() / (requests.rate("5m").sum() > 0)
    assert [] == ids(slo(sli=ErrorRatio(SHARE), by=["path"]))
    assert ["slo/labels"] == ids(slo(sli=ErrorRatio(whole), by=["path"]))
    # of all others the checks of expressions say it
    assert [] == ids(slo(by=["route"]))


@pytest.mark.parametrize(
    ("label", "parts", "found"),
    [
        ("window", {}, ["slo/reserved-label"]),
        ("system", {}, ["slo/reserved-label"]),
        ("severity", {}, ["slo/reserved-label"]),
        ("month", {"period": "month"}, ["slo/reserved-label"]),
        ("month", {"period": "quarter"}, []),
        ("sloth_window", {"names": "sloth"}, ["slo/reserved-label"]),
        ("window", {"names": "sloth"}, []),
        ("sloth_window", {}, []),
        ("team", {}, []),
    ],
)
def test_labels_that_an_slo_sets_are_its_own(label: str, parts: dict[str, Any], found: list[str]) -> None:
    total = Counter("orders_total", "Orders.", labels=[label, "result"])
    own = Ratio(bad=total.where(result="lost"), total=total)
    assert found == ids(slo(sli=own, by=[label], **parts))


def test_info_may_say_what_no_other_fact_does() -> None:
    assert [] == ids(slo(info={"team": "x", "tier": "1"}))
    assert ["slo/reserved-label"] * 2 == ids(slo(info={"slo": "x", "objective": "5"}))


_PAY = requests.where(path="/pay")


@pytest.mark.parametrize(
    ("total", "part", "right"),
    [
        (requests, requests.where(code="500"), True),
        (_PAY, _PAY.where(code="500"), True),
        (_PAY, requests.where(code="500", path="/pay"), True),
        (_PAY, requests.where(code="500"), False),
        (_PAY, requests.where(code="500", path=["/pay", "/buy"]), False),
        (_PAY, requests.where(code="500", path=regex("/p.*")), True),  # no other may begin so
        (_PAY, requests.where(code="500", path=regex("/b.*")), False),
        (requests.where(code=["404", "500"]), requests.where(code="500"), True),
        (requests.where(code=["404", "500"]), requests.where(code=["500", "200"]), False),
        (requests.where(code=not_("404")), requests.where(code="500"), True),
        (requests.where(code=not_("404")), requests.where(code=not_("200")), False),  # 404 is one of them
        (requests.where(code=regex("[25]..")), requests.where(code="500"), True),
        (requests.where(code=regex("[25]..")), requests.where(code="404"), False),
        (requests.where(code=["200", "404", "500"]), requests.where(path="/x"), True),  # that is all
        (requests.where(path=not_("")), requests.where(code="500"), True),
        (requests.where(path=not_("/health")), requests.where(code="500"), False),
        (requests.where(path=not_(regex("/internal/.*"))), requests.where(code="500"), False),
        (requests.where(path=not_(regex("/internal/.*"))), requests.where(path=regex("/api/.*")), True),
        (requests.where(path=regex("/api/.*")), requests.where(path=regex("/api/v1/.*")), True),
        (requests.where(path=regex("/api/.*")), requests.where(code="500"), False),
        (requests.where(path=regex(".*")), requests.where(code="500"), True),
        (requests.where(job="shop"), requests.where(code="500"), True),  # the scope says so of both
        (requests, requests, False),
        (_PAY, Counter("failures_total", "Failures.", labels=["kind"]), True),
        (durations.count, durations.bucket.where(le="0.5"), True),
        (durations.where(path="/pay").count, durations.bucket.where(le="0.5"), True),  # another metric
        (requests, requests.where(code="502"), True),  # `label/value` says that there are none
    ],
)
@pytest.mark.parametrize("role", ["bad", "good"])
def test_a_part_of_one_counter_selects_no_more_than_the_total(total: Any, part: Any, role: str, *, right: bool) -> None:
    """Whatever may be right is."""
    expected = [] if right else ["slo/part"]
    assert expected == ids(slo(sli=Ratio(total=total, **{role: part})))


def test_of_two_jobs_one_is_a_part() -> None:
    jobs = (job("shop"), job("bills"))
    own = requests.where(job="shop")
    assert [] == ids(slo(sli=Ratio(total=requests, bad=own.where(code="500"))), jobs=jobs)
    assert ["slo/part"] == ids(slo(sli=Ratio(total=own, bad=requests.where(code="500"))), jobs=jobs)


@pytest.mark.parametrize(
    ("histogram", "below", "hint"),
    [
        (durations, "500ms", None),
        (durations, 500 * ms, None),
        (durations, 0.5, None),
        (durations, "1s", None),
        (durations.where(path="/"), "1s", None),
        (durations, 300 * ms, "the closest of its buckets: `0.1` and `0.5`"),
        (durations.where(path="/"), 0.3, "the closest of its buckets: `0.1` and `0.5`"),
        (durations, "50ms", "the closest of its buckets: `0.1`"),
        (durations, "1m", "the closest of its buckets: `1`"),
        (milliseconds, "500ms", None),
        (milliseconds, 0.1 * s, None),
        (milliseconds, "1s", "the closest of its buckets: `500`"),
        (sizes, 10 * MB, None),
        (sizes, 5 * MB, "the closest of its buckets: `1000000` and `10000000`"),
        (sizes, 1e6, None),
        (sizes, "300ms", None),  # `expr/unit` says that this cannot be
        (durations, 5 * MB, None),
        (native, "300ms", None),
        (native.where(path="/"), 0.123, None),
    ],
)
def test_a_bound_is_compared_in_the_unit_of_the_histogram(histogram: Any, below: Any, hint: str | None) -> None:
    found = findings(slo(sli=Latency(histogram, below=below)))
    assert ([] if hint is None else [("slo/bucket", hint)]) == [(id_, said) for id_, _, said in found]


def test_first_values_are_an_error_only_where_they_are_asked_for() -> None:
    asked = Ratio(bad=requests.where(code="500"), total=requests, first_values=True)
    merged = (job(metric_relabel=[drop_labels("instance")]),)
    assert [] == ids(slo(sli=asked))
    assert [] == ids(slo(), jobs=merged)
    assert ["slo/first-values"] == ids(slo(sli=asked), jobs=merged)
    assert [] == ids(slo(sli=asked), jobs=())  # nobody knows


# Where its rules run ------------------------------------------------------------------------------------


def test_a_ruler_takes_as_many_as_it_takes() -> None:
    """Neither one more, nor where there is none."""
    one = slo()
    groups = sum(len(file.groups) for file in _files(one, Ruler()))
    longest = next(most for most in range(1, 99) if _longest(one, Ruler(rules_per_group=most)) <= most)

    assert [] == ids(one, ruler=Ruler(rules_per_group=longest, groups=9))
    assert "ruler/group" in ids(one, ruler=Ruler(rules_per_group=longest - 1, groups=9))
    assert [] == ids(one, ruler=Ruler(groups=groups))
    assert ["ruler/groups"] == ids(one, ruler=Ruler(groups=groups - 1))
    assert [] == ids(*(slo(f"s{number}", by=["path"], period=f"{number}d") for number in range(28, 68)))


def test_the_groups_of_all_systems_are_counted() -> None:
    systems = [System(name, owner="x", jobs=[job(name)], slos=[slo()]) for name in ("one", "two")]
    found = checks.run(lower(systems, Platform(retention="30d", ruler=Ruler(groups=5)), Environment()).fleet)
    assert [("platform", "2 SLOs and all else come to 6 groups of rules, the ruler takes 5")] == [
        (each.subject, each.message) for each in found if each.id == "ruler/groups"
    ]


def test_own_rules_in_a_group_that_is_too_long_are_the_systems() -> None:
    system = System("shop", owner="x", jobs=[job(f"shop{number}") for number in range(21)])
    found = checks.run(lower([system], Platform(ruler=Ruler()), Environment()).fleet)
    assert [("shop", "the group `shop-alerting` has 21 rules, and the ruler takes 20")] == [
        (each.subject, each.message) for each in found if each.id == "ruler/group"
    ]


def _longest(one: Slo, ruler: Ruler) -> int:
    return max(len(group.rules) for file in _files(one, ruler) for group in file.groups)


def _files(one: Slo, ruler: Ruler) -> Any:
    system = System("shop", owner="sales", jobs=[job()], slos=[one])
    return lower([system], Platform(retention="30d", ruler=ruler), Environment()).fleet.plans[0].files


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

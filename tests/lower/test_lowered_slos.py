"""What objectives are lowered to: thresholds, windows, names, alerts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import attrs
import pytest
from declared_slos import (
    JOB,
    VARIANTS,
    bad,
    depth,
    failed,
    groups,
    name_of,
    nightly,
    plain,
    planned,
    preset,
    promised,
    recorded,
    requests,
    rules,
    share,
    slo,
    variants,
    wait,
)

from watchwright import Job, Platform, drop_labels, not_, percent, regex
from watchwright.discovery import Static
from watchwright.lower.plan import Alerting, Plan, Recording, Rule
from watchwright.query.tree import Aggregation, Binary, Selector, walk
from watchwright.slo import (
    Latency,
    Ratio,
    Tracked,
    burn_alerts,
)

# Tracked values -----------------------------------------------------------------------------------------


def test_a_tracked_value_opens_tickets_and_is_looked_at_each_five_minutes() -> None:
    """What is a mean of days wakes nobody, and costs a tenth."""
    made = promised(sli=Tracked(depth.avg(), at_most=100), objective=90)

    assert ["ABurnTicket", "AAbsent"] == [draft.name for draft in made.drafts]
    assert {"ticket"} == {draft.severity for draft in made.drafts}
    assert 300_000 == made.objective.timing.fast
    assert ["slo:value", "slo:total:rate", "slo:bad:rate"] == [rule.record for rule in made.fast[:3]]


def test_a_tracked_value_is_shown_beside_its_target_in_its_unit() -> None:
    """A saving of 40 % is a percentage on the board, and green from there on."""
    saved = 1 - share.avg()
    plan = planned(slo(sli=Tracked(saved, at_least=40 * percent), objective=90))
    panels = {panel.panel.title: panel for panel in plan.boards[0].panels}

    assert [(None, "red"), (Decimal("0.4"), "green")] == list(panels["Now"].thresholds)
    assert {"percentunit"} == {panels[title].unit for title in ("Now", "Target, at least", "Value, and its target")}


def test_the_summary_of_a_tracked_value_says_what_it_misses() -> None:
    made = promised(sli=Tracked(depth.avg(), at_most=100), objective=90, title="Depth")

    assert "Depth: for {value} of the time it misses its target, more than its error budget allows" == (
        made.drafts[0].summary
    )
    assert made.drafts[0].description.startswith("Depth promises at most 100 for 90 % of the time over 30d.")


# Thresholds and windows ---------------------------------------------------------------------------------


THRESHOLDS = [
    (99.9, "30d", ["0.0144", "0.006", "0.003", "0.001"]),
    (99.95, "30d", ["0.0072", "0.003", "0.0015", "0.0005"]),
    (99.99, "30d", ["0.00144", "0.0006", "0.0003", "0.0001"]),
    (99, "28d", ["0.1344", "0.056", "0.028", "0.00933333333333"]),
    (99.9, "28d", ["0.01344", "0.0056", "0.0028", "0.000933333333333"]),
    (99.9, "month", ["0.0144", "0.006", "0.003", "0.001"]),
    (99.9, "quarter", ["0.0432", "0.018", "0.009", "0.003"]),
]


@pytest.mark.parametrize(("objective", "period", "expected"), THRESHOLDS)
def test_thresholds_are_exact_decimals(objective: float, period: str, expected: list[str]) -> None:
    """No float's tail: `0.0009999999999999432` is what others print."""
    made = promised(objective=objective, period=period)

    assert expected == [str(limit.value) for draft in made.drafts for limit in draft.limits]
    for draft in made.drafts:
        assert all(f" > {limit.value} " in repr(draft.expr.node) for limit in draft.limits)


@pytest.mark.parametrize("period", ["7d", "14d", "27d"])
def test_shorter_periods_keep_the_burn_rates_of_30_days(period: str) -> None:
    assert [14.4, 6, 3, 1] == _burn_rates(period)


@pytest.mark.parametrize(
    ("objective", "period", "expected"),
    [
        (90, "30d", {"page": ["6h"], "ticket": ["1d", "3d"]}),  # 14.4 times 10 % is more than there is
        (80, "30d", {"ticket": ["1d", "3d"]}),  # no alert without a tier
        (50, "30d", {"ticket": ["3d"]}),
        (99.9, "1d", {"page": ["1h"]}),  # three days are no part of one, and 6 h would spend all of it
        (99.9, "2d", {"page": ["1h", "6h"]}),
    ],
)
def test_usual_tiers_that_not_even_an_outage_reaches_are_left_out(
    objective: float, period: str, expected: Mapping[str, list[str]]
) -> None:
    made = promised(objective=objective, period=period).objective.burning
    assert expected == {each.alert.severity: [tier.over for tier in each.alert.tiers] for each in made}


@pytest.mark.parametrize(
    ("parts", "fast", "slow"),
    [
        ({}, ["5m", "30m", "1h", "2h", "6h", "1d", "3d"], ["30d"]),
        ({"period": "28d"}, ["5m", "30m", "1h", "2h", "6h", "1d", "3d"], ["28d"]),
        ({"period": "month"}, ["5m", "30m", "1h", "2h", "6h", "1d", "3d"], ["month"]),
        ({"period": "3d"}, ["5m", "30m", "1h", "6h", "1d"], ["3d"]),
        ({"objective": 50}, ["5m", "6h", "1d", "3d"], ["30d"]),
        ({"objective": None, "any_error": True}, ["5m"], ["30d"]),
        (VARIANTS["short and long windows in each alert"], ["1m", "5m", "10m", "45m", "6h", "1d", "3d", "7d"], ["30d"]),
    ],
)
def test_windows_of_alerts_are_recorded_by_the_fast_group_and_the_period_by_the_slow_one(
    parts: Mapping[str, Any], fast: list[str], slow: list[str]
) -> None:
    """Each of them once, and with a day beside them, which the forecast reads."""
    made = promised(**parts)
    assert fast == [each.labels["window"] for each in made.fast if each.record == "slo:ratio"]
    assert slow == [each.labels["window"] for each in made.slow if each.record == "slo:ratio"]


# Indicators ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("below", "expected"), [("1s", 'le=~"1|1\\\\.0"'), ("10s", 'le=~"10|10\\\\.0"'), ("300ms", 'le="0.3"')]
)
def test_a_bucket_is_found_however_its_bound_is_written(below: str, expected: str) -> None:
    """`1` by one client and version of Prometheus, `1.0` by another; 0.3 has one spelling."""
    assert f'wait_seconds_bucket{{{expected},job="shop"}}' in recorded("slo:bad:rate", sli=Latency(wait, below=below))


@pytest.mark.parametrize(
    ("good", "expected"),
    [
        (requests.where(code="200"), 'code!="200"'),
        (requests.where(code=not_("500")), 'code="500"'),
        (requests.where(code=regex("2..")), 'code!~"2.."'),
        (requests.where(code=not_(regex("5.."))), 'code=~"5.."'),
    ],
)
def test_good_events_that_one_matcher_tells_apart_leave_the_others(good: Any, expected: str) -> None:
    """So that the bad ones are counted as they are: with their first values, and without a difference of two rates."""
    assert recorded("slo:bad:rate", sli=Ratio(bad=requests.where(**_code(expected)), total=requests)) == recorded(
        "slo:bad:rate", sli=Ratio(good=good, total=requests)
    )
    assert f'requests_total{{{expected},job="shop"}}' in recorded("slo:bad:rate", sli=Ratio(good=good, total=requests))


@pytest.mark.parametrize(
    "sli",
    [
        Ratio(good=requests.where(code="200", zone="eu"), total=requests),
        Ratio(good=failed, total=plain),
        Ratio(good=requests.where(code="200"), total=requests.where(zone="eu")),
        Latency(wait, below="1s"),
    ],
)
def test_good_events_of_any_other_kind_are_taken_from_all(sli: Any) -> None:
    expr = recorded("slo:bad:rate", sli=sli)
    assert expr.startswith('clamp_min(slo:total:rate{system="shop",slo="a"} - on () (')
    assert expr.endswith(", 0)")


def test_first_values_count_where_they_can() -> None:
    """Not of counters that clients preset or that have no labels, nor where targets are not told apart."""

    def counted(sli: Ratio, jobs: Any = (JOB,)) -> bool:
        return any(
            isinstance(rule, Recording) and rule.record == "slo:bad:rate_first"
            for rule in rules(planned(slo(sli=sli), jobs=jobs))
        )

    anonymous = Job("shop", Static(["shop:1"]), metric_relabel=[drop_labels("instance")])
    settled = Ratio(bad=preset.where(result="failed"), total=preset)

    assert counted(bad)
    assert not counted(settled)
    assert counted(attrs.evolve(settled, first_values=True))
    assert not counted(Ratio(bad=failed, total=plain))
    assert not counted(bad, [anonymous])
    assert not counted(attrs.evolve(bad, first_values=False))


# Names --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", ["watchwright", "sloth"])
def test_no_two_rules_make_the_same_series(names: Any) -> None:
    """Of two SLOs, nor of two systems with SLOs of the same name."""
    slos = [slo("a", names=names), slo("b", names=names, **VARIANTS["objectives"]), slo("c", names=names, period="month",
            maintenance=[nightly])]  # fmt: skip
    plans = [planned(*slos, system=system) for system in ("shop", "web")]
    made = [(name_of(rule), frozenset(rule.labels.items())) for plan in plans for rule in rules(plan)]
    assert len(made) == len(set(made))


def test_no_sloth_id_stands_for_two_slos() -> None:
    """Or references select what tells the two apart."""
    first = planned(slo("a-b", names="sloth"), system="shop")
    second = planned(slo("b", names="sloth"), system="shop-a")
    assert set(_identities(first)).isdisjoint(_identities(second))


@pytest.mark.parametrize("names", ["watchwright", "sloth"])
def test_what_may_change_stands_on_the_info_series_alone(names: Any) -> None:
    """A window of thirty days must not mix series of two owners."""
    parts = {"title": "All is well", "info": {"team": "x", "tier": "1"}, "names": names}
    made = [rule for rule in rules(planned(slo(**parts))) if isinstance(rule, Recording)]
    facts = {"owner", "title", "team", "tier", "objective", "period"}
    assert ["slo:info" if names == "watchwright" else "sloth_slo_info"] == [
        rule.record for rule in made if facts & rule.labels.keys()
    ]
    assert {"owner": "sales", "title": "All is well", "team": "x", "tier": "1", "objective": "99.9",
            "period": "30d"}.items() <= made[-1].labels.items()  # fmt: skip


# Alerts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("severities", "expected"),
    [
        (["page", "ticket", "info"], {"ABBurnPage": "page", "ABBurnTicket": "ticket", "ABAbsent": "page"}),
        (["p1", "p2"], {"ABBurnP1": "p1", "ABBurnP2": "p2", "ABAbsent": "p1"}),
        (["critical"], {"ABBurnCritical": "critical", "ABAbsent": "critical"}),
    ],
)
def test_alerts_have_the_first_two_severities_of_the_platform(
    severities: list[str], expected: Mapping[str, str]
) -> None:
    """Of one severity there is one alert, with all four tiers."""
    plan = planned(slo("a-b"), platform=Platform(severities=severities))
    found = {rule.alert: rule.labels["severity"] for rule in rules(plan) if isinstance(rule, Alerting)}
    assert expected == found
    assert 4 == sum(len(draft.limits) for draft in plan.promises[0].drafts)


def test_the_alert_on_absence_is_as_urgent_as_the_most_urgent_other() -> None:
    """Unless the definition says otherwise."""
    tickets = burn_alerts(page="info", ticket="ticket")
    assert "ticket" == promised(alerts=tickets).rules[-1].labels["severity"]
    assert "page" == promised(alerts=[]).rules[-1].labels["severity"]
    assert "info" == promised(absent_severity="info").rules[-1].labels["severity"]


@variants
def test_every_alert_says_whose_it_is_and_how_urgent(variant: str) -> None:
    found = [rule for rule in rules(planned(slo(**VARIANTS[variant]))) if isinstance(rule, Alerting)]
    assert found
    for rule in found:
        assert {"slo": "a", "system": "shop", "owner": "sales"}.items() <= rule.labels.items()
        assert rule.labels["severity"] in ("page", "ticket")


# Timing -------------------------------------------------------------------------------------------------


def test_what_is_scraped_each_minute_is_evaluated_each_minute() -> None:
    """And the value before is looked for within two: a scrape that fails loses nothing."""
    platform = Platform(scrape_interval="60s")
    assert ["1m", "5m"] == [group.interval for _, group in groups(planned(slo(), platform=platform))]
    total = recorded("slo:total:rate", platform=platform)
    assert 'last_over_time(requests_total{job="shop"}[2m] offset 1m10s)' in total
    assert 'last_over_time(requests_total{job="shop"}[1m] offset 10s)' in total
    assert "/ 60 " in total


def test_the_slow_interval_is_a_multiple_of_the_fast_one() -> None:
    """So that its averages hold whole evaluations; names follow."""
    plan = planned(slo(interval="45s"))
    assert ["45s", "4m30s"] == [group.interval for _, group in groups(plan)]
    assert 'avg_over_time(slo:total:rate{system="shop",slo="a"}[4m30s])' == recorded(
        "slo:total:rate_avg4m30s", interval="45s"
    )


# Labels that the platform keeps ---------------------------------------------------------------------------

KEEPING = Platform(keep=["cluster"])


@variants
def test_kept_labels_are_in_every_aggregation_and_match(variant: str) -> None:
    """But where the other side is the time of day or the date, which have no labels."""
    found = rules(planned(slo(**VARIANTS[variant]), platform=KEEPING))
    assert [] == [lost for rule in found if name_of(rule) != "slo:bad:rate_first" for lost in _lost(rule)]


def test_first_values_of_one_cluster_are_not_compared_with_targets_of_another() -> None:
    (first,) = (rule for rule in promised(KEEPING).fast if rule.record == "slo:bad:rate_first")
    assert [] == list(_lost(first))


# Helpers ------------------------------------------------------------------------------------------------


def _burn_rates(period: str) -> list[float]:
    made = promised(objective=99, period=period).objective
    limits = (made.threshold(tier, made.shares[0]) for each in made.burning for tier in each.alert.tiers)
    return [float(limit * 100) for limit in limits]


def _code(matcher: str) -> Mapping[str, Any]:
    op, _, value = matcher.removeprefix("code").removesuffix('"').partition('"')
    pattern: Any = regex(value) if op.endswith("~") else value
    return {"code": not_(pattern) if op.startswith("!") else pattern}


def _identities(plan: Plan) -> Iterator[str]:
    for rule in rules(plan):
        yield from (repr(node) for node in walk(rule.expr) if isinstance(node, Selector) and ":" in node.name)


def _lost(rule: Rule) -> Iterator[str]:
    """Where `cluster` gets lost, or is not matched though the other side has it."""
    for node in walk(rule.expr):
        if isinstance(node, Aggregation) and node.op != "count_values":  # which counts the month of the clock
            kept = node.grouping and ("cluster" in node.grouping.labels) is not node.grouping.without
            yield from () if kept else [repr(node)]
        elif isinstance(node, Binary) and node.matching and node.matching.on:
            series = any(isinstance(each, Selector) for each in walk(node.right))
            yield from [repr(node)] if series and "cluster" not in node.matching.labels else ()

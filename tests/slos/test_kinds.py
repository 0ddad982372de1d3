"""Each kind of indicator, from series made by hand to its error ratio; under every promtool at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from asking import firing, near, rendered, rule_files, untrue

from watchwright.verify.tools import Tool
from workbench import Repository

EACH_MINUTE = "Platform(scrape_interval='1m', scrape_timeout='10s')"
# one repository for all of them: it takes longer to render than to ask
SYSTEM = """
from watchwright.units import ms

sent = Counter("sent_total", "Sent.")
failed = Counter("failed_total", "Failed.")
succeeded = Counter("succeeded_total", "Succeeded.")
wait = Histogram("wait_seconds", "Wait.", buckets=[0.25, 1, 10])
queue = Gauge("queue_length", "Jobs that wait.", labels=["queue"])
pressure = Gauge("pressure_pascals", "Pressure.", labels=["tank"])
backup = Gauge("backup_last_success_timestamp_seconds", "Last success.", labels=["database"])
errors = Gauge("probe_errors_ratio", "Share of probes that fail.", labels=["site"])
probes = Gauge("probes_per_second", "Probes.", labels=["site"])


def slo(name, sli, **parts):
    return Slo(name, objective=99, sli=sli, period="1d", alerts=[], **parts)


kinds = [
    slo("bad", Ratio(bad=requests.where(code="500"), total=requests)),
    slo("good", Ratio(good=requests.where(code=not_("500")), total=requests)),
    slo("good-by-two", Ratio(good=requests.where(code="200", route="/"), total=requests)),
    slo("other-bad", Ratio(bad=failed, total=sent)),
    slo("other-good", Ratio(good=succeeded, total=sent)),
    slo("latency", Latency(wait, below="1s")),
    slo("latency-in-ms", Latency(wait, below=250 * ms)),
    slo("held", Held(queue < 100)),
    slo("held-by", Held(queue < 100), by=["queue"]),
    slo("held-between", Held((pressure > 1) & (pressure < 5), of=pressure)),
    slo("tracked-least", Tracked(pressure.min(), at_least=2), interval="1m"),
    slo("tracked-most", Tracked(wait.average("10m"), at_most=500 * ms), interval="1m"),
    slo("tracked-by", Tracked(queue, at_most=100), interval="1m", by=["queue"]),
    slo("fresh", Fresh(backup, within="10m")),
    slo("fresh-by", Fresh(backup, within="10m"), by=["database"]),
    slo("share", ErrorRatio(errors)),
    slo("share-by-traffic", ErrorRatio(errors, traffic=probes)),
    slo("share-by-site", ErrorRatio(errors, traffic=probes), by=["site"]),
]
web = System("web", owner="shop", jobs=jobs, slos=kinds)
"""
NATIVE = """
rpc = Histogram("rpc_seconds", "Time.", native=True)
web = System("web", owner="shop", jobs=jobs, slos=[
    Slo("native", objective=99, period="1d", alerts=[], sli=Latency(rpc, below="2s")),
])
"""
GROUPED = """
web = System("web", owner="shop", jobs=jobs, slos=[
    Slo("routes", objective=99, period="15d", objectives={"/pay": 99.99, "/buy": 99.99}, by=["route"],
        sli=Ratio(bad=requests.where(code="500"), total=requests)),
])
"""


@pytest.fixture(scope="module")
def all_rules(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Path]:
    """All kinds, rendered."""
    return rule_files(rendered(Repository(tmp_path_factory.mktemp("kinds")), SYSTEM, EACH_MINUTE))


@pytest.fixture(scope="module")
def rules(all_rules: Sequence[Path]) -> Sequence[Path]:
    """The rules of the fast groups, which make error ratios."""
    return all_rules[:1]


def scraped(name: str, **labels: str) -> str:
    """A series that is scraped."""
    pairs = ",".join(f'{label}="{value}"' for label, value in {"job": "web", "instance": "a", **labels}.items())
    return f"{name}{{{pairs}}}"


def ratio(slo: str, window: str = "5m", **labels: str) -> str:
    """The error ratio of an SLO."""
    pairs = "".join(f',{label}="{value}"' for label, value in labels.items())
    return f'slo:ratio{{system="web",slo="{slo}",window="{window}"{pairs}}}'


def bad_slices(slo: str, **labels: str) -> str:
    """How many evaluations were bad ones in a quarter of an hour."""
    pairs = "".join(f',{label}="{value}"' for label, value in labels.items())
    return f'sum_over_time(slo:bad:rate{{slo="{slo}"{pairs}}}[15m]) * 60'


def so_far(slo: str, **labels: str) -> str:
    """The error ratio of all that was recorded, of an hour at most."""
    pairs = "".join(f',{label}="{value}"' for label, value in labels.items())
    bad, total = (f'sum_over_time(slo:{role}:rate{{slo="{slo}"{pairs}}}[1h])' for role in ("bad", "total"))
    return f"{bad} / {total}"


def said(
    promtools: tuple[Tool, ...], rules: Sequence[Path], given: Mapping[str, str], *questions: tuple[str, str]
) -> list[str]:
    """What each promtool complains about."""
    complaints = (untrue(tool, rules, given, questions, step="1m", evaluated="1m") for tool in promtools)
    return [each for each in complaints if each]


def http(code: str, route: str = "/") -> str:
    return scraped("http_requests_total", code=code, route=route)


# Counters -----------------------------------------------------------------------------------------------


def test_a_ratio_counts_bad_events_or_those_that_are_not_good(
    rules: Sequence[Path], promtools: tuple[Tool, ...]
) -> None:
    given = {http("200"): "0+80x30", http("200", "/slow"): "0+15x30", http("500"): "0+5x30"}
    assert [] == said(
        promtools,
        rules,
        given,
        (near(ratio("bad"), 0.05), "20m"),
        (near(ratio("good"), 0.05), "20m"),
        (near(ratio("good-by-two"), 0.2), "20m"),
    )


def test_good_events_leave_no_bad_ones_where_all_are_good(rules: Sequence[Path], promtools: tuple[Tool, ...]) -> None:
    """And all of them where none is."""
    given = {http("200"): "0+80x30 2400x30", http("500"): "_x30 1+5x30"}
    assert [] == said(
        promtools,
        rules,
        given,
        *((near(ratio(slo), 0), "20m") for slo in ("bad", "good", "good-by-two")),
        *((near(ratio(slo), 1), "50m") for slo in ("bad", "good", "good-by-two")),
    )


def test_a_part_may_be_another_counter_than_the_total(rules: Sequence[Path], promtools: tuple[Tool, ...]) -> None:
    given = {scraped("sent_total"): "0+50x30", scraped("failed_total"): "0+2x30", scraped("succeeded_total"): "7+48x30"}
    questions = [(near(ratio(slo), 0.04), "20m") for slo in ("other-bad", "other-good")]
    assert [] == said(promtools, rules, given, *questions)


def test_more_good_events_than_events_are_no_negative_errors(
    rules: Sequence[Path], promtools: tuple[Tool, ...]
) -> None:
    """Two counters of one process are not read at one instant."""
    given = {scraped("sent_total"): "0+50x30", scraped("succeeded_total"): "0+51x30"}
    assert [] == said(promtools, rules, given, (near(ratio("other-good"), 0, 0), "20m"))


# Histograms ---------------------------------------------------------------------------------------------


def buckets(instance: str, one: str, growth: Mapping[str, int]) -> dict[str, str]:
    """A classic histogram that writes the bound 1 as *one*, and what its buckets grow by in a minute."""
    series = {
        scraped("wait_seconds_bucket", le=one if bound == "1" else bound, instance=instance): f"0+{each}x30"
        for bound, each in growth.items()
    }
    return {**series, scraped("wait_seconds_count", instance=instance): f"0+{growth['+Inf']}x30"}


@pytest.mark.parametrize("one", ["1", "1.0"])
def test_a_classic_histogram_has_one_bucket_however_it_is_written(
    one: str, rules: Sequence[Path], promtools: tuple[Tool, ...]
) -> None:
    given = buckets("a", one, {"0.25": 60, "1": 90, "10": 98, "+Inf": 100})
    questions = ((near(ratio("latency"), 0.1), "20m"), (near(ratio("latency-in-ms"), 0.4), "20m"))
    assert [] == said(promtools, rules, given, *questions)


def test_instances_that_write_a_bound_differently_are_added_up(
    rules: Sequence[Path], promtools: tuple[Tool, ...]
) -> None:
    """While a new version of the client is rolled out."""
    given = {
        **buckets("a", "1", {"0.25": 60, "1": 90, "10": 98, "+Inf": 100}),
        **buckets("b", "1.0", {"0.25": 0, "1": 150, "10": 300, "+Inf": 300}),
        scraped("up", instance="b"): "1x30",
    }
    assert [] == said(promtools, rules, given, (near(ratio("latency"), 160 / 400), "20m"))


def test_a_native_histogram_counts_what_is_below(repository: Repository, promtools: tuple[Tool, ...]) -> None:
    """Of a hundred a minute 30 are at most 1, 50 at most 2 and 20 at most 4 seconds."""
    tools = tuple(tool for tool in promtools if not tool.version.startswith("2."))
    if not tools:
        pytest.skip("promtool 2 reads no native histograms as input")
    rules = rule_files(rendered(repository, NATIVE, EACH_MINUTE))[:1]
    growth = "{{schema:0 sum:150 count:100 buckets:[30 50 20]}}"
    given = {
        scraped("rpc_seconds"): f"{growth}+{growth}x40 {{{{schema:0 sum:6150 count:4100 buckets:[1230 2050 820]}}}}x40"
    }
    questions = [
        (near(ratio("native"), 0.2), "30m"),
        (near('slo:total:rate{slo="native"}', 100 / 60), "30m"),
        # nothing is observed any more: no events, and no NaN
        (near('slo:total:rate{slo="native"}', 0), "60m"),
        (near('slo:bad:rate{slo="native"}', 0), "60m"),
        (near(ratio("native", "1d") + " or vector(0.2)", 0.2), "70m"),
    ]
    assert [] == said(tools, rules, given, *questions)


# What holds ---------------------------------------------------------------------------------------------


def test_a_condition_is_judged_for_each_series_at_each_evaluation(
    rules: Sequence[Path], promtools: tuple[Tool, ...]
) -> None:
    """NaN holds nothing."""
    given = {
        scraped("queue_length", queue="mail"): "50x30",
        scraped("queue_length", queue="print"): "100x30",
        scraped("queue_length", queue="fax"): "NaN " * 30,
        scraped("queue_length", queue="telex"): "99x10 101x20",
    }
    assert [] == said(
        promtools,
        rules,
        given,
        (near(ratio("held"), 2 / 4), "10m"),
        (near(ratio("held"), 3 / 4), "20m"),
        (near(ratio("held-by", queue="mail"), 0), "20m"),
        (near(ratio("held-by", queue="print"), 1), "20m"),
        (near(ratio("held-by", queue="fax"), 1), "20m"),
        (near(bad_slices("held-by", queue="telex"), 3), "13m"),
        ('count(slo:ratio{slo="held-by",window="5m"}) == bool 4', "20m"),
    )


def test_a_condition_of_several_comparisons_judges_what_it_is_of(
    rules: Sequence[Path], promtools: tuple[Tool, ...]
) -> None:
    given = {
        scraped("pressure_pascals", tank=str(tank)): f"{value} " * 30
        for tank, value in enumerate(["0.5", "1", "3", "4.9", "5", "NaN", "-Inf", "2"])
    }
    assert [] == said(promtools, rules, given, (near(ratio("held-between"), 5 / 8), "20m"))


def test_a_series_that_goes_is_no_event_any_more(rules: Sequence[Path], promtools: tuple[Tool, ...]) -> None:
    given = {scraped("queue_length", queue="mail"): "50x40", scraped("queue_length", queue="print"): "500x20 stale"}
    assert [] == said(promtools, rules, given, (near(ratio("held"), 0.5), "20m"), (near(ratio("held"), 0), "30m"))


def test_a_tracked_value_is_bad_where_it_misses_its_target(rules: Sequence[Path], promtools: tuple[Tool, ...]) -> None:
    """At the target it is good, whichever way; where there is no value there is no event."""
    given = {
        scraped("pressure_pascals", tank="a"): "3x9 2x5 1.9x5 stale",
        scraped("pressure_pascals", tank="b"): "4x19 stale",
        **_tracked_wait("0+1x30", "0+2x10 20+1x20"),
        scraped("queue_length", queue="mail"): "100x30",
        scraped("queue_length", queue="print"): "101x30",
    }
    assert [] == said(
        promtools,
        rules,
        given,
        (near(ratio("tracked-least"), 0), "14m"),
        (near(bad_slices("tracked-least"), 5), "20m"),
        ('sum(absent(slo:value{slo="tracked-least"}))', "27m"),
        (near('slo:value{slo="tracked-most"}', 0.5), "10m"),
        (near(ratio("tracked-most"), 0), "10m"),
        (near(ratio("tracked-most"), 1), "29m"),
        (near(ratio("tracked-by", queue="mail"), 0), "20m"),
        (near(ratio("tracked-by", queue="print"), 1), "20m"),
    )


def _tracked_wait(total: str, count: str) -> dict[str, str]:
    """How long all waits took, and how many there were."""
    return {scraped("wait_seconds_sum"): total, scraped("wait_seconds_count"): count}


def test_value_and_target_are_recorded_in_the_unit_of_the_value(
    all_rules: Sequence[Path], promtools: tuple[Tool, ...]
) -> None:
    """500 ms against seconds are 0.5."""
    given = {scraped("wait_seconds_sum"): "0+1x30", scraped("wait_seconds_count"): "0+4x30"}
    values = {"tracked-most": 0.25}
    targets = {"tracked-most": 0.5, "tracked-least": 2, "tracked-by": 100}
    assert [] == said(
        promtools,
        all_rules,
        given,
        *((near(f'slo:value{{system="web",slo="{slo}"}}', value), "20m") for slo, value in values.items()),
        *((near(f'slo:target{{system="web",slo="{slo}"}}', value), "20m") for slo, value in targets.items()),
    )


def test_what_is_older_than_allowed_is_not_fresh(rules: Sequence[Path], promtools: tuple[Tool, ...]) -> None:
    """Tests begin in 1970, with the first second that a timestamp counts."""
    given = {
        scraped("backup_last_success_timestamp_seconds", database="orders"): "0x15 900x30",
        scraped("backup_last_success_timestamp_seconds", database="users"): "0+60x45",
    }
    assert [] == said(
        promtools,
        rules,
        given,
        (near(ratio("fresh-by", database="orders"), 0), "10m"),
        (near(bad_slices("fresh-by", database="orders"), 3), "13m"),
        (near(ratio("fresh-by", database="orders"), 0), "25m"),
        (near(ratio("fresh-by", database="orders"), 1), "31m"),
        (near(ratio("fresh-by", database="users"), 0), "31m"),
        (near(ratio("fresh"), 1 / 2), "31m"),
    )


# Shares -------------------------------------------------------------------------------------------------


def test_a_share_weighs_as_much_as_its_traffic(rules: Sequence[Path], promtools: tuple[Tool, ...]) -> None:
    """Without any, every evaluation weighs the same: a bad quarter of an hour costs what the good one after it does."""
    given = {
        scraped("probe_errors_ratio", site="near"): "0.5x14 0x30",
        scraped("probe_errors_ratio", site="far"): "0x44",
        scraped("probes_per_second", site="near"): "1x14 9x30",
        scraped("probes_per_second", site="far"): "9x44",
    }
    bad, good = 15, 15  # evaluations
    assert [] == said(
        promtools,
        rules,
        given,
        (near(ratio("share"), 0.25), "10m"),
        (near(ratio("share"), 0), "25m"),
        (near(so_far("share"), 0.25 * bad / (bad + good)), "29m"),
        (near(ratio("share-by-site", site="near"), 0.5), "10m"),
        (near(so_far("share-by-site", site="near"), 0.5 * bad / (bad * 1 + good * 9)), "29m"),
        (near(so_far("share-by-site", site="far"), 0), "29m"),
    )


def test_each_share_weighs_as_much_as_its_own_traffic(rules: Sequence[Path], promtools: tuple[Tool, ...]) -> None:
    """Where several add up to one SLO."""
    given = {
        scraped("probe_errors_ratio", site="near"): "0.5x30",
        scraped("probe_errors_ratio", site="far"): "0x30",
        scraped("probes_per_second", site="near"): "1x30",
        scraped("probes_per_second", site="far"): "9x30",
    }
    assert [] == said(promtools, rules, given, (near(ratio("share-by-traffic"), 0.05), "20m"))


def test_a_share_that_is_none_is_no_event(rules: Sequence[Path], promtools: tuple[Tool, ...]) -> None:
    """NaN, and less than 0; more than 1 is all. With traffic there are events, of which none is known to be bad."""
    given = {
        scraped("probe_errors_ratio", site="a"): "NaN " * 30,
        scraped("probe_errors_ratio", site="b"): "1.5x30",
        scraped("probe_errors_ratio", site="c"): "-1x30",
        scraped("probe_errors_ratio", site="d"): "0.5x30",
        **{scraped("probes_per_second", site=site): "10x30" for site in "abcd"},
    }
    assert [] == said(
        promtools,
        rules,
        given,
        (near(ratio("share"), 0.75), "20m"),
        (near(ratio("share-by-site", site="b"), 1), "20m"),
        (near(ratio("share-by-site", site="a"), 0), "20m"),
    )


# Objectives of values -------------------------------------------------------------------------------------


def test_at_one_error_ratio_the_strict_value_alerts_and_the_loose_one_does_not(
    repository: Repository, promtools: tuple[Tool, ...]
) -> None:
    """5 % are beyond 14.4 times a budget of 0.01 %, and not beyond that of 1 %; the ticket of 1 % begins at 3 %."""
    rules = rule_files(rendered(repository, GROUPED, EACH_MINUTE))
    routes = ("/pay", "/buy", "/news")
    given = {http(code, route): f"0+{count}x90" for route in routes for code, count in (("200", 950), ("500", 50))}
    budget = 'slo:budget{{slo="routes"{}}}'
    questions = [
        *((near(ratio("routes", "1h", route=route), 0.05), "80m") for route in routes),
        (firing("RoutesBurnPage", 2), "80m"),
        (_alert("page", "/pay"), "80m"),
        (_alert("page", "/buy"), "80m"),
        (near('slo:remaining{slo="routes",route="/pay"}', 1 - 0.05 / 0.0001), "80m"),
        (near('slo:remaining{slo="routes",route="/news"}', 1 - 0.05 / 0.01), "80m"),
        (near('slo:burn_rate{slo="routes",route="/pay"}', 500), "80m"),
        (near('slo:burn_rate{slo="routes",route="/news"}', 5), "80m"),
        (near(budget.format(',route="/pay"'), 0.0001), "80m"),
        (near(budget.format(',route=""'), 0.01), "80m"),
    ]
    assert [] == said(promtools, rules, given, *questions)


def _alert(severity: str, route: str) -> str:
    return f'count(ALERTS{{alertstate="firing",severity="{severity}",route="{route}",slo="routes",owner="shop"}})'

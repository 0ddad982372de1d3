"""Each error about an expression names its oracle, and is held to what a server answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from contradictions import without_memory
from expressions import Maker
from findings import Asked, Oracle, judge, judged
from server import EVALUATION, Server
from simulated import TIMES

from watchwright.checks.expressions import Use, load, problems
from watchwright.checks.expressions.problem import registered
from watchwright.query.parser import parse
from watchwright.query.printer import text
from watchwright.semantics.world import World

_USE = Use(evaluation=EVALUATION * 1000, oldest=(2, 42))
_AT_ONCE = 1_000

#: What shows that an error of each id is one.
ORACLES: Mapping[str, Oracle] = {
    "histogram/beyond-buckets": "empty",
    "histogram/mixed-buckets": "wrong",
    "histogram/no-bucket": "empty",
    "histogram/no-inf": "wrong",
    "histogram/no-le": "empty",
    "label/contradiction": "empty",
    "label/unknown": "unchanged",
    "label/value": "empty",
    "promql/always-false": "empty",
    "promql/always-true": "unchanged",
    "promql/contradiction": "empty",
    "promql/delta-of-counter": "wrong",
    "promql/label-replace": "refused",
    "promql/never-matches": "empty",
    "promql/quantile": "wrong",
    "promql/rate": "wrong",
    "promql/rate-of-sum": "wrong",
    "promql/self-division": "wrong",
    "promql/subquery-step": "empty",
    "promql/unit": "wrong",
}

#: An expression in error that every server refuses when it evaluates it, and the same mended.
REFUSED: list[tuple[str, str, str]] = [
    ("promql/label-replace", 'label_replace(up, "of", "$1", "instance", "(i.")', 'label_replace(up, "of", "$1", "instance", "(i.)")'),
    ("promql/label-replace", 'label_replace(up, "of", "$1", "instance", "a**")', 'label_replace(up, "of", "$1", "instance", "a*")'),
]  # fmt: skip

#: An expression in error, and the same mended, which has an answer at some time.
EMPTY: list[tuple[str, str, str]] = [
    ("histogram/beyond-buckets", "histogram_quantile(0.9, sum by (le) (rate(shop_latency_seconds_bucket[10m]))) > 2.5", "histogram_quantile(0.9, sum by (le) (rate(shop_latency_seconds_bucket[10m]))) > 2"),
    ("histogram/beyond-buckets", "histogram_quantile(0.99, shop_latency_seconds_bucket) == 10", "histogram_quantile(0.99, shop_latency_seconds_bucket) == 2.5"),
    ("histogram/no-bucket", 'shop_latency_seconds_bucket{le="0.3"}', 'shop_latency_seconds_bucket{le="0.5"}'),
    ("histogram/no-bucket", 'rate(db_latency_seconds_bucket{le=~"2|3"}[10m])', 'rate(db_latency_seconds_bucket{le=~"1|10"}[10m])'),
    ("histogram/no-le", "histogram_quantile(0.9, sum by (path) (rate(shop_latency_seconds_bucket[10m])))", "histogram_quantile(0.9, sum by (le, path) (rate(shop_latency_seconds_bucket[10m])))"),
    ("histogram/no-le", "histogram_quantile(0.9, sum without (le) (shop_latency_seconds_bucket))", "histogram_quantile(0.9, sum without (path) (shop_latency_seconds_bucket))"),
    ("label/contradiction", 'shop_requests_total{code="200", code="404"}', 'shop_requests_total{code=~"200|404"}'),
    ("label/contradiction", 'shop_requests_total{code=~"2..|4..", code=~"5.."}', 'shop_requests_total{code=~"2..|4..|5.."}'),
    ("label/value", 'shop_requests_total{code="501"}', 'shop_requests_total{code="500"}'),
    ("label/value", 'shop_requests_total{code=~"3.."}', 'shop_requests_total{code=~"4.."}'),
    ("label/unknown", 'shop_requests_total{status="200"}', 'shop_requests_total{code="200"}'),
    ("promql/always-false", "up > 1", "up > 0"),
    ("promql/always-false", 'sum(rate(shop_requests_total{code="500"}[10m])) / sum(rate(shop_requests_total[10m])) > 5', 'sum(rate(shop_requests_total{code="500"}[10m])) / sum(rate(shop_requests_total[10m])) > 0.005'),
    ("promql/always-false", "0 > count(up)", "1 < count(up)"),
    ("promql/always-false", "lone == 0", "lone == 5"),
    ("promql/contradiction", "shop_queue_depth > 5 and shop_queue_depth < -5", "shop_queue_depth > 5 or shop_queue_depth < -5"),
    ("promql/never-matches", "shop_latency_seconds_sum / db_latency_seconds_count", "shop_latency_seconds_sum / shop_latency_seconds_count"),
    ("promql/never-matches", "sum by (instance) (up) and sum by (job) (up)", "sum by (job) (up) and sum by (job) (up)"),
    ("promql/never-matches", 'shop_requests_total{code="200"} > shop_requests_total{code="404"}', 'shop_requests_total{code="200"} > ignoring (code) shop_requests_total{code="404"}'),
    ("promql/subquery-step", "max_over_time(up[1m:5m])", "max_over_time(up[5m:1m])"),
]  # fmt: skip

#: An expression in error, and what it is without what the error names.
UNCHANGED: list[tuple[str, str, str]] = [
    ("histogram/no-bucket", 'shop_latency_seconds_bucket{le!="3"}', "shop_latency_seconds_bucket"),
    ("label/unknown", 'shop_requests_total{status!="200"}', "shop_requests_total"),
    ("label/unknown", "sum by (job, path) (shop_requests_total)", "sum by (job) (shop_requests_total)"),
    ("label/unknown", "sum without (instance, path) (shop_requests_total)", "sum without (instance) (shop_requests_total)"),
    ("label/unknown", "up * on (instance, path) group_left () shop_uptime_seconds", "up * on (instance) group_left () shop_uptime_seconds"),
    ("label/unknown", "up * on (instance, job) group_left (path) shop_build_info", "up * on (instance, job) group_left () shop_build_info"),
    ("label/value", 'shop_requests_total{code!="501"}', "shop_requests_total"),
    ("label/value", 'shop_requests_total{code!~"500|501"}', 'shop_requests_total{code!~"500"}'),
    ("label/value", 'shop_requests_total{code=~"500|501"}', 'shop_requests_total{code=~"500"}'),
    ("promql/always-true", "up >= 0", "up"),
    ("promql/always-true", "count by (job) (shop_requests_total) > 0.5", "count by (job) (shop_requests_total)"),
    ("promql/always-true", "lone != 0", "lone"),
    ("promql/never-matches", "up unless shop_requests_total", "up"),
]  # fmt: skip

#: An expression in error, and one that has an answer only because what it answers is not what its words say.
WRONG: list[tuple[str, str, str]] = [
    # a gauge falls, and its rate says that it grows
    ("promql/rate", "rate(shop_queue_depth[5m])", "delta(shop_queue_depth[5m]) < 0 and rate(shop_queue_depth[5m]) > 0"),
    # an increase of more than all that was ever counted in that time, for one of the counters started again
    ("promql/rate-of-sum", "increase(sum(shop_requests_total)[40m:30s])", "increase(sum(shop_requests_total)[40m:30s]) > 1.5 * sum(increase(shop_requests_total[40m]))"),
    ("promql/rate-of-sum", "increase(shop_requests:sum[40m])", "increase(shop_requests:sum[40m]) > 1.5 * sum(increase(shop_requests_total[40m]))"),
    # what only ever grows is said to fall
    ("promql/delta-of-counter", "delta(shop_requests_total[40m])", "delta(shop_requests_total[40m]) < 0"),
    ("promql/delta-of-counter", "deriv(shop_latency_seconds_bucket[40m])", "deriv(shop_latency_seconds_bucket[40m]) < 0"),
    # cumulative counts of which a greater bound has fewer
    ("histogram/mixed-buckets", "histogram_quantile(0.5, sum by (le) (shop_latency_seconds_bucket or db_latency_seconds_bucket))", 'sum(shop_latency_seconds_bucket{le="0.5"} or db_latency_seconds_bucket{le="0.5"}) > sum(shop_latency_seconds_bucket{le="1"} or db_latency_seconds_bucket{le="1"})'),
    # there were observations, and there is no number
    ("histogram/no-inf", 'histogram_quantile(0.5, shop_latency_seconds_bucket{le!="+Inf"})', 'sum(histogram_quantile(0.5, shop_latency_seconds_bucket{le!="+Inf"})) != sum(histogram_quantile(0.5, shop_latency_seconds_bucket{le!="+Inf"})) and sum(shop_latency_seconds_count) > 0'),
    # all requests are said to have failed, while most did not
    ("promql/self-division", 'shop_requests_total{code="500"} / shop_requests_total', '(shop_requests_total{code="500"} / shop_requests_total == 1) and on () (sum(shop_requests_total{code="200"}) > 0)'),
    # no observation was infinite
    ("promql/quantile", "histogram_quantile(95, shop_latency_seconds_bucket)", "histogram_quantile(95, shop_latency_seconds_bucket) == Inf"),
    ("promql/quantile", "quantile(-0.5, up)", "quantile(-0.5, up) == -Inf"),
    ("promql/quantile", "quantile_over_time(1.5, up[5m])", "quantile_over_time(1.5, up[5m]) == Inf"),
    # the verdict is another one where the same time is given in nanoseconds, so that it says nothing of the two
    ("promql/unit", "shop_uptime_seconds > shop_memory_bytes", "shop_uptime_seconds * 1e9 > shop_memory_bytes unless shop_uptime_seconds > shop_memory_bytes"),
]  # fmt: skip


def test_each_error_names_its_oracle() -> None:
    load()
    assert sorted(ORACLES) == sorted(id_ for id_, severity in registered().items() if severity == "error")


def test_each_error_is_shown_by_its_oracle() -> None:
    shown = {"refused": REFUSED, "empty": EMPTY, "unchanged": UNCHANGED, "wrong": WRONG}
    assert [] == [id_ for id_, oracle in ORACLES.items() if id_ not in {each for each, _, _ in shown[oracle]}]


def test_any_expression_is_held_to_it_but_where_only_certain_series_show_it() -> None:
    shown_by_series = {
        "histogram/mixed-buckets",
        "promql/delta-of-counter",
        "promql/rate",
        "promql/rate-of-sum",
        "promql/unit",
    }
    warnings = {"label/idle-matcher", "promql/absent"}
    assert sorted(set(ORACLES) - shown_by_series | warnings) == sorted(judged())


@pytest.mark.parametrize(("id_", "expr", "mended"), REFUSED)
def test_what_is_in_error_is_refused_and_mended_it_is_not(
    server: Server, world: World, id_: str, expr: str, mended: str
) -> None:
    assert [id_] == _ids(expr, world)
    assert all(server.ask(expr, at).error for at in TIMES)
    assert [] == _ids(mended, world)
    assert [] != [answer for at in TIMES for answer in server.ask(mended, at).series]


@pytest.mark.parametrize(("id_", "expr", "mended"), EMPTY)
def test_what_is_in_error_is_empty_and_mended_it_is_not(
    server: Server, world: World, id_: str, expr: str, mended: str
) -> None:
    assert [id_] == _ids(expr, world)
    assert [] == [answer for at in _off_steps() for answer in server.ask(expr, at).series]
    assert [] == _ids(mended, world)
    assert [] != [answer for at in TIMES for answer in server.ask(mended, at).series]


@pytest.mark.parametrize(("id_", "expr", "without"), UNCHANGED)
def test_what_is_in_error_is_the_same_without_it(
    server: Server, world: World, id_: str, expr: str, without: str
) -> None:
    assert [id_] == _ids(expr, world)
    assert id_ not in _ids(without, world)
    answers = [(server.ask(expr, at), server.ask(without, at)) for at in TIMES]
    assert [True] * len(TIMES) == [one.is_like(other) for one, other in answers]
    assert all(one.series for one, _ in answers)


@pytest.mark.parametrize(("id_", "expr", "contradiction"), WRONG)
def test_what_is_in_error_answers_something_else_than_its_words_say(
    server: Server, world: World, id_: str, expr: str, contradiction: str
) -> None:
    assert [id_] == _ids(expr, world)
    assert [] != [answer for at in TIMES for answer in server.ask(contradiction, at).series]


def test_findings_about_random_expressions_are_borne_out(server: Server, world: World) -> None:
    assert [] == list(not_borne_out(server, world, range(_AT_ONCE)))


@pytest.mark.nightly
@pytest.mark.parametrize("chunk", range(1, 21))
def test_findings_about_twenty_thousand_more_are(server: Server, world: World, chunk: int) -> None:
    assert [] == list(not_borne_out(server, world, range(chunk * _AT_ONCE, (chunk + 1) * _AT_ONCE)))


def not_borne_out(server: Server, world: World, seeds: range) -> Iterator[str]:
    """Every finding that an answer contradicts; a seed makes its expression."""
    for seed in seeds:
        root = Maker.of(seed, world).expression()
        alone = without_memory(world)
        for problem in problems(root, alone, _USE):
            for at in TIMES:
                against = judge(problem, Asked(server, alone.typed(root), at))
                if against:
                    where = f"seed {seed}, Prometheus {server.version}, at {at}, of\n  {text(root)}"
                    yield f"{where}\n  it is said that {problem.message} [{problem.id}]\n  but {against}"
                    break


def _ids(expr: str, world: World) -> list[str]:
    """The errors of an expression."""
    root = parse(expr, version=(2, 42))
    return sorted({each.id for each in problems(root, without_memory(world), _USE) if each.severity == "error"})


def _off_steps() -> list[float]:
    """The times, and for subqueries such as lie between two steps of five minutes."""
    return [at // 300 * 300 + 200 for at in TIMES]

"""What was rendered is read back where definitions no longer load: what it says is as true as of definitions."""

from __future__ import annotations

import pytest

from watchwright.diff.change import Change
from watchwright.diff.compare import compare
from watchwright.diff.state import State
from watchwright.diff.written import written


def read_back(*, expr: str = "depth > 100", severity: str = "page", scraped: str = "") -> State:
    """The state of one rule and one job."""
    rule = f"{{alert: Deep, expr: '{expr}', labels: {{severity: {severity}, owner: sales}}}}"
    job = f"{{job_name: shop, static_configs: [{{targets: ['a:1', 'b:1']}}]{scraped}}}"
    state = written(
        {
            "rules/prometheus.yml": f"scrape_configs: [{job}]\n",
            "rules/shop/alerting.yaml": f"groups: [{{name: shop, rules: [{rule}]}}]\n",
        }
    )
    assert state is not None
    return state


def only(before: State, after: State) -> Change:
    (change,) = compare(before, after)
    return change


@pytest.mark.parametrize(
    ("before", "after", "said", "attention"),
    [
        ("page", "info", "is less urgent: info, was page", True),
        ("info", "page", "is more urgent: page, was info", False),
        ("page", "p2", "has another severity: p2, was page", True),
    ],
)
def test_urgency_is_known(before: str, after: str, said: str, attention: bool) -> None:
    """As far as a severity is one of the usual ones; of another one nobody says which way it went."""
    change = only(read_back(severity=before), read_back(severity=after))

    assert (said, attention) == (change.said, change.attention)


@pytest.mark.parametrize(
    ("before", "after", "said", "attention"),
    [
        ("depth > 100", "depth > 200", "is quieter: above 200, was 100", True),
        ("depth > 1 unless sum(mode) > 5", "depth > 1 unless sum(mode) > 9", "is louder: silent above 9, was 5 (sum(mode))", False),
        ("depth > 1 unless sum(mode) > 5", "depth > 1 unless sum(mode) > 3", "is quieter: silent above 3, was 5 (sum(mode))", True),
        ("sum(depth > 1) > 5", "sum(depth > 2) > 5", "has another condition", True),
    ],
)  # fmt: skip
def test_limits_are_those_of_the_expression(before: str, after: str, said: str, attention: bool) -> None:
    change = only(read_back(expr=before), read_back(expr=after))

    assert (said, attention) == (change.said, change.attention)


@pytest.mark.parametrize(
    ("scraped", "said"),
    [
        (", scrape_interval: 5m", "is scraped less often: each 5m, was each 30s"),
        (", sample_limit: 9", "may bring 9 samples, was any: what brings more fails"),
        (", metric_relabel_configs: [{source_labels: [__name__], regex: depth, action: drop}]", "drops series `depth`"),
        (", scheme: https", "is scraped otherwise: scheme https"),
    ],
)
def test_jobs_are_told_in_the_same_words(scraped: str, said: str) -> None:
    change = only(
        read_back(scraped=", scrape_interval: 30s" if "interval" in scraped else ""), read_back(scraped=scraped)
    )

    assert (said, True) == (change.said, change.attention)

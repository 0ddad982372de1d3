"""A unit test is given the rules that it reaches, and no others."""

from __future__ import annotations

import pytest
import yaml

from watchwright.backends.artifact import Artifact
from watchwright.verify.narrowing import narrowed

RECORDING = """\
groups:
  - name: shop-recording
    rules:
      - record: a:x:rate
        expr: rate(x[5m])
      - record: b:x:rate
        expr: sum(a:x:rate)
      - record: c:y:rate
        expr: rate(y[5m])
"""
ALERTING = """\
groups:
  - name: shop-alerting
    rules:
      - alert: One
        expr: b:x:rate > 1
      - alert: Two
        expr: c:y:rate > 1
      - alert: Meta
        expr: count(ALERTS{alertstate="firing"}) > 3
"""
TESTS = """\
rule_files:
  - "../../shop/recording.yaml"
  - ../../shop/alerting.yaml
tests:
  - name: a test
    promql_expr_test:
      - expr: EXPR
        eval_time: 1m
"""
PATH = "rules/tests/shop/alerting.yaml"
FILES = {
    "rules/shop/recording.yaml": Artifact("rules/shop/recording.yaml", RECORDING),
    "rules/shop/alerting.yaml": Artifact("rules/shop/alerting.yaml", ALERTING),
}
ALL = ["a:x:rate", "b:x:rate", "c:y:rate", "One", "Two", "Meta"]


def given(expr: str) -> list[str]:
    """The names of the rules that a test of *expr* is given, in their order."""
    text = TESTS.replace("EXPR", f"'{expr}'")
    (test,), copies = narrowed(Artifact(PATH, text), [text], FILES)
    loaded = [path.replace("../..", "rules") for path in yaml.safe_load(test)["rule_files"]]
    assert set(loaded) == set(copies)
    groups = [group for path in loaded for group in yaml.safe_load(copies[path].text)["groups"]]
    return [rule.get("record") or rule["alert"] for group in groups for rule in group["rules"] or ()]


@pytest.mark.parametrize(
    ("expected", "expr"),
    [
        (["a:x:rate", "b:x:rate", "One"], 'ALERTS{alertname="One",alertstate="firing"}'),
        (["c:y:rate", "Two"], 'ALERTS{alertname="Two"}'),
        (["c:y:rate", "Two"], 'ALERTS{a_label="x",alertname="Two"}'),
        (["a:x:rate", "b:x:rate"], "b:x:rate"),
        ([], "x"),
    ],
)
def test_a_test_is_given_what_it_reaches(expected: list[str], expr: str) -> None:
    """By the names of alerts and of recorded series, through any number of them."""
    assert expected == given(expr)


@pytest.mark.parametrize("expr", ['ALERTS{alertstate="firing"}', "count(ALERTS)", 'ALERTS{alertname=~"O.*"}'])
def test_a_test_that_asks_for_all_alerts_is_given_all_rules(expr: str) -> None:
    """Any of them may be in the answer."""
    assert ALL == given(expr)


def test_an_alert_on_alerts_is_given_all_rules() -> None:
    """What it reads are the others."""
    assert ALL == given('ALERTS{alertname="Meta"}')


@pytest.mark.parametrize("expr", ['{job="shop"}', 'count({__name__=~"c:.*"})'])
def test_a_selector_without_a_name_is_given_all_rules(expr: str) -> None:
    """It may read any recorded series."""
    assert ALL == given(expr)


def test_a_rule_with_a_selector_without_a_name_is_given_all_rules() -> None:
    """Templates in its annotations are none."""
    files = dict(FILES)
    alerting = ALERTING.replace("c:y:rate > 1", 'count({__name__=~"a:.*"}) > 1')
    files["rules/shop/alerting.yaml"] = Artifact("rules/shop/alerting.yaml", alerting)
    text = TESTS.replace("EXPR", "'ALERTS{alertname=\"Two\"}'")
    (_, copies) = narrowed(Artifact(PATH, text), [text], files)

    assert RECORDING == next(copy.text for path, copy in copies.items() if "recording" in path)
    templated = ALERTING.replace("rate > 1", "rate > 1\n        annotations:\n          summary: '{{ $value }}'", 1)
    assert "record: c:y:rate" not in given_with(templated)


def given_with(alerting: str) -> str:
    """The recording rules that a test of One is given beside these alerts."""
    files = {**FILES, "rules/shop/alerting.yaml": Artifact("rules/shop/alerting.yaml", alerting)}
    text = TESTS.replace("EXPR", "'ALERTS{alertname=\"One\"}'")
    (_, copies) = narrowed(Artifact(PATH, text), [text], files)
    return next(copy.text for path, copy in copies.items() if "recording" in path)


def test_lines_keep_their_numbers() -> None:
    """A complaint about a line is one about the rendered file's."""
    text = TESTS.replace("EXPR", "c:y:rate")
    (test,), copies = narrowed(Artifact(PATH, text), [text], FILES)
    kept = next(copy.text for path, copy in copies.items() if "recording" in path)

    assert len(text.split("\n")) == len(test.split("\n"))
    assert RECORDING.split("\n").index("      - record: c:y:rate") == kept.split("\n").index("      - record: c:y:rate")


@pytest.mark.parametrize("name", ["../../shop/*.yaml", "../../elsewhere.yaml"])
def test_rule_files_that_are_not_known_are_left_alone(name: str) -> None:
    """A backend of somebody else's may write its tests as it likes."""
    text = TESTS.replace("../../shop/alerting.yaml", name).replace("EXPR", "x")

    assert ([text], {}) == narrowed(Artifact(PATH, text), [text], FILES)


def test_tests_with_the_same_needs_share_their_copies() -> None:
    """Thousands of tests are some hundred files."""
    texts = [TESTS.replace("EXPR", expr) for expr in ("c:y:rate", "c:y:rate > 1", "a:x:rate")]
    changed, copies = narrowed(Artifact(PATH, "".join(texts)), texts, FILES)

    assert 4 == len(copies)
    assert yaml.safe_load(changed[0])["rule_files"] == yaml.safe_load(changed[1])["rule_files"]

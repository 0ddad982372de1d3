"""What promtool says about rendered files comes back as findings, at the Python that they were made from."""

import os
import textwrap
from pathlib import Path

import pytest

from watchwright.backends.artifact import Artifact, Stretch
from watchwright.lower.plan import Origin
from watchwright.source import Place, Source
from watchwright.verify.promtool import Exposition, unit_tests, verify
from watchwright.verify.tools import Found, Tool, find

TOOLS = Path(__file__).parents[2] / ".tools"


@pytest.fixture(scope="session")
def promtools() -> Found:
    found = find("promtool", TOOLS)
    if not found.tools:
        assert not os.environ.get("CI"), "CI judges with a real promtool"
        pytest.skip("no promtool below .tools/ or on PATH")
    return found


def artifact(path: str, text: str) -> Artifact:
    """Each line of the artifact comes from the line of `systems/<path>.py` with the same number."""
    text = textwrap.dedent(text).lstrip("\n")
    lines = range(1, text.count("\n") + 1)
    return Artifact(path, text, tuple(Stretch(line, line, origin(f"systems/{path}.py", line)) for line in lines))


def origin(file: str, line: int) -> Origin:
    return Origin(source=Source((Place(file, line),)), subject=f"line {line}", accept={"promtool/metrics": "known"})


def rules(text: str, path: str = "rules/shop/alerting.yaml") -> Artifact:
    body = textwrap.indent(textwrap.dedent(text).strip("\n"), "      ")
    return artifact(path, f"groups:\n  - name: shop\n    rules:\n{body}\n")


def config(text: str) -> Artifact:
    return artifact("rules/prometheus.yml", text)


def lines(verdict) -> list[tuple[str, int | None]]:
    return [(each.id, each.source.place and each.source.place.line) for each in verdict.findings]


def judge(found, *artifacts, **more):
    return verify(artifacts, found, prometheus="2.42", **more)


def fake(tmp_path, script: str, version: str = "3.14.0") -> Found:
    path = tmp_path / "promtool"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return Found((Tool("promtool", path, version),))


LABELLED = "- alert: A\n  expr: up\n  labels: {a: b}"
GOOD = """
    - record: shop:orders:rate5m
      expr: sum(rate(orders_total[5m]))
"""


def test_what_is_right_passes_and_the_judges_are_named(promtools):
    verdict = judge(promtools, config("rule_files: [shop/alerting.yaml]\n"), rules(GOOD))

    assert () == verdict.findings
    assert str(verdict).startswith("promtool 2.42.0") or str(verdict).startswith("promtool 3.")


def test_every_version_that_complains_is_named_in_one_finding(promtools):
    verdict = judge(promtools, rules("- record: a\n  expr: rate(orders_total)"))
    finding, versions = verdict.findings[0], ", ".join(tool.version for tool in promtools.tools)

    assert [("promtool/rules", 5)] == lines(verdict)
    assert finding.message.startswith(f"promtool {versions}: rule `a`: could not parse expression: 1:6: parse error")
    assert "rendered at rules/shop/alerting.yaml:5" == finding.hint


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("- record: a\n  expr: sum(b{c=~'('})", 5, "missing closing ): `(`"),
        ("- alert: A\n  expr: up\n  annotations:\n    x: '{{ $value | humanise }}'", 4, '"humanise" not defined'),
        ("- alert: A\n  expr: up\n  labels:\n    x: '{{ $labels.x '", 4, "unclosed action"),
        ("- alert: A\n  expr: up\n- alert: B\n  expr: up\n  labels: {__name__: x}", 6, "invalid label name"),
        ("- alert: A\n  expr: up\n  four: 5m", 6, "unknown field `four`"),
        ("- alert: A\n  expr: up\n  for: 5x", 6, "5x"),
        ("- record: b\n  expr: up\n- record: a\n  expr: up\n- record: a\n  expr: up", 8, "same name and labels"),
        (f"{LABELLED}\n- alert: A\n  expr: up\n{LABELLED}", 9, "`A`"),
    ],
)  # fmt: skip
def test_a_rule_that_promtool_refuses_is_found_at_its_definition(promtools, text, line, words):
    verdict = judge(promtools, rules(text))

    assert {("promtool/rules", line)} == set(lines(verdict)), verdict.findings
    assert all(words in finding.message for finding in verdict.findings)
    assert len({finding.message for finding in verdict.findings}) <= 2


def test_all_rule_files_are_judged_in_one_go(promtools):
    broken = "- record: a\n  expr: sum("
    verdict = judge(promtools, rules(broken, "rules/a/recording.yaml"), rules(GOOD), rules(broken, "rules/b/slo.yaml"))

    files = {finding.source.place.file for finding in verdict.findings}
    assert {"systems/rules/a/recording.yaml.py", "systems/rules/b/slo.yaml.py"} == files


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("global:\n  foo: bar\n", 2, "unknown field `foo`"),
        ("scrape_configs:\n  - job_name: a\n    scrape_interval: 30x\n", 3, "30x"),
        ("scrape_configs:\n  - job_name: b\n  - job_name: a\n    scrape_timeout: 20m\n", 3, "timeout greater"),
        ("scrape_configs:\n  - job_name: a\n    relabel_configs:\n      - regex: '('\n", 4, "missing closing"),
        ("rule_files:\n  - gone.yaml\n", 2, "existing file"),
        ("global: {scrape_interval: 1m\nscrape_configs:\n", 1, "did not find expected"),
    ],
)
def test_a_configuration_that_promtool_refuses_is_found_at_its_definition(promtools, text, line, words):
    verdict = judge(promtools, config(text))

    assert {("promtool/config", line)} == set(lines(verdict)), verdict.findings
    assert all(words in finding.message for finding in verdict.findings)


def test_a_configuration_of_each_environment_is_judged(promtools):
    texts = [artifact(f"rules/{name}/prometheus.yml", "foo: 1\n") for name in ("staging", "production")]

    assert 2 == len(judge(promtools, *texts).findings)


def test_credentials_that_only_the_server_has_are_not_looked_for(promtools):
    absent = "scrape_configs:\n  - job_name: a\n    authorization: {credentials_file: /gone/token}\n"

    assert () == judge(promtools, config(absent)).findings


KUBERNETES = (
    "scrape_configs:\n  - job_name: a\n    kubernetes_sd_configs:\n      - role: pod\n    scrape_interval: 1m\n"
)


def test_a_part_that_one_build_does_not_know_is_judged_by_another(promtools):
    """
    Debian's promtool is built without Kubernetes: it judges the rest, lines as they are.
    """
    assert "promtool/config" not in {finding.id for finding in judge(promtools, config(KUBERNETES)).findings}

    verdict = judge(promtools, config(f"{KUBERNETES}    scrape_timeout: 2m\n    foo: bar\n"))
    # where every promtool at hand is such a build, the part is said to be unjudged, too
    complaints = [finding for finding in verdict.findings if finding.id == "promtool/config"]
    assert ["rendered at rules/prometheus.yml:7"] == [finding.hint for finding in complaints]


def test_a_part_that_no_build_here_knows_is_said_to_be_unjudged(tmp_path):
    script = """case "$*" in *.3.14.0*) exit 0;; esac
    echo 'Checking rules/prometheus.yml'
    echo '  FAILED: parsing YAML file rules/prometheus.yml: yaml: unmarshal errors:'
    echo '  line 3: field kubernetes_sd_configs not found in type config.ScrapeConfig'; exit 1"""
    verdict = judge(fake(tmp_path, script), config(KUBERNETES))

    assert [("promtool/unjudged", 3)] == lines(verdict)
    assert ["warning"] == [finding.severity for finding in verdict.findings]


def test_metrics_are_linted_and_found_where_they_are_declared(promtools):
    text = "# HELP orders Orders.\n# TYPE orders counter\norders 1\n"
    text += "# HELP age_milliseconds Age.\n# TYPE age_milliseconds gauge\nage_milliseconds 1\n"
    places = {"orders": (origin("systems/shop.py", 3),), "age_milliseconds": (origin("systems/shop.py", 4),)}
    exposition = Exposition(text, places)
    verdict = judge(promtools, exposition=exposition)

    assert [("promtool/metrics", 4), ("promtool/metrics", 3)] == lines(verdict)
    assert 'use base unit "seconds"' in verdict.findings[0].message
    assert all(finding.accepted for finding in verdict.findings)


def test_exposition_that_cannot_be_read_is_found_by_its_line(promtools):
    exposition = Exposition("# TYPE orders counter\norders{ 1\n", {"orders": (origin("systems/shop.py", 3),)})

    assert [("promtool/metrics", 3)] == lines(judge(promtools, exposition=exposition))


TESTED = rules("- record: orders:sum\n  expr: sum(orders)\n- alert: Few\n  expr: orders < 2\n  for: 1m")


def cases(*names_and_values: tuple[str, int]) -> Artifact:
    """A test for each name; it expects 3, and its series has the value."""
    text = "rule_files: [../../shop/alerting.yaml]\ntests:\n"
    for name, value in names_and_values:
        text += f"  - name: {name}\n    interval: 1m\n    input_series: [{{series: orders, values: '{value}x5'}}]\n"
        text += "    promql_expr_test:\n      - expr: orders:sum\n        eval_time: 5m\n"
        text += "        exp_samples: [{labels: 'orders:sum{}', value: 3}]\n"
    return artifact("rules/tests/shop/alerting.yaml", text)


def prove(found, *artifacts, **more):
    return unit_tests(artifacts, found, prometheus="2.42", **more)


def test_unit_tests_that_hold_pass(promtools):
    verdict = prove(promtools, TESTED, cases(*((f"case {number}", 3) for number in range(7))))

    assert () == verdict.findings
    assert promtools.tools == verdict.judges


def test_a_unit_test_that_fails_is_named_though_promtool_does_not_name_it(promtools):
    """
    Same expression, same time, same expectation: only the place tells the tests apart.
    """
    verdict = prove(promtools, TESTED, cases(("first", 3), ("second", 4), ("third", 3), ("fourth", 5), ("fifth", 3)))
    versions = ", ".join(tool.version for tool in promtools.tools)

    assert [("promtool/test", 10), ("promtool/test", 24)] == lines(verdict)
    assert (
        f"promtool {versions}: unit test `second`: at 5m `orders:sum`: "
        'expected {__name__="orders:sum"} 3, got {__name__="orders:sum"} 4'
    ) == verdict.findings[0].message


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            "alert_rule_test: [{alertname: Few, eval_time: 3m, exp_alerts: []}]",
            'unit test `x`: at 3m `Few`: expected nothing, got {alertname="Few"}',
        ),
        (
            "promql_expr_test: [{expr: 'ALERTS{alertname=\"Few\"}', eval_time: 3m}]",
            '`: expected nothing, got {__name__="ALERTS", alertname="Few", alertstate="firing"} 1',
        ),
        ("promql_expr_test: [{expr: 'sum(', eval_time: 3m}]", "at 3m `sum(`: 1:"),
        (
            "promql_expr_test: [{expr: 'orders > 7', eval_time: 3m, exp_samples: [{labels: orders, value: 0.5}]}]",
            'at 3m `orders > 7`: expected {__name__="orders"} 0.5, got nothing',
        ),
    ],
)
def test_failures_are_short_and_readable(promtools, body, words):
    text = "rule_files: [../../shop/alerting.yaml]\ntests:\n  - name: x\n    interval: 1m\n"
    text += f"    input_series: [{{series: orders, values: '1x5'}}]\n    {body}\n"
    verdict = prove(promtools, TESTED, artifact("rules/tests/shop/alerting.yaml", text))

    assert [("promtool/test", 3)] == lines(verdict)
    assert words in verdict.findings[0].message


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("rule_files: []\nfoo: 1\ntests:\n  - interval: 1m\n  - interval: 1m\n", 2, "unknown field `foo`"),
        ("rule_files: [gone.yaml]\ntests:\n  - {name: x, interval: 1m}\n", 3, "no file match pattern"),
        ("tests:\n  - interval: 1m\n    input_series: [{series: a, values: '2y10'}]\n", 2, "`test 1`: "),
        ("tests: {\n", 1, "did not find expected"),
    ],
)
def test_a_test_file_that_cannot_be_read_is_a_finding(promtools, text, line, words):
    verdict = prove(promtools, artifact("rules/tests/shop/alerting.yaml", text))

    assert {"promtool/test"} == {finding.id for finding in verdict.findings}, verdict.findings
    assert line == verdict.findings[0].source.place.line
    assert words in verdict.findings[0].message


def test_a_broken_rule_file_is_found_at_the_rule_and_not_at_each_test(promtools):
    broken = rules("- record: orders:sum\n  expr: sum(orders")

    assert [("promtool/rules", 5)] == lines(prove(promtools, broken, cases(("a", 3), ("b", 3))))


def test_without_a_promtool_nothing_is_verified_and_that_is_said():
    verdict = judge(Found(()), rules(GOOD))

    assert ["promtool/missing"] == [finding.id for finding in verdict.findings]
    assert "" == str(verdict)
    assert "package prometheus" in verdict.findings[0].hint


def test_a_promtool_older_than_the_platform_does_not_judge(tmp_path):
    old = fake(tmp_path, "exit 1", version="2.42.0")
    verdict = verify([rules(GOOD)], old, prometheus="3.0")

    assert "promtool 2.42.0 is older than Prometheus 3.0" in verdict.findings[0].message
    assert () == verdict.judges


@pytest.mark.parametrize("judged", [judge, prove])
@pytest.mark.parametrize(
    ("script", "timeout", "id_", "words"),
    [
        ("sleep 60", 1, "tool/timeout", "did not end within 1 s"),
        ("kill -9 $$", 30, "tool/failed", "was killed by SIGKILL"),
        ("echo 'panic: runtime error'; exit 2", 30, "tool/failed", "exit code 2"),
        ("exec cat /dev/zero", 30, "tool/failed", "more than 8 MiB"),
    ],
)
def test_a_promtool_that_breaks_off_has_passed_nothing(tmp_path, judged, script, timeout, id_, words):  # noqa: PLR0917 - a column each
    verdict = judged(fake(tmp_path, script), TESTED, cases(("a", 3), ("b", 3)), timeout=timeout)

    assert {id_} == {finding.id for finding in verdict.findings}
    assert all(words in finding.message for finding in verdict.findings)


def test_a_unit_test_that_hangs_is_named_and_those_before_it_keep_their_verdict(tmp_path):
    failure = "echo '  FAILED:' >&2; echo '    expr: \"a\", time: 1m,' >&2"
    hanging = fake(tmp_path, f"echo '  SUCCESS'; echo; {failure}; echo '  SUCCESS'; sleep 60")
    verdict = prove(hanging, TESTED, cases(*((name, 3) for name in "abcdefghij")), timeout=1)

    stopped = [finding for finding in verdict.findings if finding.id == "tool/timeout"]
    assert "`test rules`, at unit test `d`, and 1 after it were not run" in stopped[0].message
    assert 2 == len([finding for finding in verdict.findings if finding.id == "promtool/test"])


def test_a_refusal_in_unknown_words_is_quoted(tmp_path):
    verdict = judge(fake(tmp_path, "echo; exit 1"), rules(GOOD))

    assert ["promtool/unread"] == [finding.id for finding in verdict.findings]
    assert "`check rules` ended with exit code 1" in verdict.findings[0].message


def test_a_promtool_that_counts_wrong_has_passed_nothing(tmp_path):
    verdict = prove(fake(tmp_path, "echo '  SUCCESS'"), TESTED, cases(("a", 3), ("b", 3), ("c", 3)))

    assert {"tool/failed"} == {finding.id for finding in verdict.findings}
    assert "gave 1 verdicts on 2 unit tests and exit code 0" in verdict.findings[0].message


def test_nothing_is_left_in_the_repository_or_behind(promtools, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    judge(promtools, config("rule_files: [shop/alerting.yaml]\n"), TESTED)
    prove(promtools, TESTED, cases(("a", 3)))

    assert [] == list(tmp_path.iterdir())

"""What is refused of a rule file, with promtool as the judge."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from reading import checked, said, written

from watchwright.foreign.check import check
from watchwright.query.version import Version, parse_version
from watchwright.verify.tools import Tool

ALWAYS: Version = (0, 0)
NEVER: Version = (99, 0)
RULE = "groups: [{name: g, rules: [{%s}]}]"
ALERT = RULE % "alert: A, expr: up == 0, %s"
RECORD = RULE % "record: a:b, expr: up, %s"
GROUP = "groups: [{name: g, rules: [], %s}]"
TEXT = ALERT % "annotations: {summary: '%s'}"

# the first version of Prometheus that takes the file, and the file
FILES = {
    "one alert": (ALWAYS, ALERT % "for: 5m"),
    "nothing": (ALWAYS, ""),
    "comments": (ALWAYS, "# nothing yet\n"),
    "null": (ALWAYS, "null"),
    "an empty mapping": (ALWAYS, "{}"),
    "no groups": (ALWAYS, "groups:"),
    "a group without rules": (ALWAYS, "groups: [{name: g}]"),
    "a group of null": (ALWAYS, "groups: [null]"),
    "a group of null rules": (ALWAYS, "groups: [{name: g, rules: null}]"),
    "no mapping": (NEVER, "groups"),
    "a list": (NEVER, "- name: g"),
    "groups that are no list": (NEVER, "groups: {name: g}"),
    "a group that is no mapping": (NEVER, "groups: [g]"),
    "a group without a name": (NEVER, "groups: [{rules: []}]"),
    "a group with an empty name": (NEVER, "groups: [{name: '', rules: []}]"),
    "a group with a number for a name": (ALWAYS, "groups: [{name: 1, rules: []}]"),
    "two groups of one name": (NEVER, "groups: [{name: g}, {name: g}]"),
    "an unknown key of the file": (NEVER, "group: []"),
    "an unknown key of a group": (NEVER, GROUP % "intervall: 1m"),
    "an unknown key of a rule": (NEVER, ALERT % "fore: 1m"),
    "an interval": (ALWAYS, GROUP % "interval: 1h30m"),
    "an interval in minutes and a half": (NEVER, GROUP % "interval: 1.5m"),
    "an interval without a unit": (NEVER, GROUP % "interval: 30"),
    "an interval of null": (ALWAYS, GROUP % "interval: null"),
    "an empty interval": (NEVER, GROUP % "interval: ''"),
    "an interval that is a list": (NEVER, GROUP % "interval: [1m]"),
    "a limit": (ALWAYS, GROUP % "limit: 5"),
    "a limit in quotes": (NEVER, GROUP % "limit: '5'"),
    "a limit in words": (NEVER, GROUP % "limit: five"),
    "an offset of a group": ((2, 53), GROUP % "query_offset: 1m"),
    "labels of a group": ((3, 0), GROUP % "labels: {a: b}"),
    "a key twice": (NEVER, "groups: []\ngroups: []"),
    "a key twice in a rule": (NEVER, ALERT % "for: 1m, for: 2m"),
    "neither alert nor record": (NEVER, RULE % "expr: up"),
    "alert and record": (NEVER, RULE % "expr: up, alert: A, record: b"),
    "a rule of null": (ALWAYS, "groups: [{name: g, rules: [null]}]"),
    "no expression": (NEVER, RULE % "alert: A"),
    "an empty expression": (NEVER, RULE % "alert: A, expr: ''"),
    "an expression that is a number": (ALWAYS, RULE % "alert: A, expr: 1"),
    "an expression that is null": (NEVER, RULE % "alert: A, expr: "),
    "a metric named null": (ALWAYS, RULE % "alert: A, expr: 'null'"),
    "an expression that is a list": (NEVER, RULE % "alert: A, expr: [up]"),
    "an expression of bad syntax": (NEVER, RULE % "alert: A, expr: sum(up"),
    "a function that came later": ((2, 51), RULE % "alert: A, expr: histogram_avg(up)"),
    "for nothing": (ALWAYS, ALERT % "for: 0"),
    "for a number": (NEVER, ALERT % "for: 5"),
    "for of null": (ALWAYS, ALERT % "for: null"),
    "for less than nothing": (NEVER, ALERT % "for: -5m"),
    "keep firing": (ALWAYS, ALERT % "keep_firing_for: 5m"),
    "a recording rule with for": (NEVER, RECORD % "for: 5m"),
    "a recording rule with for nothing": (ALWAYS, RECORD % "for: 0s"),
    "a recording rule with annotations": (NEVER, RECORD % "annotations: {a: b}"),
    "a recording rule with empty annotations": (ALWAYS, RECORD % "annotations: {}"),
    "a recording rule that keeps firing": (NEVER, RECORD % "keep_firing_for: 5m"),
    "a recorded name with a dash": ((3, 0), RULE % "record: a-b, expr: up"),
    "a recorded name with braces": (NEVER, RULE % "record: 'a{b=\"c\"}', expr: up"),
    "an alert with blanks in its name": (ALWAYS, RULE % "alert: It is down, expr: up"),
    "a label": (ALWAYS, ALERT % "labels: {a: b, c: 1, d: true, e: null}"),
    "a label with a dash": ((3, 0), ALERT % "labels: {a-b: c}"),
    "a label that is the name": (NEVER, ALERT % "labels: {__name__: c}"),
    "a label that is a list": (NEVER, ALERT % "labels: {a: [b]}"),
    "labels that are a list": (NEVER, ALERT % "labels: [a, b]"),
    "labels of null": (ALWAYS, ALERT % "labels: null"),
    "an annotation with a dash": ((3, 0), ALERT % "annotations: {a-b: c}"),
    "a template": (ALWAYS, TEXT % "{{ $labels.job | title }} {{ $value | humanize }}"),
    "a template that does not end": (NEVER, TEXT % "{{ $labels.job"),
    "a template with an unknown function": (NEVER, TEXT % "{{ $value | humanise }}"),
    "a template with an unknown variable": (NEVER, TEXT % "{{ $lables.job }}"),
    "a template in a label": (NEVER, ALERT % "labels: {a: '{{ end }}'}"),
    "a template in a label of a recording rule": (ALWAYS, RECORD % "labels: {a: '{{ end }}'}"),
    "an alias": (ALWAYS, "groups:\n- name: g\n  rules:\n  - &a {alert: A, expr: up}\n  - {<<: *a, alert: B}"),
    "an alias of nothing": (NEVER, "groups: [*a]"),
    "an alias in itself": (NEVER, "groups: &a [*a]"),
    "a tab": (NEVER, "groups:\n\t- name: g"),
    "an open bracket": (NEVER, "groups: [{name: g}"),
    "a control character": (NEVER, "groups: [] # \x07"),
    "JSON": (ALWAYS, '{"groups": [{"name": "g", "rules": [{"alert": "A", "expr": "up\\n== 0"}]}]}'),
    "the same alert twice": (ALWAYS, "groups: [{name: g, rules: [{alert: A, expr: up}, {alert: A, expr: up}]}]"),
    "a second document": (ALWAYS, "groups: []\n---\ngroups: []"),
}


@pytest.mark.parametrize(("since", "text"), FILES.values(), ids=FILES)
def test_what_promtool_refuses_is_refused_and_nothing_else(
    since: Version, text: str, promtools: tuple[Tool, ...], tmp_path: Path
) -> None:
    """By every promtool at hand, each for its own version."""
    file = tmp_path / "rules.yaml"
    file.write_text(text, "utf-8")

    for tool in promtools:
        version = parse_version(tool.version)
        found = check([file], [], [], version)
        refused = any(each.severity == "error" and not _is_meaning(each.id) for each in found.findings)
        judged = subprocess.run([tool.path, "check", "rules", file], capture_output=True, check=False, text=True)
        assert (judged.returncode != 0, version < since) == (refused, refused), judged.stderr + str(found.findings)


def _is_meaning(id_: str) -> bool:
    return id_.startswith("promql/") and id_ != "promql/syntax"


WRONG = {
    "an unknown key": ("fore: 1m", ("rules/shape", 6, 9, "`fore` is no key of a rule")),
    "a duration": ("for: 5", ("rules/shape", 6, 14, "`for` must be a duration, got `5`")),
    "a template": (
        'labels: {a: "b\\n{{ nothing }}"}',
        ("alert/template", 6, 28, "`a` calls `nothing`, which is no function"),
    ),
    "a key twice": ("expr: up == 0", ("file/duplicate-key", 6, 9, "the key `expr` stands twice")),
}


@pytest.mark.parametrize(("line", "expected"), WRONG.values(), ids=WRONG)
def test_a_fault_is_said_where_it_stands(line: str, expected: tuple[str, int, int, str], tmp_path: Path) -> None:
    """Its line and its column, of the key or of what is in it."""
    text = f"groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: up == 0\n        {line}\n"
    (tmp_path / "a.yaml").write_text(text, "utf-8")

    assert [expected] == said(checked(tmp_path, "a.yaml").findings)


def test_a_fault_in_an_expression_is_said_where_it_stands(tmp_path: Path) -> None:
    """Within a folded block, behind an indentation."""
    written(
        tmp_path,
        {
            "a.yaml": """\
                groups:
                  - name: checkout
                    rules:
                      - alert: ProviderFailing
                        expr: >
                          sum by (job) (rate(payments_total[5m]))
                            / sum by (job) (rate(payments_total[5m]) > 1
                """
        },
    )

    found = checked(tmp_path, "a.yaml").findings[0]

    assert ("promql/syntax", "group checkout / alert ProviderFailing") == (found.id, found.subject)
    assert f"{tmp_path}/a.yaml:7:57" == str(found.source.place)
    assert found.excerpt.splitlines()[0].endswith("> 1")


def test_what_prometheus_only_warns_of_is_a_warning(tmp_path: Path) -> None:
    """Rules alike, and documents that it does not read."""
    rule = "{alert: A, expr: up == 0, labels: {a: b}}"
    (tmp_path / "a.yaml").write_text(
        f"groups:\n- name: g\n  rules: [{rule}]\n- name: h\n  rules:\n  - {rule}\n---\ngroups: [{{name: g}}]\n"
    )

    found = checked(tmp_path, "a.yaml").findings

    assert ["rules/duplicate", "rules/documents"] == [each.id for each in found]
    assert ["warning", "warning"] == [each.severity for each in found]
    assert f"the other one is at {tmp_path}/a.yaml:3:19" == found[0].hint


MANIFEST = """\
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: shop}
spec:
  groups:
    - name: g
      partial_response_strategy: warn
      rules:
        - alert: A
          expr: up = 0
"""


def test_rules_are_found_in_manifests_among_others(tmp_path: Path) -> None:
    """With their places, and without Prometheus' opinion on a second document."""
    (tmp_path / "a.yaml").write_text(MANIFEST)

    assert [("promql/syntax", 15, 20)] == [each[:3] for each in said(checked(tmp_path, "a.yaml").findings)]


def test_rules_are_found_in_lists_of_manifests(tmp_path: Path) -> None:
    """As kubectl prints them, in JSON too."""
    rule = '{"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule", "spec": %s}'
    groups = '{"groups": [{"name": "g", "rules": [{"alert": "A", "expr": "up{a=\\"b\\"} = 0"}]}]}'
    last = rule % groups
    (tmp_path / "a.json").write_text(f'{{"apiVersion": "v1", "kind": "List", "items": [\n{rule % "{}"},\n{last}]}}')

    assert [("promql/syntax", 3, last.index("= 0") + 1)] == [
        each[:3] for each in said(checked(tmp_path, "a.json").findings)
    ]


def test_rules_are_found_in_config_maps(tmp_path: Path) -> None:
    """The place is that in the manifest."""
    written(
        tmp_path,
        {
            "a.yaml": """\
                apiVersion: v1
                kind: ConfigMap
                data:
                  readme.txt: |
                    no rules
                  shop.rules: |
                    groups:
                      - name: g
                        rules:
                          - alert: A
                            expr: |
                              up
                                = 0
                """
        },
    )

    assert [("promql/syntax", 13, 17)] == [each[:3] for each in said(checked(tmp_path, "a.yaml").findings)]

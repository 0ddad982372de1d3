"""Prometheus: its configuration, rule files and unit tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watchwright.backends.artifact import Artifact
from watchwright.backends.scraping import scrape_config
from watchwright.backends.yamltext import Marked, Value, document, said
from watchwright.lower.plan import Alerting, Fleet, Plan, Recording, Rule, RuleFile, UnitTest
from watchwright.query.layout import layout


def render(fleet: Fleet) -> Iterator[Artifact]:
    """prometheus.yml, a file for each group of rules, and for each system the tests of its alerts."""
    yield document("rules/prometheus.yml", _configuration(fleet))
    for plan in fleet.plans:
        for file in plan.files:
            yield document(_rule_path(plan, file), {"groups": [_group(file)]})
        if plan.tests:
            yield document(f"rules/tests/{plan.system.name}/alerting.yaml", _tests(plan, fleet))


def _rule_path(plan: Plan, file: RuleFile) -> str:
    return f"rules/{plan.system.name}/{file.name}.yaml"


def _configuration(fleet: Fleet) -> Mapping[str, Value]:
    platform = fleet.platform
    general = {
        "scrape_interval": platform.scrape_interval,
        "scrape_timeout": platform.scrape_timeout,
        "evaluation_interval": platform.evaluation_interval,
        "external_labels": dict(platform.external_labels),
    }
    paths = [_rule_path(plan, file).removeprefix("rules/") for plan in fleet.plans for file in plan.files]
    return said(
        {
            "global": said(general),
            "rule_files": paths,
            "scrape_configs": [scrape_config(job, plan) for plan in fleet.plans for job in plan.jobs],
        }
    )


def _group(file: RuleFile) -> Mapping[str, Value]:
    return {"name": file.group, "interval": file.interval, "rules": [Marked(_rule(r), r.origin) for r in file.rules]}


def _rule(rule: Rule) -> Mapping[str, Value]:
    return _recording(rule) if isinstance(rule, Recording) else _alerting(rule)


def _recording(rule: Recording) -> Mapping[str, Value]:
    return {"record": rule.record, "expr": layout(rule.expr), "labels": dict(rule.labels)}


def _alerting(rule: Alerting) -> Mapping[str, Value]:
    return said(
        {
            "alert": rule.alert,
            "expr": layout(rule.expr),
            "for": rule.for_,
            "keep_firing_for": rule.keep_firing_for,
            "labels": dict(rule.labels),
            "annotations": dict(rule.annotations),
        }
    )


def _tests(plan: Plan, fleet: Fleet) -> Mapping[str, Value]:
    name = plan.system.name
    return {
        "rule_files": [f"../../{name}/{file.name}.yaml" for file in plan.files],
        "evaluation_interval": fleet.platform.evaluation_interval,
        "group_eval_order": [file.group for file in plan.files],
        "tests": [Marked(_test(test), test.origin) for test in plan.tests],
    }


def _test(test: UnitTest) -> Mapping[str, Value]:
    return {
        "name": test.name,
        "interval": test.interval,
        "input_series": [{"series": each.series, "values": each.values} for each in test.series],
        "promql_expr_test": [
            {
                "expr": each.expr,
                "eval_time": each.eval_time,
                "exp_samples": [{"labels": labels, "value": 1} for labels in each.samples],
            }
            for each in test.expectations
        ],
    }

"""Errors about whole rules, as promtool evaluates them: what Prometheus refuses, and what it leaves out of a text."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from watchwright.verify.tools import Tool

_SERIES = [
    {"series": 'depth{queue="mail",instance="a"}', "values": "200x10"},
    {"series": 'queue:depth:sum{queue="mail",system="shop"}', "values": "200x10"},
]


def judged(tool: Tool, folder: Path, rule: dict[str, Any], test: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """What promtool says of a test of one rule."""
    (folder / "rules.json").write_text(json.dumps({"groups": [{"name": "g", "rules": [rule]}]}))
    tests = [{"interval": "1m", "input_series": _SERIES, **test}]
    (folder / "test.json").write_text(json.dumps({"rule_files": ["rules.json"], "tests": tests}))
    command = [str(tool.path), "test", "rules", "test.json"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("join", ["or", "or on (queue)"])
def test_sides_that_a_rule_makes_the_same_are_refused(promtools: tuple[Tool, ...], tmp_path: Path, join: str) -> None:
    """`rule/collision`: once the rule has set `system` on both; joined by the others, only one is left."""
    expr = f"sum by (queue) (depth) {join} queue:depth:sum"
    rule = {"record": "shop:depth:all", "expr": expr, "labels": {"system": "shop"}}
    samples = [{"labels": 'shop:depth:all{queue="mail",system="shop"}', "value": 200}]
    test = {"promql_expr_test": [{"expr": "shop:depth:all", "eval_time": "5m", "exp_samples": samples}]}

    for tool in promtools:
        done = judged(tool, tmp_path, rule, test)

        assert (join == "or on (queue)") == (done.returncode == 0), f"{tool}: {done.stdout}{done.stderr}"
        assert (join == "or") == ("same labelset" in done.stdout + done.stderr)


@pytest.mark.parametrize(("label", "shown"), [("queue", "mail"), ("instance", ""), ("severity", "")])
def test_a_label_that_the_expression_lacks_is_empty_in_texts(
    promtools: tuple[Tool, ...], tmp_path: Path, label: str, shown: str
) -> None:
    """`alert/template-label`: dropped by the aggregation, or added by the alert itself."""
    rule = {
        "alert": "Full",
        "expr": "sum by (queue) (depth) > 100",
        "labels": {"severity": "page"},
        "annotations": {"summary": f"<{{{{ $labels.{label} }}}}>"},
    }
    fired = {"exp_labels": {"queue": "mail", "severity": "page"}, "exp_annotations": {"summary": f"<{shown}>"}}
    test = {"alert_rule_test": [{"alertname": "Full", "eval_time": "5m", "exp_alerts": [fired]}]}

    for tool in promtools:
        done = judged(tool, tmp_path, rule, test)

        assert 0 == done.returncode, f"{tool}: {done.stdout}{done.stderr}"

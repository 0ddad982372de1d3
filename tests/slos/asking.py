"""Rendered rules under promtool: given samples, a question is true at a time."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from watchwright.verify.tools import Tool
from workbench import Repository

HEAD = """
from watchwright import *
from watchwright.discovery import Static
from watchwright.slo import *

requests = Counter("http_requests_total", "Requests.", labels=["code", "route"])
jobs = [Job("web", Static(["web:80"]))]
"""


# the target answers, unless a claim says something else
UP = {'up{job="web",instance="a"}': "1x6000"}


def rendered(repository: Repository, system: str, platform: str = "Platform(scrape_interval='15s')") -> Repository:
    """A repository with one system, rendered."""
    repository.write("systems/platform.py", f"from watchwright import *\nplatform = {platform}\n")
    repository.write("systems/web.py", HEAD + system)
    done = repository.run("render", "--no-verify")
    assert done.exit_code == 0, done.stderr
    return repository


def rule_files(repository: Repository) -> Sequence[Path]:
    """The rules of its SLOs."""
    return sorted((repository.root / "rules/web").glob("slo-*.yaml"))


def untrue(
    promtool: Tool,
    rules: Sequence[Path],
    given: Mapping[str, str],
    questions: Mapping[str, str] | Sequence[tuple[str, str]],
    *,
    step: str = "15s",
    evaluated: str = "30s",
) -> str:
    """
    What promtool complains about: nothing, if each expression is 1, without labels, at each time.

    Groups are evaluated in the order of the files, each as often as the others: promtool knows no interval of a group.
    """
    asked = questions.items() if isinstance(questions, Mapping) else questions
    groups = [group["name"] for file in rules for group in yaml.safe_load(file.read_text("utf-8"))["groups"]]
    test = {
        "rule_files": [str(file) for file in rules],
        "evaluation_interval": evaluated,
        "group_eval_order": groups,
        "tests": [
            {
                "interval": step,
                "input_series": [{"series": series, "values": values} for series, values in {**UP, **given}.items()],
                "promql_expr_test": [
                    {"expr": expr, "eval_time": at, "exp_samples": [{"labels": "", "value": 1}]} for expr, at in asked
                ],
            }
        ],
    }
    file = rules[0].parent / "test.yml"
    file.write_text(yaml.safe_dump(test), "utf-8")
    done = subprocess.run([str(promtool.path), "test", "rules", str(file)], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def near(expr: str, value: float, within: float = 1e-6) -> str:
    """Whether an expression of one series is a number, or not further from it than that."""
    return f"max(abs({expr} - ({value!r}))) <= bool {within!r}"


def firing(alert: str, series: int = 1) -> str:
    """Whether so many alerts of that name fire."""
    found = f'ALERTS{{alertname="{alert}",alertstate="firing"}}'
    return f"(count({found}) or vector(0)) == bool {series}"

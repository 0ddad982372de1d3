"""What there are many of is a table: one more is one more line, and everything else follows."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from workbench import ROOT, Repository

_FAMILY = '    "emotion": Usual(300, 3, 0.08, 0.3),\n'
_SERVICE = '    "demand-forecaster-service": Service(15, 0.1, {"forecastDemand": 0.2}, asks="forecastDemand"),\n'


@pytest.fixture
def ours(repository: Repository) -> Repository:
    """The shipped definitions, in a repository of their own."""
    shutil.copytree(ROOT / "systems", repository.root / "systems", ignore=shutil.ignore_patterns("__pycache__"))
    return repository


def with_line(repository: Repository, file: str, table: str, line: str) -> None:
    """Add a line at the end of a table of a module."""
    path = repository.root / "systems" / file
    before, found, after = path.read_text("utf-8").partition(table)
    entries, end, rest = after.partition("\n}\n")
    assert found
    assert end
    path.write_text(f"{before}{found}{entries}\n{line.rstrip()}{end}{rest}", "utf-8")


def rendered(repository: Repository) -> Path:
    """The rendered files, without a finding."""
    result = repository.run("render", "--no-verify")
    assert 0 == result.exit_code, result.stderr
    assert "warning" not in result.stderr, result.stderr
    return repository.root


def sampled(root: Path) -> dict[str, list[str]]:
    strategies = json.loads((root / "jaeger/sampling.json").read_text("utf-8"))["service_strategies"]
    return {each["service"]: [one["operation"] for one in each["operation_strategies"]] for each in strategies}


def test_a_sixth_model_family_is_one_line(ours: Repository) -> None:
    """Its rules, its objective, its sampling; the boards choose it by a variable."""
    boards = {file.name: file.read_bytes() for file in (ROOT / "dashboards/agi-production").glob("*.json")}
    with_line(ours, "_agi_production/metrics.py", "USUAL = {", _FAMILY)
    root = rendered(ours)

    assert ["infer", "load model"] == sampled(root)["agi-emotion"]
    assert 'family="emotion"' in (root / "rules/agi-production/recording.yaml").read_text("utf-8")
    objectives = (root / "rules/agi-production/slo-slow.yaml").read_text("utf-8")
    assert "family: emotion" in objectives
    changed = {
        name for name, text in boards.items() if text != (root / f"dashboards/agi-production/{name}").read_bytes()
    }
    assert "model-families.json" in boards
    assert "model-families.json" not in changed


def test_a_fifth_service_is_one_line(ours: Repository) -> None:
    """Its job, its share of the traffic, its operations and its sampling."""
    with_line(ours, "_x0tta6bl4/services.py", "SERVICES = {", _SERVICE)
    root = rendered(ours)
    jobs = yaml.safe_load((root / "rules/prometheus.yml").read_text("utf-8"))["scrape_configs"]
    recording = (root / "rules/x0tta6bl4/recording.yaml").read_text("utf-8")

    assert "x0tta6bl4-demand-forecaster-service" in {job["job_name"] for job in jobs}
    assert ["forecastDemand"] == sampled(root)["demand-forecaster-service"]
    assert "demand-forecaster-service" in recording

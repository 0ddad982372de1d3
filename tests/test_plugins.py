"""Installed packages add checks and backends by entry point."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from workbench import ROOT, Repository

PLUGIN = '''
from watchwright.backends.artifact import Artifact
from watchwright.checks.expressions.problem import Problem, expression
from watchwright.finding import Finding, check
from watchwright.query.tree import Call


@check("house/owner")
def owner(fleet):
    """Every system here belongs to a team with a rota, and `sales` has none."""
    for plan in fleet.plans:
        if plan.system.owner == "sales":
            yield Finding("`sales` has no rota", source=plan.system.source, subject=plan.system.name)


@expression("house/rate", Call, severity="warning")
def rate(node, context):
    """`rate` of a counter, of all things."""
    if node.function == "rate" and context.of(node.arguments[0]).samples == "counter":
        yield Problem(node, "`rate` of a counter", "go home")


def render(fleet):
    yield Artifact("owners/owners.txt", "".join(f"{plan.system.owner}\\n" for plan in fleet.plans))
'''


def installed(folder: Path) -> dict[str, str]:
    """The environment of a process that has the plug-in installed."""
    (folder / "house_rules.py").write_text(PLUGIN)
    info = folder / "house_rules-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: house-rules\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[watchwright.checks]\nhouse = house_rules\n\n[watchwright.backends]\nowners = house_rules:render\n"
    )
    return {**os.environ, "PYTHONPATH": f"{ROOT / 'generator'}{os.pathsep}{folder}"}


def watchwright(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from watchwright.cli import main; main()", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_check_of_an_installed_package_is_one_of_ours(shop: Repository, tmp_path: Path) -> None:
    """It reports, is accepted and explained like any other."""
    environment = installed(tmp_path)

    found = watchwright(environment, "-C", str(shop.root), "check", "--no-verify")
    page = watchwright(environment, "explain", "house/owner")

    assert "systems/shop.py:11: error: `sales` has no rota [house/owner]" in found.stderr
    assert page.stdout.startswith("house/owner (error)\n\nEvery system here belongs to a team")


def test_a_check_of_expressions_is_asked_of_definitions_and_of_files(shop: Repository, tmp_path: Path) -> None:
    """With the types of what is declared."""
    environment = installed(tmp_path)
    shop.write("rules.yaml", "groups: [{name: g, rules: [{alert: A, expr: 'rate(x_total[5m]) > 1'}]}]")
    shop.write("metrics", "# TYPE x_total counter\nx_total 1\n")

    defined = watchwright(environment, "-C", str(shop.root), "check", "--no-verify")
    files = ["--rules", str(shop.root / "rules.yaml"), "--metrics", str(shop.root / "metrics")]
    given = watchwright(environment, "check", *files)

    assert 2 == defined.stderr.count("warning: `rate` of a counter [house/rate]")
    assert "rules.yaml:1:46: warning: `rate` of a counter [house/rate]" in given.stderr


def test_a_plugin_that_fails_is_a_finding(shop: Repository, tmp_path: Path) -> None:
    """A bug is no traceback either, unless one asks for it."""
    environment = installed(tmp_path)
    (tmp_path / "house_rules.py").write_text(PLUGIN.replace('if plan.system.owner == "sales"', "if plan.owner"))

    quiet = watchwright(environment, "-C", str(shop.root), "check", "--no-verify")
    loud = watchwright({**environment, "WATCHWRIGHT_TRACEBACK": "1"}, "-C", str(shop.root), "check", "--no-verify")

    assert "error: AttributeError in house_rules.py:12: " in quiet.stderr
    assert "[internal/error]" in quiet.stderr
    assert "Traceback" not in quiet.stderr
    assert "Traceback" in loud.stderr


def test_a_backend_of_an_installed_package_writes_beside_ours(shop: Repository, tmp_path: Path) -> None:
    """In an output folder of its own, listed as ours are."""
    environment = installed(tmp_path)
    module = (shop.root / "systems/shop.py").read_text().replace('owner="sales"', 'owner="storefront"')
    shop.write("systems/shop.py", module)

    result = watchwright(environment, "-C", str(shop.root), "render", "--no-verify")

    assert result.returncode == 0, result.stderr
    assert b"storefront\n" == shop.files()["owners/owners.txt"]

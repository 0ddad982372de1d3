"""What tests share: a repository of a user's own, and the tools at hand."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from watchwright.verify.tools import Tool, find
from workbench import ROOT, SHOP, Repository


def pytest_report_header() -> str:
    """Which tools judge in this run."""
    judges = ", ".join(map(str, find("promtool", ROOT / ".tools").tools))
    return f"judges: {judges or 'none: tests that want promtool are skipped, or fail in CI'}"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """An empty repository."""
    root = tmp_path / "repository"
    root.mkdir()
    return Repository(root)


@pytest.fixture
def shop(repository: Repository) -> Repository:
    """A repository with one small system."""
    repository.write("systems/shop.py", SHOP)
    return repository


@pytest.fixture(scope="session")
def promtools() -> tuple[Tool, ...]:
    """Every promtool that the machine has; none skips the test, and fails it in CI."""
    found = find("promtool", ROOT / ".tools").tools
    if not found:
        missing("promtool")
    return found


@pytest.fixture(scope="session")
def prometheuses() -> tuple[Tool, ...]:
    """Every Prometheus that the machine has; none skips the test, and fails it in CI."""
    found = find("prometheus", ROOT / ".tools").tools
    if not found:
        missing("prometheus")
    return found


def missing(tool: str) -> None:
    """Skip for want of a tool; in CI that is a failure."""
    give_up: Callable[[str], None] = pytest.fail if os.environ.get("CI") else pytest.skip
    give_up(f"no {tool} in .tools/ or on PATH: `make test` gets one")

"""What tests share: a repository of a user's own, and the tools at hand."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling, Scheduling

from watchwright.verify.tools import Tool, find
from workbench import ROOT, SHOP, Repository


def pytest_report_header() -> str:
    """Which tools judge in this run."""
    judges = ", ".join(map(str, find("promtool", ROOT / ".tools").tools))
    return f"judges: {judges or 'none: tests that want promtool are skipped, or fail in CI'}"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two more than there are cores, for some workers sleep while real servers are watched."""
    return (os.cpu_count() or 1) + 2


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    """With `-n`, what takes minutes to set up is set up by one worker, while the others have the cores."""
    return _Together(config, log) if config.getoption("dist") == "load" else None


class _Together(LoadScopeScheduling):
    # `xdist_group` says the same, and is lost on pytest 9.2: its node ids are values that nobody can lengthen
    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if "live/test_real_" in file else nodeid


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

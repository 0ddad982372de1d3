"""The promtools that judge our parser and printer."""

from __future__ import annotations

from pathlib import Path

import pytest

from watchwright.query.version import Version, parse_version
from watchwright.verify.tools import Tool


@pytest.fixture(scope="session")
def generations(promtools: tuple[Tool, ...]) -> list[tuple[Version, Path]]:
    """Every promtool at hand, with the version of its language, the oldest first."""
    return [(parse_version(tool.version), tool.path) for tool in promtools]

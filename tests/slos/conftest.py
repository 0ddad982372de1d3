"""Every claim is put to the oldest and to the newest Prometheus that is here."""

from __future__ import annotations

import pytest

from watchwright.verify.tools import Tool


@pytest.fixture(params=["oldest", "newest"], scope="session")
def tool(request: pytest.FixtureRequest, prometheuses: tuple[Tool, ...]) -> Tool:
    """A Prometheus."""
    if request.param == "newest" and len(prometheuses) == 1:
        pytest.skip("there is one Prometheus, and it is asked as the oldest")
    return prometheuses[0 if request.param == "oldest" else -1]

"""The simulated world on the oldest and on the newest Prometheus that is here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import simulated
from server import Server, serving

from watchwright.semantics.world import World
from watchwright.verify.tools import Tool


@pytest.fixture(scope="session")
def world() -> World:
    """What is declared."""
    return simulated.world()


@pytest.fixture(scope="session")
def blocks(promtools: tuple[Tool, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as data; of the oldest promtool, since a newer server reads it, too."""
    return simulated.blocks(promtools[0].path, tmp_path_factory.mktemp("blocks"))


@pytest.fixture(scope="session", params=["oldest", "newest"])
def server(
    request: pytest.FixtureRequest,
    prometheuses: tuple[Tool, ...],
    blocks: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Server]:
    """A server with that data."""
    if request.param == "newest" and len(prometheuses) == 1:
        pytest.skip("there is one Prometheus, and it is asked as the oldest")
    tool = prometheuses[0 if request.param == "oldest" else -1]
    with serving(tool.path, tool.version, blocks, tmp_path_factory.mktemp("server")) as running:
        yield running

"""What tests of manifests share: those of this repository's own systems."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from made import read

from watchwright import config
from watchwright.backends.artifact import Artifact
from watchwright.pipeline import build
from workbench import ROOT


@pytest.fixture(scope="session")
def shipped() -> tuple[Artifact, ...]:
    """Every file that this repository renders."""
    return build(config.read(ROOT)).artifacts


@pytest.fixture(scope="session")
def objects(shipped: tuple[Artifact, ...]) -> dict[str, dict[str, Any]]:
    """The objects of this repository's systems, by their paths below kubernetes/."""
    folder = "kubernetes/"
    return {each.path.removeprefix(folder): read(each.text) for each in shipped if each.path.startswith(folder)}


@pytest.fixture
def laid(shipped: tuple[Artifact, ...], tmp_path: Path) -> Path:
    """The folder kubernetes/ of this repository, on a disk."""
    for artifact in shipped:
        if artifact.path.startswith("kubernetes/"):
            file = tmp_path / artifact.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(artifact.text, "utf-8")
    return tmp_path / "kubernetes"

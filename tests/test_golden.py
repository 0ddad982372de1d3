"""The committed output is what the definitions render to: no more, no less, and the same bytes everywhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workbench import ROOT

FOLDERS = ("rules", "dashboards", "jaeger", "kubernetes")


def _contents(root: Path) -> dict[str, bytes]:
    return {
        file.relative_to(root).as_posix(): file.read_bytes()
        for folder in FOLDERS
        for file in (root / folder).rglob("*")
        if file.is_file()
    }


def _rendered(root: Path, cwd: Path, **environment: str) -> dict[str, bytes]:
    """What a fresh process renders of the definitions, copied to *root*."""
    root.mkdir(parents=True)
    shutil.copy(ROOT / "pyproject.toml", root)
    shutil.copytree(ROOT / "systems", root / "systems", ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(
        [sys.executable, "-c", "from watchwright.cli import main; main()", "-C", str(root), "render", "--no-verify"],
        check=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT / "generator"), **environment},
        capture_output=True,
    )
    return _contents(root)


def test_what_is_committed_is_what_is_rendered(tmp_path: Path) -> None:
    """A stale file, a missing one and an orphan all fail: run `make render` and commit."""
    assert _contents(ROOT) == _rendered(tmp_path / "copy", tmp_path)


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1"},
        {"PYTHONHASHSEED": "4242", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "77", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
    ],
    ids=["seed 1", "C locale in Kiritimati", "Turkish in Newfoundland"],
)
def test_the_same_bytes_anywhere(tmp_path: Path, environment: dict[str, str]) -> None:
    """Hash seed, time zone, locale, working directory and the path of the clone leave no trace."""
    deep = tmp_path / "a clone with spaces" / "ünder" / "way"

    assert _contents(ROOT) == _rendered(deep, Path("/"), **environment)


def test_nothing_rendered_names_this_machine() -> None:
    """No path, user or host of whoever rendered it."""
    said = b"\n".join(_contents(ROOT).values())

    assert str(ROOT).encode() not in said
    assert os.uname().nodename.encode() not in said or len(os.uname().nodename) < 4

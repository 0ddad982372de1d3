"""A repository that `watchwright init` makes: everything in it works when run, and nothing of anybody's is touched."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from watchwright.cli import main
from workbench import ROOT

_ALERT = "        alerts=[failing],"


def init(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["init", str(folder), *arguments], catch_exceptions=False)


def files(folder: Path) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


def loaded(file: Path) -> Any:
    return yaml.safe_load(file.read_text("utf-8"))


def test_a_repository_has_definitions_ci_and_what_the_clusters_take(tmp_path: Path) -> None:
    result = init(tmp_path / "monitoring")

    assert 0 == result.exit_code, result.output
    assert {
        ".github/workflows/monitoring.yml",
        ".github/workflows/review.yml",
        ".gitignore",
        ".gitlab-ci.yml",
        ".pre-commit-config.yaml",
        "Makefile",
        "README.md",
        "argocd/application.yaml",
        "flux/kustomization.yaml",
        "pyproject.toml",
        "systems/checkout.py",
        "systems/platform.py",
    } == files(tmp_path / "monitoring")
    assert "monitoring" == loaded(tmp_path / "monitoring/argocd/application.yaml")["metadata"]["name"]


def test_what_is_there_stays_as_it_is(tmp_path: Path) -> None:
    """And is named; a second run changes nothing."""
    (tmp_path / "Makefile").write_text("mine:\n")

    first = init(tmp_path)
    before = {path: (tmp_path / path).read_bytes() for path in files(tmp_path)}
    second = init(tmp_path)

    assert "Makefile is there already, and stays as it is" in first.output
    assert b"mine:\n" == before["Makefile"]
    assert before == {path: (tmp_path / path).read_bytes() for path in files(tmp_path)}
    assert "0 files" in second.output


@pytest.mark.parametrize(
    ("name", "fits"), [("shop-monitoring", True), ("Shop", False), ("a b", False), ("x\ny", False)]
)
def test_a_name_is_what_every_target_takes(tmp_path: Path, name: str, fits: bool) -> None:
    assert fits is (0 == init(tmp_path / "x", "--name", name).exit_code)


def test_a_folder_that_cannot_be_written_is_an_error_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    result = CliRunner().invoke(main, ["init", str(tmp_path / "file/below")])

    assert (1, SystemExit) == (result.exit_code, type(result.exception))


def test_pull_requests_of_forks_get_no_secret_and_write_nothing(tmp_path: Path) -> None:
    """What may write runs nothing of them: it takes a text from the other, and no checkout."""
    init(tmp_path)
    check, comment = (tmp_path / f".github/workflows/{name}.yml" for name in ("monitoring", "review"))
    gitlab = loaded(tmp_path / ".gitlab-ci.yml")

    assert {"contents": "read"} == loaded(check)["permissions"]
    assert not re.search(r"secrets\.|github\.token|pull_request_target", check.read_text("utf-8"))
    assert "checkout" not in comment.read_text("utf-8")
    assert {"workflow_run"} == set(loaded(comment)[True])  # YAML takes `on` for a truth
    assert "REVIEW_TOKEN" not in json.dumps(gitlab["check"])
    assert "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID" in gitlab["comment"]["rules"][0]["if"]


def test_no_text_of_a_pull_request_is_pasted_into_a_script(tmp_path: Path) -> None:
    """`${{ }}` in a script is code: values come through the environment."""
    init(tmp_path)
    for file in (tmp_path / ".github/workflows").iterdir():
        scripts = [step["run"] for job in loaded(file)["jobs"].values() for step in job["steps"] if "run" in step]

        assert scripts
        assert not any("${{" in script for script in scripts), file


@pytest.mark.live
@pytest.mark.usefixtures("promtools")
def test_its_own_ci_is_green_and_a_broken_alert_is_in_the_first_line_of_the_comment(tmp_path: Path) -> None:
    """In an environment of its own, from nothing; the judge is the machine's promtool."""
    folder = tmp_path / "monitoring"
    init(folder)
    (folder / ".tools").mkdir()
    (folder / ".tools/promtool").symlink_to(_promtool())
    _run(folder, "git", "init", "--quiet")

    _make(folder, "render")
    _commit(folder, "one")
    _make(folder, "check")

    module = (folder / "systems/checkout.py").read_text("utf-8")
    assert _ALERT in module
    (folder / "systems/checkout.py").write_text(module.replace(_ALERT, "").replace(", alerts=[failing]", ""))
    stale = _make(folder, "check", fails=True)
    _make(folder, "render")
    _commit(folder, "two")
    _make(folder, "check")
    _make(folder, "review", "BASE=HEAD~1")

    assert "ProviderFailing" in stale
    first = (folder / "review.md").read_text("utf-8").splitlines()[0]
    assert first.startswith("**checkout: alert ProviderFailing is lost")


def _promtool() -> Path:
    return next(iter(sorted((ROOT / ".tools").rglob("bin/promtool"))), None) or next(
        iter(sorted((ROOT / ".tools").rglob("promtool")))
    )


def _make(folder: Path, *arguments: str, fails: bool = False) -> str:
    return _run(folder, "make", *arguments, f"WATCHWRIGHT={ROOT}", fails=fails)


def _commit(folder: Path, message: str) -> None:
    _run(folder, "git", "add", "--all")
    _run(folder, "git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message", message)


def _run(folder: Path, *command: str, fails: bool = False) -> str:
    environment = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV", "MAKEFLAGS")
    }
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert fails is bool(done.returncode), done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout + done.stderr

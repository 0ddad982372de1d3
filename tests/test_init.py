"""A repository that `watchwright init` makes: everything in it works when run, and nothing of anybody's is touched."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from click.testing import CliRunner, Result

from watchwright.cli import main
from workbench import ROOT

STARTER = ROOT / "generator/watchwright/starter"
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


def test_a_review_is_made_and_written_where_the_check_fails() -> None:
    """A stale file is the commonest failure, and whoever reads the change wants to know what it means."""
    steps = loaded(STARTER / "github/check.yml")["jobs"]["check"]["steps"]
    failing = next(number for number, step in enumerate(steps) if step.get("run") == "make check")
    comment = loaded(STARTER / "github/comment.yml")["jobs"]["comment"]
    gitlab = loaded(STARTER / "gitlab/gitlab-ci.yml")

    assert ["${{ !cancelled() && github.event_name == 'pull_request' }}"] * 2 == [
        step["if"] for step in steps[failing + 1 :]
    ]
    assert comment["steps"][0]["continue-on-error"]  # where no review could be made
    assert "steps.review.outcome == 'success'" == comment["steps"][1]["if"]
    assert ("always", ["check"]) == (gitlab["comment"]["rules"][0]["when"], gitlab["comment"]["needs"])
    assert "always" == gitlab["check"]["artifacts"]["when"]


def test_hooks_look_whatever_a_commit_holds() -> None:
    """Pre-commit passes over a hook with `files` where a commit only deletes, and no list of folders is whole."""
    (ours,) = loaded(STARTER / "pre-commit-config.yaml")["repos"]
    for hook in (*ours["hooks"], *loaded(ROOT / ".pre-commit-hooks.yaml")):
        assert (True, False, None) == (hook["always_run"], hook["pass_filenames"], hook.get("files"))


def test_what_to_do_next_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder of its own, and in this one; and what it is called where that is not the folder's name."""
    monkeypatch.chdir(tmp_path)

    assert "12 files written. Now: cd shop, git init, make render, and commit\n" == init(Path("shop")).output
    (tmp_path / "監視").mkdir()
    monkeypatch.chdir(tmp_path / "監視")
    called, now = init(Path()).output.splitlines()

    assert "the repository is called 1869d7b2, after 監視; --name calls it otherwise" == called
    assert "12 files written. Now: git init, make render, and commit" == now


# Comments -----------------------------------------------------------------------------------------------

MARKED = "<!-- watchwright diff -->"
OURS, THEIRS = 7, 8


@pytest.mark.parametrize(
    ("notes", "wanted"),
    [
        ([], ("POST", "/notes")),
        ([(1, THEIRS, f"I quote {MARKED}"), (2, OURS, "an answer of mine")], ("POST", "/notes")),
        ([(1, THEIRS, MARKED), (2, OURS, "x"), (3, OURS, f"old {MARKED}")], ("PUT", "/notes/3")),
    ],
    ids=["none yet", "somebody else's", "ours, on the second page"],
)
def test_gitlab_is_told_in_the_one_comment_that_is_ours(
    notes: list[tuple[int, int, str]], wanted: tuple[str, str], tmp_path: Path
) -> None:
    """By the marker and by who wrote it, whatever page it is on: anybody can write a marker."""
    (tmp_path / "review.md").write_text(f"new {MARKED}")
    (script,) = loaded(STARTER / "gitlab/gitlab-ci.yml")["comment"]["script"]
    with gitlab([{"id": id_, "author": {"id": who}, "body": body} for id_, who, body in notes]) as (api, written):
        about = {"CI_API_V4_URL": api, "CI_PROJECT_ID": "3", "CI_MERGE_REQUEST_IID": "4", "REVIEW_TOKEN": "t"}
        _run(tmp_path, *_shell(script), **about)

    ((method, path, content),) = written
    assert (wanted[0], f"/projects/3/merge_requests/4{wanted[1]}") == (method, path)
    assert {"body": f"new {MARKED}"} == content


def test_without_a_review_no_comment_is_written(tmp_path: Path) -> None:
    (script,) = loaded(STARTER / "gitlab/gitlab-ci.yml")["comment"]["script"]

    assert "there is no review" in _run(tmp_path, *_shell(script))


@pytest.mark.parametrize(
    ("comments", "wanted"),
    [
        ([], "POST repos/o/r/issues/4/comments"),
        ([(1, "somebody", MARKED), (2, "github-actions[bot]", "x")], "POST repos/o/r/issues/4/comments"),
        ([(1, "somebody", MARKED), (2, "x", "y"), (3, "github-actions[bot]", f"old {MARKED}")],
         "PATCH repos/o/r/issues/comments/3"),
    ],
    ids=["none yet", "somebody else's", "ours, on the second page"],
)  # fmt: skip
def test_github_is_told_in_the_one_comment_that_is_ours(
    comments: list[tuple[int, str, str]], wanted: str, tmp_path: Path
) -> None:
    if shutil.which("jq") is None:
        pytest.skip("no jq on PATH, which takes the part of the one in gh")
    (tmp_path / "review").mkdir()
    (tmp_path / "review/number").write_text("4\n")
    (tmp_path / "review/review.md").write_text(f"new {MARKED}")
    found = [{"id": id_, "user": {"login": who}, "body": body} for id_, who, body in comments]
    (tmp_path / "pages").write_text("\n".join(json.dumps(found[first : first + 2]) for first in range(0, 4, 2)))
    (tmp_path / "gh").write_text(_GH)
    (tmp_path / "gh").chmod(0o755)
    script = loaded(STARTER / "github/comment.yml")["jobs"]["comment"]["steps"][1]["run"]

    _run(tmp_path, *_shell(script), PATH=f"{tmp_path}:{os.environ['PATH']}", HEAD="abc", REPOSITORY="o/r")

    assert f"{wanted}\n" == (tmp_path / "written").read_text()


# `gh api` as far as the workflow asks it: the head of the pull request, pages of comments, and what is written
_GH = """#!/bin/bash
set -eu
case "$*" in
*--paginate*) jq --raw-output "${@: -1}" <pages ;;
*--method*) echo "$3 $4" >written ;;
*) echo abc ;;
esac
"""


@contextmanager
def gitlab(notes: list[dict[str, Any]]) -> Iterator[tuple[str, list[tuple[str, str, Any]]]]:
    """A server that answers as GitLab does, two notes a page, and what is written to it."""
    written: list[tuple[str, str, Any]] = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = int(parse_qs(urlsplit(self.path).query).get("page", ["1"])[0])
            mine = {"id": OURS} if urlsplit(self.path).path == "/user" else notes[2 * page - 2 : 2 * page]
            self.answer(mine, str(page + 1) if 2 * page < len(notes) else "")

        def write(self) -> None:
            content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            written.append((self.command, self.path, content))
            self.answer({})

        do_POST = do_PUT = write  # noqa: N815 - called so by http.server

        def answer(self, content: Any, following: str = "") -> None:
            assert "t" == self.headers["PRIVATE-TOKEN"]
            self.send_response(200)
            self.send_header("X-Next-Page", following)
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def log_message(self, *_: object) -> None:
            """Nothing: a test that is right is silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", written
        server.shutdown()


# Scripts ------------------------------------------------------------------------------------------------


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

    rendered = _make(folder, "render")
    assert "accepted" not in rendered  # the definitions accept nothing
    assert "HEAD is no commit: commit first" in _make(folder, "review", fails=True)
    assert not (folder / "review.md").exists()
    _commit(folder, "one")
    _make(folder, "check")
    assert "Nothing changes." in _make(folder, "review")  # nothing was pushed: it is compared with the last commit
    assert [] == _gitlab_check(folder)  # as on the default branch

    module = (folder / "systems/checkout.py").read_text("utf-8")
    assert _ALERT in module
    (folder / "systems/checkout.py").write_text(module.replace(_ALERT, "").replace(", alerts=[failing]", ""))
    stale = _make(folder, "check", fails=True)
    _commit(folder, "two, and nothing is rendered")
    told = _github_review(folder)
    quality = _gitlab_check(folder, fails=True, CI_MERGE_REQUEST_DIFF_BASE_SHA="HEAD~1")
    _make(folder, "render")
    _commit(folder, "three")
    _make(folder, "check")
    _make(folder, "review", "BASE=HEAD~2")

    assert "ProviderFailing" in stale
    assert told.startswith(LOST)
    assert any("ProviderFailing is lost" in each["description"] for each in quality)
    assert (folder / "review.md").read_text("utf-8").startswith(LOST)


LOST = "**checkout: alert ProviderFailing is lost"


def _github_review(folder: Path) -> str:
    """What the step of GitHub's workflow that follows the check leaves for the comment."""
    steps = loaded(folder / ".github/workflows/monitoring.yml")["jobs"]["check"]["steps"]
    (script,) = [step["run"] for step in steps if step.get("name") == "What the change means"]
    _run(folder, *_shell(script), BASE="HEAD~1", NUMBER="12", WATCHWRIGHT=str(ROOT))
    assert "12\n" == (folder / "review/number").read_text()
    return (folder / "review/review.md").read_text("utf-8")


def _gitlab_check(folder: Path, *, fails: bool = False, **about: str) -> list[Any]:
    """The report of GitLab's job on the quality of code; the distribution is not asked for its packages."""
    script = "\n".join(loaded(folder / ".gitlab-ci.yml")["check"]["script"][1:])
    _run(folder, *_shell(script), fails=fails, WATCHWRIGHT=str(ROOT), **about)
    assert (folder / "review.md").is_file()
    found: list[Any] = json.loads((folder / "quality.json").read_text("utf-8"))
    return found


def _shell(script: str) -> tuple[str, ...]:
    """As runners of both forges run a script."""
    return ("bash", "-e", "-o", "pipefail", "-c", script)


def _promtool() -> Path:
    return next(iter(sorted((ROOT / ".tools").rglob("bin/promtool"))), None) or next(
        iter(sorted((ROOT / ".tools").rglob("promtool")))
    )


def _make(folder: Path, *arguments: str, fails: bool = False) -> str:
    return _run(folder, "make", *arguments, f"WATCHWRIGHT={ROOT}", fails=fails)


def _commit(folder: Path, message: str) -> None:
    _run(folder, "git", "add", "--all")
    _run(folder, "git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message", message)


def _run(folder: Path, *command: str, fails: bool = False, **about: str) -> str:
    environment = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV", "MAKEFLAGS")
    } | about
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert fails is bool(done.returncode), done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout + done.stderr

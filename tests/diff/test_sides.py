"""What is compared: revisions, folders, environments; old code runs in a process of its own, or not at all."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from workbench import SHOP, Repository, by_environment

LOOSER = ("failing > 1", "failing > 5")


def git(repository: Repository, *arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *identity, "-C", str(repository.root), *arguments], check=True, capture_output=True)


def committed(repository: Repository, message: str = "one") -> None:
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", message)


@pytest.fixture
def shop(repository: Repository) -> Repository:
    """A repository of Git, with one commit."""
    repository.write("systems/shop.py", SHOP)
    git(repository, "init", "--quiet")
    committed(repository)
    return repository


def test_the_working_definitions_are_compared_with_the_last_commit(shop: Repository) -> None:
    shop.write("systems/shop.py", SHOP.replace(*LOOSER))

    result = shop.run("diff")

    assert 0 == result.exit_code, result.stderr
    assert "shop: alert OrdersFail is quieter: above 5, was 1." == result.stdout.splitlines()[0]


def test_the_exit_code_says_whether_anything_changed(shop: Repository) -> None:
    settled = shop.run("diff", "--exit-code")
    shop.write("systems/shop.py", SHOP.replace(*LOOSER))

    assert (0, 1) == (settled.exit_code, shop.run("diff", "--exit-code").exit_code)


def test_two_revisions_and_folders_are_compared(shop: Repository, tmp_path: Path) -> None:
    """In either order."""
    shop.write("systems/shop.py", SHOP.replace(*LOOSER))
    committed(shop, "two")
    folder = tmp_path / "elsewhere"
    subprocess.run(["git", "clone", "--quiet", str(shop.root), str(folder)], check=True, capture_output=True)
    shop.write("systems/shop.py", SHOP)

    assert "is quieter" in shop.run("diff", "HEAD~1", "HEAD").stdout
    assert "is louder" in shop.run("diff", "HEAD", "HEAD~1").stdout
    assert "is louder" in shop.run("diff", str(folder)).stdout


def test_a_repository_below_another_folder_is_found(tmp_path: Path) -> None:
    """A monorepo, with the monitoring in a folder of it."""
    root = tmp_path / "monorepo"
    (root / "monitoring").mkdir(parents=True)
    inner = Repository(root / "monitoring")
    inner.write("systems/shop.py", SHOP)
    subprocess.run(["git", "init", "--quiet", str(root)], check=True, capture_output=True)
    committed(inner)
    inner.write("systems/shop.py", SHOP.replace(*LOOSER))

    assert "is quieter" in inner.run("diff").stdout


def test_old_code_runs_in_a_process_of_its_own(shop: Repository) -> None:
    """What it does to its process is not done to ours."""
    shop.write("systems/shop.py", f"import sys\nsys.setrecursionlimit(4321)\n{SHOP}")
    committed(shop, "two")
    shop.write("systems/shop.py", SHOP.replace(*LOOSER))

    import sys  # noqa: PLC0415 - asked for its state here

    before = sys.getrecursionlimit()
    assert "is quieter" in shop.run("diff").stdout
    assert before == sys.getrecursionlimit()


def test_old_definitions_that_do_not_load_are_read_back_from_what_was_rendered(shop: Repository) -> None:
    """Of both sides then, so that nothing is told but what changed."""
    shop.run("render", "--no-verify")
    shop.write("systems/shop.py", SHOP.replace("import Alert", "import Alarm, Alert"))
    committed(shop, "two")
    shop.write("systems/shop.py", SHOP)
    same = shop.run("diff").stdout
    shop.write("systems/shop.py", SHOP.replace(*LOOSER))
    looser = shop.run("diff").stdout

    assert same.startswith("Nothing changes.\n")
    assert looser.startswith("shop: alert OrdersFail is quieter: above 5, was 1.\n")
    assert "The definitions of HEAD do not load (systems/shop.py:3" in looser


def test_where_neither_is_there_that_is_a_finding(shop: Repository) -> None:
    shop.write("systems/shop.py", SHOP.replace("import Alert", "import Alarm, Alert"))
    committed(shop, "two")
    shop.write("systems/shop.py", SHOP)

    result = shop.run("diff")

    assert 1 == result.exit_code
    assert "error: the definitions of `HEAD` do not load" in result.stderr
    assert "[diff/unreadable]" in result.stderr


@pytest.mark.parametrize("name", ["no-such-branch", "--output=/tmp/x", "HEAD~99"])
def test_what_is_no_revision_is_a_finding(shop: Repository, name: str) -> None:
    result = shop.run("diff", "--", name)

    assert 1 == result.exit_code
    assert "[diff/unknown]" in result.stderr


def test_before_the_first_definition_there_is_nothing(repository: Repository) -> None:
    """All of it is new then."""
    git(repository, "init", "--quiet")
    repository.write("README.md", "Nothing yet.\n")
    committed(repository)
    repository.write("systems/shop.py", SHOP)

    assert "1 change, and none needs attention." == repository.run("diff").stdout.splitlines()[0]


def test_working_definitions_that_do_not_load_say_why(shop: Repository) -> None:
    shop.write("systems/shop.py", SHOP.replace("import Alert", "import Alarm, Alert"))

    result = shop.run("diff")

    assert 1 == result.exit_code
    assert "[load/import]" in result.stderr


def test_two_environments_are_compared(shop: Repository) -> None:
    """What differs between them is one command away."""
    shop.write("systems/shop.py", by_environment(SHOP.replace("failing > 1", "failing > env.pick(1, staging=20)")))
    shop.write("pyproject.toml", '[tool.watchwright]\nenvironments = ["production", "staging"]\n')

    result = shop.run("diff", "--environments", "production", "staging")

    assert "shop: alert OrdersFail is quieter: above 20, was 1." == result.stdout.splitlines()[0]
    assert 2 == shop.run("diff", "--environments", "production", "moon").exit_code
    assert 2 == shop.run("diff", "HEAD", "--environments", "production", "staging").exit_code


def test_an_environment_is_compared_with_itself(shop: Repository) -> None:
    shop.write("systems/shop.py", by_environment(SHOP.replace("failing > 1", "failing > env.pick(1, staging=20)")))
    shop.write("pyproject.toml", '[tool.watchwright]\nenvironments = ["production", "staging"]\n')
    committed(shop, "two")
    module = by_environment(SHOP.replace("failing > 1", "failing > env.pick(1, staging=30)"))
    shop.write("systems/shop.py", module)

    assert "Nothing changes.\n" == shop.run("diff").stdout
    assert "above 30, was 20" in shop.run("diff", "-e", "staging").stdout


def test_programs_get_json(shop: Repository) -> None:
    shop.write("systems/shop.py", SHOP.replace(*LOOSER))

    (change,) = json.loads(shop.run("diff", "--format", "json").stdout)["changes"]

    assert ("alert/threshold", True, "systems/shop.py") == (change["id"], change["attention"], change["file"])


def test_a_change_of_a_metric_is_not_felt_by_a_system_that_has_one_of_that_name(shop: Repository) -> None:
    """It reads its own: selectors are scoped by jobs."""
    shop.write("systems/stall.py", SHOP.replace('"shop"', '"stall"').replace('"Shop"', '"Stall"'))
    committed(shop, "a stall")
    bare = SHOP.replace('labels=[Label("result", values=["paid", "failed"])]', "labels=[]")
    shop.write("systems/shop.py", bare.replace('.where(result="failed")', ""))

    said = shop.run("diff").stdout

    assert "has no label result any more" in said
    assert "OrdersFail of shop" in said
    assert "of stall" not in said

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

    assert "Nothing changes in what is rendered." == same.splitlines()[2]
    assert "shop: alert OrdersFail is quieter: above 5, was 1." == looser.splitlines()[2]
    assert looser.startswith("The definitions of HEAD do not load (systems/shop.py:3")


def test_what_is_compared_with_rendered_files_is_rendered_itself(shop: Repository, tmp_path: Path) -> None:
    """A revision and a folder, too: else all that no rendered file says were a change."""
    shop.run("render", "--no-verify")
    shop.write("systems/shop.py", SHOP.replace("import Alert", "import Alarm, Alert"))
    committed(shop, "it does not load")
    shop.write("systems/shop.py", SHOP.replace(*LOOSER))
    committed(shop, "it loads")
    folder = tmp_path / "elsewhere"
    subprocess.run(["git", "clone", "--quiet", str(shop.root), str(folder)], check=True, capture_output=True)

    for before, after, said in (("HEAD~1", "HEAD", "quieter"), ("HEAD", "HEAD~1", "louder")):
        found = json.loads(shop.run("diff", before, after, "--format", "json").stdout)
        assert [f"is {said}"] == [each["said"].partition(":")[0] for each in found["changes"]]
    found = json.loads(shop.run("diff", "HEAD~1", str(folder), "--format", "json").stdout)
    assert ["alert/threshold"] == [each["id"] for each in found["changes"]]


def test_where_costs_are_not_known_that_is_said(shop: Repository) -> None:
    shop.run("render", "--no-verify")
    shop.write("systems/shop.py", SHOP.replace("import Alert", "import Alarm, Alert"))
    committed(shop, "two")
    shop.write("systems/shop.py", SHOP)

    assert "What it costs follows from definitions" in shop.run("diff", "--cost").stdout
    shop.write("pyproject.toml", '[tool.watchwright]\nenvironments = ["a"]\n')
    committed(shop, "three")
    shop.write("pyproject.toml", '[tool.watchwright]\nenvironments = ["a", "b"]\n')
    assert "What it costs is not compared" in shop.run("diff", "-e", "b", "--cost").stdout


def test_settings_that_are_none_are_those_of_their_side(shop: Repository) -> None:
    """Whoever mends them sees what that changes, where it was rendered; else the side is named."""
    shop.write("pyproject.toml", "[tool.watchwright\n")
    committed(shop, "two")
    shop.write("pyproject.toml", "[tool.watchwright]\n")
    alone = shop.run("diff")
    shop.run("render", "--no-verify")
    shop.write("pyproject.toml", "[tool.watchwright\n")
    committed(shop, "three")
    shop.write("pyproject.toml", "[tool.watchwright]\n")
    rendered = shop.run("diff")

    assert "error: the definitions of `HEAD` do not load: pyproject.toml:1 pyproject.toml is no TOML" in alone.stderr
    assert rendered.stdout.startswith("The definitions of HEAD do not load (pyproject.toml:1 pyproject.toml is no TOML")


def test_one_error_that_several_modules_meet_is_told_once(shop: Repository) -> None:
    shop.write("systems/shop.py", f"{SHOP}\nraise ValueError('closed')\n")
    shop.write("systems/stall.py", "from .shop import orders\n")
    committed(shop, "two")
    shop.write("systems/shop.py", SHOP)

    assert 1 == shop.run("diff").stderr.count("ValueError: closed")


@pytest.mark.parametrize("text", ["}{", "- a list\n", "groups: [{rules: [{}]}]\n"])
def test_rendered_files_that_somebody_changed_are_a_finding(shop: Repository, text: str) -> None:
    """They are read, and not believed to be ours."""
    shop.run("render", "--no-verify")
    shop.write("rules/shop/alerting.yaml", text)
    shop.write("systems/shop.py", SHOP.replace("import Alert", "import Alarm, Alert"))
    committed(shop, "two")
    shop.write("systems/shop.py", SHOP)

    assert "what was rendered of them cannot be read" in shop.run("diff").stderr


def test_where_neither_is_there_that_is_a_finding(shop: Repository) -> None:
    shop.write("systems/shop.py", SHOP.replace("import Alert", "import Alarm, Alert"))
    committed(shop, "two")
    shop.write("systems/shop.py", SHOP)

    result = shop.run("diff")

    assert 1 == result.exit_code
    assert "error: the definitions of `HEAD` do not load" in result.stderr
    assert "[diff/unreadable]" in result.stderr


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("no-such-branch", "fetch it first, where it was made in another clone"),
        ("--output=/tmp/x", "fetch it first"),
        ("HEAD~99", "fetch it first"),
        ("main...HEAD", "name the two: `watchwright diff main HEAD`"),
        ("./nowhere", "there is no such folder"),
        ("systems", "name the folder that holds pyproject.toml"),
        (".", ""),
    ],
)
def test_what_is_no_revision_is_a_finding(
    shop: Repository, name: str, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder without definitions is none either, whatever is above it."""
    (shop.root / "empty").mkdir()
    monkeypatch.chdir(shop.root / "empty" if name == "." else shop.root)
    result = shop.run("diff", "--", name)

    assert 1 == result.exit_code
    assert "[diff/unknown]" in result.stderr
    assert hint in result.stderr


def test_what_might_help_depends_on_what_is_there(repository: Repository, tmp_path: Path) -> None:
    repository.write("systems/shop.py", SHOP)
    without = repository.run("diff").stderr
    git(repository, "init", "--quiet")
    uncommitted = repository.run("diff").stderr
    committed(repository)
    repository.write("README.md", "Two.\n")
    committed(repository, "two")
    shallow = tmp_path / "shallow"
    command = ["git", "clone", "--quiet", "--depth=1", f"file://{repository.root}", str(shallow)]
    subprocess.run(command, check=True, capture_output=True)

    assert "hint: without one, folders are compared" in without
    assert "hint: commit first" in uncommitted
    assert "hint: fetch it first\n" in Repository(shallow).run("diff", "HEAD~1").stderr


def test_a_name_of_both_is_the_revision(shop: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is that of the working directory, by a path that no revision has."""
    git(shop, "checkout", "--quiet", "-b", "docs")
    shop.write("systems/shop.py", SHOP.replace(*LOOSER))
    committed(shop, "two")
    git(shop, "checkout", "--quiet", "-")
    shop.write("docs/systems/shop.py", SHOP)
    monkeypatch.chdir(shop.root)

    assert "is louder" in shop.run("diff", "docs").stdout
    assert "Nothing changes.\n" == shop.run("diff", "./docs").stdout
    assert "Nothing changes.\n" == shop.run("diff", "docs/").stdout


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

    assert "staging: shop: alert OrdersFail is quieter: above 30, was 20." == shop.run("diff").stdout.splitlines()[0]
    assert "Nothing changes.\n" == shop.run("diff", "-e", "production").stdout
    assert shop.run("diff", "-e", "staging").stdout.startswith("shop: alert OrdersFail is quieter: above 30, was 20.")
    assert 2 == shop.run("diff", "-e", "moon").exit_code
    assert 2 == shop.run("diff", "-e", "staging", "--environments", "production", "staging").exit_code


def test_what_changes_in_all_environments_is_said_once(shop: Repository) -> None:
    shop.write("pyproject.toml", '[tool.watchwright]\nenvironments = ["production", "staging"]\n')
    committed(shop, "two")
    shop.write("systems/shop.py", SHOP.replace(*LOOSER))

    found = json.loads(shop.run("diff", "--cost", "--format", "json").stdout)

    assert ["production", "staging"] == found["environments"]
    assert [("alert/threshold", None)] == [(each["id"], each["environments"]) for each in found["changes"]]
    assert 1 == len(found["notes"])


def test_what_is_said_of_all_environments_may_differ_in_its_lines(shop: Repository) -> None:
    """Which say of which they are: an alert with a threshold of staging's own is lost once."""
    module = by_environment(SHOP.replace("failing > 1", "failing > env.pick(1, staging=20)"))
    shop.write("systems/shop.py", module)
    shop.write("pyproject.toml", '[tool.watchwright]\nenvironments = ["production", "staging"]\n')
    committed(shop, "two")
    shop.write(
        "systems/shop.py", module.replace("alerts=[orders_fail],\n", "", 1).replace(", alerts=[orders_fail]", "")
    )

    found = json.loads(shop.run("diff", "--format", "json").stdout)["changes"]
    (lost,) = [each for each in found if each["id"] == "alert/lost"]

    assert lost["environments"] is None
    assert [("production", "> 1"), ("staging", "> 20")] == [
        (line.partition(": ")[0], line[-len("> 20") :].strip()) for line in lost["before"]
    ]


def test_an_environment_that_is_new_or_gone_is_a_change(shop: Repository) -> None:
    """It is never compared with another; their order is none."""
    shop.write(
        "systems/shop.py", by_environment(SHOP.replace("failing > 1", 'failing > (20 if env.name == "b" else 1)'))
    )
    shop.write("pyproject.toml", '[tool.watchwright]\nenvironments = ["a", "b"]\n')
    committed(shop, "two")
    said = {}
    for names in ('"b", "a"', '"a"', '"a", "b", "c"', ""):
        shop.write("pyproject.toml", f"[tool.watchwright]\nenvironments = [{names}]\n")
        said[names] = shop.run("diff").stdout.splitlines()[0]
    shop.write("pyproject.toml", '[tool.watchwright]\nenvironments = ["a", "c"]\n')

    assert {
        '"b", "a"': "Nothing changes.",
        '"a"': "environment b is gone, with all in it.",
        '"a", "b", "c"': "1 change, and none needs attention.",
        "": "environment a is gone, and compared with what is for no environment in particular; "
        "1 more needs attention; 1 other change.",
    } == said
    assert "  + environment c is new\n" in shop.run("diff", "-e", "c").stdout
    assert "  ! environment b is gone, with all in it\n" in shop.run("diff", "-e", "b").stdout


def test_one_environment_with_a_name_is_read_back_from_where_it_is_rendered(shop: Repository) -> None:
    """It has no folder of its own."""
    shop.write("pyproject.toml", '[tool.watchwright]\nenvironments = ["production"]\n')
    shop.run("render", "--no-verify")
    shop.write("systems/shop.py", SHOP.replace("import Alert", "import Alarm, Alert"))
    committed(shop, "two")
    shop.write("systems/shop.py", SHOP)

    assert "Nothing changes in what is rendered." in shop.run("diff").stdout


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


def test_what_is_no_part_stands_where_its_system_is_defined(shop: Repository) -> None:
    """Its owner, a board that is gone; and a system that is gone where it was."""
    shop.write("systems/stall.py", SHOP.replace('"shop"', '"stall"').replace('"Shop"', '"Stall"'))
    committed(shop, "a stall")
    (shop.root / "systems/stall.py").unlink()
    shop.write("systems/shop.py", SHOP.replace('owner="sales"', 'owner="logistics"'))
    found = json.loads(shop.run("diff", "--format", "json").stdout)["changes"]
    line = SHOP.splitlines().index("shop = System(") + 1

    assert {
        ("system/owner", "systems/shop.py", line, "after"),
        ("system/gone", "systems/stall.py", line, "before"),
    } == {(each["id"], each["file"], each["line"], each["side"]) for each in found}


# How Git is asked -----------------------------------------------------------------------------------------


def test_what_git_warns_of_is_no_answer_of_it(shop: Repository) -> None:
    """A name that is a tag and a branch."""
    shop.write(
        "systems/platform.py",
        "from watchwright import Platform, definition\n\n\n@definition\ndef platform(env):\n"
        '    return Platform(external_labels={"environment": env.name})\n',
    )
    shop.write("pyproject.toml", '[tool.watchwright]\nenvironments = ["production"]\n')
    committed(shop, "two")
    git(shop, "tag", "v1")
    git(shop, "branch", "v1")

    assert "Nothing changes.\n" == shop.run("diff", "v1").stdout


@pytest.mark.parametrize("systems", [".", "../defs"])
def test_definitions_are_where_the_settings_say(tmp_path: Path, systems: str) -> None:
    """The repository's own folder, or one beside it in a monorepo."""
    (tmp_path / "monorepo/monitoring").mkdir(parents=True)
    inner = Repository(tmp_path / "monorepo/monitoring")
    inner.write("pyproject.toml", f'[tool.watchwright]\nsystems = "{systems}"\noutput = "out"\n')
    inner.write(f"{systems}/shop.py", SHOP)
    subprocess.run(["git", "init", "--quiet", str(tmp_path / "monorepo")], check=True, capture_output=True)
    git(inner, "add", "--all", "..")
    git(inner, "commit", "--quiet", "--message", "one")
    inner.write(f"{systems}/shop.py", SHOP.replace(*LOOSER))

    (change,) = json.loads(inner.run("diff", "--format", "json").stdout)["changes"]
    path = f"{systems}/shop.py".removeprefix("./")
    note = inner.run("diff", "--format", "github").stdout

    assert ("alert/threshold", path) == (change["id"], change["file"])
    assert f"file={'defs' if systems == '../defs' else 'monitoring'}/shop.py,line=" in note


def test_a_revision_has_all_that_definitions_read(shop: Repository) -> None:
    """Files beside them, whatever archives leave out; and what is said of them names no folder of ours."""
    reading = 'from pathlib import Path\n\nlimit = (Path(__file__).parents[1] / "limit.txt").read_text()\n'
    shop.write("systems/shop.py", reading + SHOP.replace("failing > 1", "failing > float(limit)"))
    shop.write("limit.txt", "1")
    shop.write(".gitattributes", "systems export-ignore\nlimit.txt export-ignore\n")
    committed(shop, "two")
    shop.write("limit.txt", "5")
    found = shop.run("diff").stdout
    git(shop, "rm", "--quiet", "--cached", "limit.txt")
    git(shop, "commit", "--quiet", "--message", "it is lost")
    lost = shop.run("diff").stderr

    assert found.startswith("shop: alert OrdersFail is quieter: above 5, was 1.")
    assert "No such file or directory: 'limit.txt'" in lost


def test_links_lead_where_they_lead_in_a_checkout(shop: Repository) -> None:
    """One that leads nowhere is what it is there: of definitions a finding, elsewhere nothing."""
    shop.write("shared/stall.py", SHOP.replace('"shop"', '"stall"').replace('"Shop"', '"Stall"'))
    (shop.root / "systems/stall.py").symlink_to("../shared/stall.py")
    (shop.root / "absolute").symlink_to("/nowhere/at/all")
    (shop.root / "outside").symlink_to("../../outside")
    committed(shop, "links")
    same = shop.run("diff").stdout
    (shop.root / "systems/void.py").symlink_to("/nowhere/void.py")
    committed(shop, "a link to nowhere")
    (shop.root / "systems/void.py").unlink()

    assert "Nothing changes.\n" == same
    assert "[diff/unreadable]" in shop.run("diff").stderr


def test_definitions_outside_of_git_are_a_finding(shop: Repository, tmp_path: Path) -> None:
    (tmp_path / "defs").mkdir()
    (tmp_path / "defs/shop.py").write_text(SHOP, "utf-8")
    shop.write("pyproject.toml", '[tool.watchwright]\nsystems = "../defs"\n')
    committed(shop, "two")

    assert "`systems` names a folder outside of what Git keeps [diff/unreadable]" in shop.run("diff").stderr


def test_output_outside_of_git_is_nobodys_definition(shop: Repository) -> None:
    shop.write("pyproject.toml", '[tool.watchwright]\noutput = "../elsewhere"\n')
    committed(shop, "two")
    shop.write("systems/shop.py", SHOP.replace(*LOOSER))

    assert "is quieter" in shop.run("diff").stdout

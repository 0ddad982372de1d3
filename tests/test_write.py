"""Output folders become what was rendered, and nothing that is not ours is ever touched."""

import fcntl
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from watchwright.backends.artifact import Artifact
from watchwright.finding import Failed
from watchwright.write import apply, plan_writes

HEADER = "# watchwright wrote the files listed here, and may change or delete them\n"


def write(root: Path, files: dict[str, str], keep=()) -> None:
    apply(plan(root, files, keep))


def plan(root: Path, files: dict[str, str], keep=()):
    return plan_writes(root, [Artifact(path, text) for path, text in files.items()], keep=keep)


def put(root: Path, path: str, text: str = "theirs\n") -> Path:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, "utf-8")
    return root / path


def on_disk(root: Path) -> dict[str, str]:
    """Every file with its text, without our lists."""
    files = (path for path in root.rglob("*") if path.is_file() and path.name != ".watchwright")
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in files}


def refusal(root: Path, files: dict[str, str], keep=()):
    with pytest.raises(Failed) as failed:
        write(root, files, keep)
    return [(finding.id, finding.message) for finding in failed.value.findings]


RULES = {"rules/prometheus.yml": "a: 1\n", "rules/shop/alerting.yaml": "groups: []\n", "dashboards/shop/a.json": "{}\n"}


def test_what_is_rendered_is_written_and_listed(tmp_path):
    write(tmp_path, RULES)

    assert RULES == on_disk(tmp_path)
    assert f"{HEADER}prometheus.yml\nshop/alerting.yaml\n" == (tmp_path / "rules/.watchwright").read_text()
    assert f"{HEADER}shop/a.json\n" == (tmp_path / "dashboards/.watchwright").read_text()


def test_a_second_run_changes_nothing_and_opens_nothing(tmp_path):
    write(tmp_path, RULES)
    for path in tmp_path.rglob("*"):
        os.utime(path, (1, 1))
    changes = plan(tmp_path, RULES)
    apply(changes)

    assert not changes
    assert sorted(RULES) == sorted(changes.unchanged)
    assert {1} == {path.stat().st_mtime for path in tmp_path.rglob("*")}


def test_created_changed_and_deleted_are_told_apart(tmp_path):
    write(tmp_path, {"rules/a": "1\n", "rules/b": "1\n", "rules/old/c": "1\n"})
    changes = plan(tmp_path, {"rules/a": "1\n", "rules/b": "2\n", "rules/new/d": "1\n"})

    assert changes
    assert ["rules/new/d"] == [each.path for each in changes.created]
    assert ["rules/b"] == [each.path for each in changes.changed]
    assert ["rules/old/c"] == [each.path for each in changes.deleted]
    assert ("rules/a",) == changes.unchanged

    apply(changes)
    assert {"rules/a": "1\n", "rules/b": "2\n", "rules/new/d": "1\n"} == on_disk(tmp_path)
    assert not (tmp_path / "rules/old").exists()


def test_planning_touches_nothing(tmp_path):
    plan(tmp_path / "out", RULES)

    assert [] == list(tmp_path.iterdir())


def test_a_file_that_is_not_ours_is_neither_changed_nor_deleted(tmp_path):
    write(tmp_path, {"rules/old/a": "1\n"})
    put(tmp_path, "rules/old/notes")
    put(tmp_path, "rules/prometheus.yml")

    message = "`rules/prometheus.yml` exists, and is not listed in `rules/.watchwright`: it is not ours to change"
    assert [("write/foreign", message)] == refusal(tmp_path, RULES)
    assert {"rules/old/a": "1\n", "rules/old/notes": "theirs\n", "rules/prometheus.yml": "theirs\n"} == on_disk(
        tmp_path
    )

    write(tmp_path, {"rules/new": "1\n"})
    assert {"rules/new": "1\n", "rules/old/notes": "theirs\n", "rules/prometheus.yml": "theirs\n"} == on_disk(tmp_path)


def test_our_file_edited_by_hand_is_ours(tmp_path):
    write(tmp_path, RULES)
    put(tmp_path, "rules/prometheus.yml", "edited\n")
    write(tmp_path, RULES)

    assert RULES == on_disk(tmp_path)


def test_a_lost_list_is_mended_from_files_that_are_the_same(tmp_path):
    write(tmp_path, RULES)
    (tmp_path / "rules/.watchwright").unlink()
    changes = plan(tmp_path, RULES)
    apply(changes)

    assert not changes
    assert "shop/alerting.yaml" in (tmp_path / "rules/.watchwright").read_text()


def test_a_merged_list_is_read_whatever_the_merge_left(tmp_path):
    write(tmp_path, {"rules/a": "1\n", "rules/b": "1\n", "rules/c": "1\n"})
    merged = f"{HEADER}a\na\r\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other branch\n\ngone/away\n"
    put(tmp_path, "rules/.watchwright", merged)
    write(tmp_path, {"rules/a": "2\n"})

    assert {"rules/a": "2\n"} == on_disk(tmp_path)
    assert f"{HEADER}a\n" == (tmp_path / "rules/.watchwright").read_text()


@pytest.mark.parametrize("line", ["../outside", "/etc/passwd", "a/../../b", "a//b", ".", "\udcff"])
def test_a_list_that_leads_outside_is_refused(tmp_path, line):
    outside = put(tmp_path, "outside")
    put(tmp_path, "rules/a")
    (tmp_path / "rules/.watchwright").write_bytes((HEADER + line + "\n").encode("utf-8", "surrogateescape"))

    assert ["write/manifest"] == [id_ for id_, _ in refusal(tmp_path, {"rules/b": "1\n"})]
    assert outside.exists()


def test_a_list_of_somebody_else_is_not_ours(tmp_path):
    put(tmp_path, "rules/.watchwright", "theirs\n")
    put(tmp_path, "rules/theirs")
    assert ["write/foreign"] == [id_ for id_, _ in refusal(tmp_path, {"rules/a": "1\n"})]

    write(tmp_path, {"dashboards/a": "1\n"})
    assert (tmp_path / "rules/theirs").exists()


def test_a_folder_to_which_nothing_is_rendered_any_more_goes_with_its_list(tmp_path):
    write(tmp_path, RULES)
    write(tmp_path, {"rules/a": "1\n"})
    assert ["rules"] == [path.name for path in tmp_path.iterdir()]

    put(tmp_path, "rules/notes")
    write(tmp_path, {})
    assert ["rules/notes"] == [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()]


def test_rendering_one_environment_leaves_the_others_alone(tmp_path):
    both = {
        "rules/staging/a": "1\n",
        "rules/staging/b": "1\n",
        "rules/production/a": "1\n",
        "jaeger/production/s": "1\n",
    }
    write(tmp_path, both)
    write(tmp_path, {"rules/staging/a": "2\n"}, keep=["production"])

    assert {**both, "rules/staging/a": "2\n"}.keys() - {"rules/staging/b"} == on_disk(tmp_path).keys()
    assert f"{HEADER}production/a\nstaging/a\n" == (tmp_path / "rules/.watchwright").read_text()
    assert f"{HEADER}production/s\n" == (tmp_path / "jaeger/.watchwright").read_text()


def test_an_environment_that_is_no_more_is_deleted(tmp_path):
    write(tmp_path, {"rules/staging/a": "1\n", "rules/production/a": "1\n"})
    write(tmp_path, {"rules/staging/a": "1\n"})

    assert {"rules/staging/a": "1\n"} == on_disk(tmp_path)


@pytest.mark.parametrize(
    "path",
    ["a", "/rules/a", "rules/../a", "../rules/a", "rules//a", "rules/./a", "rules/", "rules\\a/b", "rules/a\nb",
     "rules/#a", "rules/ a", "rules/a ", "rules/.watchwright", "rules/b/.watchwright-a.tmp", "rules/" + "a" * 250,
     "rules/\udcff", "rules/staging/a"],
)  # fmt: skip
def test_a_path_that_cannot_be_written_is_refused(tmp_path, path):
    assert ["write/path"] == [id_ for id_, _ in refusal(tmp_path, {path: "1\n"}, keep=["staging"])]
    assert [] == list(tmp_path.iterdir())


def test_text_with_half_a_character_is_refused(tmp_path):
    assert "lone surrogate" in refusal(tmp_path, {"rules/a": "\ud800"})[0][1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("rules/Shop", "rules/shop"),
        ("rules/Shop/a", "rules/shop/b"),
        ("rules/é", "rules/e\u0301"),
        ("rules/a", "rules/A/b"),
    ],
)
def test_paths_that_are_one_on_some_systems_are_refused(tmp_path, one, other):
    assert {"write/collision"} == {id_ for id_, _ in refusal(tmp_path, {one: "1\n", other: "1\n"})}


def test_one_path_twice_is_refused(tmp_path):
    with pytest.raises(Failed, match="claim one path"):
        plan_writes(tmp_path, [Artifact("rules/a", "1\n"), Artifact("rules/a", "1\n")])


def test_links_are_never_followed(tmp_path):
    outside = tmp_path / "outside"
    put(outside, "a")
    root = tmp_path / "root"
    (root / "rules").mkdir(parents=True)
    (root / "rules/shop").symlink_to(outside)
    (root / "rules/a").symlink_to(outside / "a")
    (root / "dashboards").symlink_to(outside)

    assert ["write/blocked"] * 2 == [id_ for id_, _ in refusal(root, {"rules/shop/a": "1\n", "rules/a": "1\n"})]
    assert ["write/blocked"] == [id_ for id_, _ in refusal(root, {"dashboards/a": "1\n"})]
    assert {"a": "theirs\n"} == on_disk(outside)


def test_a_link_in_place_of_what_was_ours_is_left_alone(tmp_path):
    root, outside = tmp_path / "root", tmp_path / "outside"
    write(root, {"rules/shop/a": "1\n", "rules/b": "1\n"})
    (root / "rules/shop").rename(outside)
    (root / "rules/shop").symlink_to(outside)
    write(root, {"rules/b": "1\n"})

    assert {"a": "1\n"} == on_disk(outside)
    assert (root / "rules/shop").is_symlink()


def test_folders_and_files_in_each_others_place_are_refused_all_at_once(tmp_path):
    (tmp_path / "rules/a").mkdir(parents=True)
    put(tmp_path, "rules/b")
    os.mkfifo(tmp_path / "rules/d")
    found = refusal(tmp_path, {"rules/a": "1\n", "rules/b/c": "1\n", "rules/d": "1\n"})

    assert ["write/blocked"] * 3 == [id_ for id_, _ in found]


def test_leftovers_of_a_killed_run_are_removed(tmp_path):
    write(tmp_path, RULES)
    for path in ("rules/.watchwright-.watchwright.tmp", "rules/shop/.watchwright-alerting.yaml.tmp"):
        put(tmp_path, path)
    put(tmp_path, "rules/elsewhere/.watchwright-a.tmp")
    write(tmp_path, RULES)

    assert {*RULES, "rules/elsewhere/.watchwright-a.tmp"} == on_disk(tmp_path).keys()


def test_files_may_be_read_by_all_as_far_as_the_umask_allows(tmp_path):
    before = os.umask(0o027)
    try:
        write(tmp_path, {"rules/a": "1\n"})
    finally:
        os.umask(before)

    assert 0o640 == stat.S_IMODE((tmp_path / "rules/a").stat().st_mode)


def test_text_is_written_as_it_is(tmp_path):
    write(tmp_path, {"rules/a": "é\u2028\r\nno end"})

    assert "é\u2028\r\nno end".encode() == (tmp_path / "rules/a").read_bytes()


def test_another_writer_is_waited_out_and_not_overtaken(tmp_path):
    first, second = plan(tmp_path, {"rules/a": "1\n"}), plan(tmp_path, {"rules/b": "1\n"})
    apply(first)

    with pytest.raises(Failed, match="another run"):
        apply(second)
    assert {"rules/a": "1\n"} == on_disk(tmp_path)


def test_only_one_run_writes_at_a_time(tmp_path):
    changes = plan(tmp_path, {"rules/a": "1\n"})
    descriptor = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(Failed, match="another run"):
        apply(changes)
    os.close(descriptor)
    apply(changes)

    assert {"rules/a": "1\n"} == on_disk(tmp_path)


def test_the_diff_is_one_that_patch_reads(tmp_path):
    write(tmp_path, {"rules/b": "1\n2\n3\n", "rules/c": "gone\n"})
    changes = plan(tmp_path, {"rules/a": "new\u2028line", "rules/b": "1\n2\n4\n"})

    assert "".join(changes.unified()) == (
        "--- /dev/null\n+++ b/rules/a\n@@ -0,0 +1 @@\n+new\u2028line\n\\ No newline at end of file\n"
        "--- a/rules/b\n+++ b/rules/b\n@@ -1,3 +1,3 @@\n 1\n 2\n-3\n+4\n"
        "--- a/rules/c\n+++ /dev/null\n@@ -1 +0,0 @@\n-gone\n"
    )
    assert "\x1b[32m+4\x1b[0m\n" in list(changes.unified(colour=True))


def test_a_file_that_is_no_text_is_still_replaced_and_shown(tmp_path):
    write(tmp_path, {"rules/a": "1\n"})
    (tmp_path / "rules/a").write_bytes(b"\xff\n")
    changes = plan(tmp_path, {"rules/a": "\ufffd\n"})

    assert changes
    assert list(changes.unified())
    apply(changes)
    assert {"rules/a": "\ufffd\n"} == on_disk(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_seen_before_the_first_write(tmp_path):
    write(tmp_path, RULES)
    (tmp_path / "rules/shop").chmod(0o555)
    found = refusal(tmp_path, dict.fromkeys(RULES, "new\n"))

    assert [("write/failed", "`rules/shop`: no permission to write here")] == found
    assert RULES == on_disk(tmp_path)


FULL = """
import resource, sys
from pathlib import Path
from watchwright.backends.artifact import Artifact
from watchwright.finding import Failed
from watchwright.write import apply, plan_writes

resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    apply(plan_writes(Path(sys.argv[1]), [Artifact(f"rules/{name}", name * size) for name, size in
                                          [("a", 10), ("b", 10), ("c", 100_000), ("d", 10)]]))
except Failed as failed:
    print(*(f"{finding.id} {finding.message}" for finding in failed.findings))
"""


def test_a_file_that_the_disk_does_not_take_is_named_and_never_half_written(tmp_path):
    """
    A limit on the size of files fails as a full disk does: in the middle of a write.
    """
    write(tmp_path, {"rules/a": "old\n", "rules/c": "old\n", "rules/old": "old\n"})
    paths = {"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.environ["PATH"]}
    ran = subprocess.run([sys.executable, "-c", FULL, tmp_path], capture_output=True, text=True, env=paths, check=True)

    assert "write/failed `rules/c`: file too large" == ran.stdout.strip()
    assert {"rules/a": "a" * 10, "rules/b": "b" * 10, "rules/c": "old\n", "rules/old": "old\n"} == on_disk(tmp_path)

    write(tmp_path, {"rules/a": "1\n", "rules/d": "1\n"})
    assert {"rules/a": "1\n", "rules/d": "1\n"} == on_disk(tmp_path)

"""Judging tools are found in every version, bounded in time and output, and never left running."""

import os
import time
from pathlib import Path

import pytest

from watchwright.verify.tools import Command, Found, find, run, run_all


def fake(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def command(path: Path, *arguments: str, timeout: float = 10) -> Command:
    return Command(tool="fake 1.0", arguments=(str(path), *arguments), folder=path.parent, timeout=timeout)


@pytest.fixture
def no_path(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")


def version(text: str) -> str:
    return f"echo 'promtool, version {text} (branch: , revision: unknown)'"


@pytest.mark.usefixtures("no_path")
def test_every_version_below_the_folder_is_found_oldest_first(tmp_path):
    fake(tmp_path / "latest/promtool", version("3.14.0"))
    fake(tmp_path / "prometheus-2.42/usr/bin/promtool", version("2.42.0+ds"))
    fake(tmp_path / "bin/amtool", version("0.31.1"))

    assert ["promtool 2.42.0", "promtool 3.14.0"] == [str(tool) for tool in find("promtool", tmp_path).tools]


def test_a_tool_on_path_comes_after_the_folder_and_one_version_counts_once(tmp_path, monkeypatch):
    ours = fake(tmp_path / "tools/promtool", version("2.42.0"))
    fake(tmp_path / "path/promtool", version("2.42.0"))
    other = fake(tmp_path / "other/promtool", version("2.53.1"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:{tmp_path / 'other'}")

    assert [ours, other] == [tool.path for tool in find("promtool", tmp_path / "tools").tools]


@pytest.mark.usefixtures("no_path")
def test_a_link_to_a_tool_is_the_same_tool(tmp_path):
    real = fake(tmp_path / "a/promtool", version(""))
    (tmp_path / "b").mkdir()
    (tmp_path / "b/promtool").symlink_to(real)

    assert 1 == len(find("promtool", tmp_path).tools)


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("v0.314.0", "3.14.0"),
        ("v0.42.0", "2.42.0"),
        ("v0.305.1-0.20260101000000-abcdefabcdef", "3.5.1-0.20260101000000-abcdefabcdef"),
        ("(devel)", ""),
    ],
)
@pytest.mark.usefixtures("no_path")
def test_a_source_build_tells_its_version_by_the_module_in_the_binary(tmp_path, module, expected):
    """
    `go build` leaves the version empty; the module it was built from stays in the file.
    """
    fake(tmp_path / "promtool", version("") + f"\nexit 0\n\tmod\tgithub.com/prometheus/prometheus\t{module}\th1:x=")

    assert [expected] == [tool.version for tool in find("promtool", tmp_path).tools]


@pytest.mark.usefixtures("no_path")
def test_no_tool_is_no_finding(tmp_path):
    assert Found(()) == find("promtool", tmp_path / "nothing")


@pytest.mark.parametrize(
    ("script", "id_", "words"),
    [
        ("echo oh no; exit 3", "tool/failed", "exit code 3: oh no"),
        ("kill -SEGV $$", "tool/failed", "was killed by SIGSEGV"),
    ],
)
@pytest.mark.usefixtures("no_path")
def test_a_broken_tool_is_a_finding_and_the_others_still_judge(tmp_path, script, id_, words):
    fake(tmp_path / "a/promtool", script)
    fake(tmp_path / "b/promtool", version("2.42.0"))
    found = find("promtool", tmp_path)

    assert ["2.42.0"] == [tool.version for tool in found.tools]
    assert [id_] == [finding.id for finding in found.findings]
    assert words in found.findings[0].message


@pytest.mark.usefixtures("no_path")
def test_what_is_no_program_is_a_finding(tmp_path):
    (tmp_path / "promtool").write_bytes(b"\x7fELF nonsense")
    (tmp_path / "promtool").chmod(0o755)

    assert "does not start" in find("promtool", tmp_path).findings[0].message


def test_a_hanging_tool_is_killed_with_all_it_started(tmp_path):
    hanging = fake(tmp_path / "tool", "sleep 300 & echo $! > child; echo started; wait")
    begun = time.monotonic()
    outcome = run(command(hanging, "check", "rules", timeout=0.5))

    assert time.monotonic() - begun < 5
    assert ("tool/timeout", "started\n") == (outcome.trouble.id, outcome.output)
    assert "fake 1.0 did not end within 0.5 s: `check rules`" == outcome.trouble.message
    assert gone(int((tmp_path / "child").read_text()))


def test_a_tool_that_closes_its_output_and_stays_is_killed(tmp_path):
    outcome = run(command(fake(tmp_path / "tool", "exec >&- 2>&-; exec sleep 300"), timeout=0.5))

    assert "tool/timeout" == outcome.trouble.id


def test_a_tool_that_leaves_a_child_behind_does_not_hold_us_up_for_ever(tmp_path):
    outcome = run(command(fake(tmp_path / "tool", "sleep 300 &\necho done"), timeout=1))

    assert "done\n" == outcome.output


def test_a_flood_of_output_is_cut_and_ended(tmp_path):
    outcome = run(command(fake(tmp_path / "tool", "exec cat /dev/zero"), timeout=60))

    assert "said more than 8 MiB" in outcome.trouble.message
    assert len(outcome.trouble.message) < 1000
    assert len(outcome.output) <= 8 * 2**20


def test_a_tool_sees_no_secrets_and_no_input(tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    outcome = run(command(fake(tmp_path / "tool", "cat; env")))

    assert 0 == outcome.code
    assert "GITHUB_TOKEN" not in outcome.output
    assert "LANG=C\n" in outcome.output


def test_outcomes_come_in_the_order_of_the_commands(tmp_path):
    tool = fake(tmp_path / "tool", 'sleep "0.$1"; echo "$1"')

    assert ["3\n", "1\n", "2\n", "1\n"] == [each.output for each in run_all(command(tool, n) for n in "3121")]


def gone(pid: int) -> bool:
    """Whether a process has ended, though perhaps nobody has asked for its exit code."""
    for _ in range(50):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False

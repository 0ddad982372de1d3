"""What a person sees while it runs: colours on a terminal only, progress on what takes long, completion."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from watchwright.cli import main
from watchwright.report import coloured
from workbench import ROOT, SHOP, Repository

COMMAND = [sys.executable, "-c", "from watchwright.cli import main; main(prog_name='watchwright')"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "generator")}


def on_a_terminal(root: Path, **environment: str) -> bytes:
    """What `check` writes to a terminal."""
    ours, theirs = pty.openpty()
    command = [*COMMAND, "-C", str(root), "check", "--no-verify"]
    subprocess.run(command, env={**ENVIRONMENT, **environment}, stdout=theirs, stderr=theirs, check=False)
    os.close(theirs)
    with os.fdopen(ours, "rb") as stream:
        return stream.read1()


def test_colour_is_for_terminals_and_not_where_it_is_unwanted(shop: Repository) -> None:
    """https://no-color.org"""
    shop.write("systems/shop.py", SHOP.replace('severity="page"', 'severity="panic"'))

    assert b"\x1b[" in on_a_terminal(shop.root, NO_COLOR="")
    assert b"\x1b[" not in on_a_terminal(shop.root, NO_COLOR="1")
    assert "\x1b[" not in shop.run("check", "--no-verify").stderr
    assert not coloured(io.StringIO())


def test_what_a_definition_writes_cannot_drive_the_terminal(shop: Repository) -> None:
    """Escape sequences are shown, not obeyed."""
    shop.write("systems/shop.py", SHOP.replace('severity="page"', 'severity="\\x1b[31mpanic"'))

    assert "`\\x1b[31mpanic` is no severity" in shop.run("check", "--no-verify").stderr


@pytest.mark.parametrize(("arguments", "told"), [([], True), (["--quiet"], False), (["--json"], False)])
def test_what_takes_over_a_second_says_what_it_does(shop: Repository, arguments: list[str], told: bool) -> None:
    """Unless nobody wants to hear of it."""
    shop.write("pyproject.toml", "")
    slow = shop.write(
        ".tools/promtool",
        '#!/bin/sh\ncase "$1" in --version) echo "promtool, version 9.9.0";; *) /bin/sleep 2;; esac\n',
    )
    slow.chmod(0o755)

    result = subprocess.run(
        [*COMMAND, "-C", str(shop.root), "check", *arguments],
        env={**ENVIRONMENT, "PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert told == ("asking promtool 9.9.0 ..." in result.stderr)


def test_completion_knows_the_commands() -> None:
    """As the documentation says to set it up."""
    environment = {
        **ENVIRONMENT,
        "_WATCHWRIGHT_COMPLETE": "bash_complete",
        "COMP_WORDS": "watchwright re",
        "COMP_CWORD": "1",
    }
    result = subprocess.run(COMMAND, env=environment, capture_output=True, text=True, check=False)

    assert "plain,render\n" == result.stdout


def test_the_hooks_for_pre_commit_call_commands_that_exist() -> None:
    """Both of them."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))

    assert ["watchwright check", "watchwright stale"] == [hook["entry"] for hook in hooks]
    assert {"check", "diff"} <= set(main.commands)


@pytest.mark.parametrize("command", [["stale"], ["diff", "--environments", "one", "two"]])
def test_whoever_reads_the_output_may_stop(shop: Repository, command: list[str]) -> None:
    """As `head` does: quietly, for that is no fault of ours."""
    shop.write("pyproject.toml", '[tool.watchwright]\nenvironments = ["one", "two"]\n')
    reading, writing = os.pipe()
    os.close(reading)
    result = subprocess.run(
        [*COMMAND, "-C", str(shop.root), *command, "-q"],
        env=ENVIRONMENT,
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)

    assert (1, b"") == (result.returncode, result.stderr)

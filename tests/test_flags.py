"""Flags of Prometheus: the programs themselves say which there are, and what they take."""

from __future__ import annotations

import re
import subprocess

import pytest

from watchwright import Job, Platform, System
from watchwright.checks.flags import SWITCHES, VALUED, unknown
from watchwright.discovery import Static
from watchwright.lower.fleet import lower
from watchwright.model.environment import Environment
from watchwright.verify.tools import Tool


def said(program: Tool, *arguments: str) -> str:
    done = subprocess.run([program.path, *arguments], capture_output=True, text=True, check=False, timeout=30)
    return done.stdout + done.stderr


def listed(program: Tool) -> dict[str, bool]:
    """The flags that its help names, and whether they take a value."""
    flags = re.findall(r"^ {2,6}(?:-h, )?--(?:\[no-\])?([a-z][\w.-]*)(=?)", said(program, "--help"), re.MULTILINE)
    return {name: bool(value) for name, value in flags if name not in ("help", "version")}


def test_every_flag_of_a_prometheus_is_known(prometheuses: tuple[Tool, ...]) -> None:
    """With a value or without, as its own help has it."""
    for program in prometheuses:
        flags = listed(program)
        assert len(flags) > 30
        assert {name: name in VALUED for name in flags if name in VALUED or name in SWITCHES} == flags


def test_every_flag_that_is_known_is_one_of_a_prometheus(prometheuses: tuple[Tool, ...]) -> None:
    """Of one of them at least: hidden ones are in no help."""
    if len(prometheuses) < 2:
        pytest.skip("one Prometheus alone does not have all flags")
    hidden = {*SWITCHES, *VALUED}.difference(*map(listed, prometheuses))

    assert hidden
    for name in sorted(hidden):
        answers = [said(program, f"--{name}", "--version") for program in prometheuses]
        known = [each for each in answers if "unknown long flag" not in each]
        assert known, name
        assert (name in VALUED) == any("expected argument for flag" in each for each in known), name


@pytest.mark.parametrize(("version", "found"), [("2.42", 1), ("3.14", 1), ("3.15", 0)])
def test_of_a_newer_prometheus_nothing_is_known(version: str, found: int) -> None:
    platform = Platform(prometheus=version, flags={"web.brand-new": "", "no-web.enable-lifecycle": ""})
    system = System("shop", owner="sales", jobs=[Job("shop", Static(["a:1"]))])
    assert found == len(list(unknown(lower([system], platform, Environment()).fleet)))

"""Benchmarks print figures. What these are is for people to judge: no test fails on a time."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from workbench import ROOT


def test_the_benchmark_of_rendering_prints_figures_shares_and_goals() -> None:
    command = [sys.executable, str(ROOT / "tests/benchmarks/render.py"), "--no-verify", "--once", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    figures, shares, goals = done.stdout.split("\n\n")
    assert figures.splitlines()[1].split() == ["copies", "files", "time", "processor", "+1", "peak", "+1", "again"]
    assert re.fullmatch(r" +1 +\d+ +[\d.]+ s +[\d.]+ s +[\d.]+ MiB +[\d.]+ s", figures.splitlines()[2])
    stages = ["start-up", "load", "lower", "check", "backends", "verify", "write", "rest"]
    assert shares.splitlines()[1].split() == ["copies", "promtool", "time", "peak", *stages]
    told = re.findall(r"([\d.]+)%", shares.splitlines()[2])
    assert len(told) == len(stages)
    assert sum(map(float, told)) == pytest.approx(100, abs=0.5)
    assert len(goals.splitlines()) == 5
    assert all(line.endswith(("met", "missed", "not measured with these counts")) for line in goals.splitlines())


def test_the_benchmark_of_slos_prints_times_and_memory() -> None:
    command = [sys.executable, str(ROOT / "tests/benchmarks/slos.py"), "1", "3"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    heading, *lines = done.stdout.splitlines()
    assert ["SLOs", "time", "each", "more", "peak", "rules"] == heading.split()
    assert [("all", "1"), ("all", "3"), ("rules", "1"), ("rules", "3")] == [tuple(line.split()[:2]) for line in lines]


def test_the_benchmark_of_clusters_prints_sizes_and_ratios() -> None:
    command = [sys.executable, str(ROOT / "tests/benchmarks/clusters.py"), "2"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    heading, line, _, *goals = done.stdout.splitlines()
    assert [
        "systems",
        "without",
        "with",
        "ratio",
        "objects",
        "groups",
        "largest",
        "whole",
        "kubectl",
    ] == heading.split()
    # a rule object, a monitor and two boards each, and Jaeger's two
    assert ["2", "10", "8"] == [line.split()[index] for index in (0, 6, 7)]
    assert 4 == len(goals)

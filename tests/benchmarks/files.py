"""
How fast rule files are checked, beside `promtool check rules`: python tests/benchmarks/files.py [ALERTS ...].

Whole processes, each the best of three; the expressions are those of parse.py.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import yaml
from parse import expressions

ROOT = Path(__file__).parents[2]
_CLI = "from watchwright.cli import main; main(prog_name='watchwright')"


def rule_file(alerts: int) -> str:
    """A rule file in the style that people write."""
    rules = [
        {
            "alert": f"Alert{number}",
            "expr": expr,
            "for": "5m",
            "labels": {"severity": "page"},
            "annotations": {"summary": "{{ $labels.instance }} is at {{ $value | humanize }}"},
        }
        for number, expr in enumerate(expressions(alerts))
    ]
    return yaml.safe_dump({"groups": [{"name": "bench", "rules": rules}]}, sort_keys=False)


def promtool() -> str | None:
    """The newest of those at hand."""
    found = sorted(ROOT.glob(".tools/*/promtool"))
    return str(found[-1]) if found else shutil.which("promtool")


def best(command: Sequence[str]) -> tuple[float, float]:
    """Seconds by the clock, and of processors."""
    runs = []
    for _ in range(3):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, check=False, capture_output=True, env={"PYTHONPATH": str(ROOT / "generator")})
        elapsed, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        runs.append((elapsed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))
    return min(runs)


def main() -> None:
    """Print a line for each size."""
    judge = promtool()
    print(f"{'alerts':>8}{'watchwright':>14}{'processor':>12}{'promtool':>12}{'processor':>12}{'ratio':>8}")
    for alerts in [int(each) for each in sys.argv[1:]] or [1, 100, 1_000, 10_000]:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "rules.yaml"
            file.write_text(rule_file(alerts), "utf-8")
            ours = best([sys.executable, "-c", _CLI, "check", "--rules", str(file)])
            theirs = best([judge, "check", "rules", str(file)]) if judge else (float("nan"), float("nan"))
        times = f"{ours[0]:12.2f} s{ours[1]:10.2f} s{theirs[0]:10.2f} s{theirs[1]:10.2f} s"
        print(f"{alerts:8}{times}{ours[0] / theirs[0]:8.1f}")


if __name__ == "__main__":
    main()

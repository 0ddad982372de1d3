"""
How long SLOs take, and how much memory: python tests/benchmarks/slos.py [SLOS ...].

Whole processes in a temporary repository, each the best of three: the rules alone (`watchwright slos`), as generators of
rules write them, and everything beside them, tests, boards and runbooks (`watchwright render --no-verify`).
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from render import MIB, Run, fastest, measured

COUNTS = (1, 100, 1_000, 10_000)
#: Rendering writes some files for each SLO; more of them than that are left out
MOST_RENDERED = 1_000
#: The goal: seconds and bytes for so many
GOAL = (1_000, 2.0, 300 * MIB)
_CLI = "from watchwright.cli import main; main()"

_PLATFORM = """\
from watchwright import Platform

platform = Platform(scrape_interval="15s", retention="30d")
"""
_SYSTEM = """\
from watchwright import Counter, Job, Label, System, regex
from watchwright.discovery import Static
from watchwright.slo import Ratio, Slo

requests = Counter("http_requests_total", "Requests.", labels=[Label("code"), Label("handler")])


def of(handler: str) -> Slo:
    own = requests.where(handler=handler)
    return Slo(handler, objective=99.9, sli=Ratio(bad=own.where(code=regex("5..|429")), total=own))


shop = System("shop", owner="web", jobs=[Job("shop", Static(["a:80"]))], slos=[of(f"h{n}") for n in range({count})])
"""


def repository(root: Path, count: int) -> Path:
    """A repository with one system of so many SLOs."""
    folder = root / str(count)
    (folder / "systems").mkdir(parents=True)
    (folder / "pyproject.toml").touch()
    (folder / "systems/platform.py").write_text(_PLATFORM, "utf-8")
    (folder / "systems/shop.py").write_text(_SYSTEM.replace("{count}", str(count)), "utf-8")
    return folder


def _run(folder: Path, *command: str) -> Run:
    return measured("-c", _CLI, "-C", str(folder), *command, "-q")


def _line(name: str, count: int, run: Run, least: Run) -> str:
    each = (run.seconds - least.seconds) / max(count - 1, 1) * 1e3
    output = f"{len(run.output) / 1e6:9.2f} MB" if run.output else f"{'':>12}"
    return f"{name:>8}{count:>8}{run.seconds:>9.2f} s{each:>10.2f} ms{run.peak / MIB:>9.0f} MiB{output}"


def main(counts: Sequence[int]) -> None:
    """Print a line for each size, and whether the goal is met."""
    print(f"{'':>8}{'SLOs':>8}{'time':>11}{'each more':>13}{'peak':>13}{'rules':>12}")
    # the rules of ten thousand come last: the peak of a process is never less than what this one has held
    with tempfile.TemporaryDirectory() as root:
        _print("all", ("render", "--no-verify"), [each for each in counts if each <= MOST_RENDERED], Path(root))
        _print("rules", ("slos",), counts, Path(root))


def _print(name: str, command: Sequence[str], counts: Sequence[int], root: Path) -> None:
    least: Run | None = None
    for count in counts:
        folder = repository(root / name, count)
        run = fastest(3 if count <= MOST_RENDERED else 1, partial(_run, folder, *command))
        least = least or run
        print(_line(name, count, run, least), flush=True)
        goal, seconds, size = GOAL
        if name == "rules" and count == goal:
            met = "met" if run.seconds <= seconds and run.peak <= size else "missed"
            print(f"{'':>8}goal for {count}: {seconds:g} s and {size // MIB} MiB: {met}")


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or COUNTS)

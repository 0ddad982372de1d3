"""
How long `watchwright render` takes, and how much memory: python tests/benchmarks/render.py [-h] [COPIES ...].

Every figure is of a process of its own, from its start to its end, that renders copies of QuantaCirc in a temporary
repository. Goals are met or missed in print alone.
"""

from __future__ import annotations

import argparse
import json
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial, reduce, wraps
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
COUNTS = (1, 10, 100, 1000)
#: Seconds that promtool may be expected to take, going by what it took before; at first it is asked for so many copies
PATIENCE, AT_FIRST = 120, 10
#: So much more may a further copy cost than those before it, and growth is still called linear: no two runs are alike
LINEAR = 1.25
MIB = 1 << 20

# What the console script does, by the interpreter that runs this
_WATCHWRIGHT = ("-c", "from watchwright.cli import main; main()")
_CLOCKED = "--clocked"
_STARTED = "BENCHMARK_STARTED"
_TO_COMPARE = 3  # counts that make two steps
_STAGES = ("start-up", "load", "lower", "check", "backends", "verify", "write", "rest")
#: The name by which its caller knows each stage: wrapped there, and nothing in the package needs a clock
_SEAMS = (
    ("load", "pipeline", "load"),
    ("lower", "pipeline", "lower"),
    ("check", "checks", "run"),
    ("check", "cli.session", "unused"),
    ("backends", "pipeline", "artifacts"),
    ("verify", "cli.session", "Session._verify"),
    ("write", "cli.session", "plan_writes"),
    ("write", "cli.session", "apply"),
)


@dataclass(frozen=True)
class Run:
    """A process that ended well: its seconds, those of a processor, the bytes it held at most, and what it printed."""

    seconds: float
    processor: float
    peak: int
    output: str


@dataclass(frozen=True)
class Figures:
    """One count of copies, rendered to nothing, onto itself, and with a clock on the stages."""

    copies: int
    files: int
    first: Run
    again: Run
    clocked: Run
    verified: Run | None


# Processes --------------------------------------------------------------------------------------------


def measured(*arguments: str) -> Run:
    """
    A Python process from its start to its end; one that fails ends the benchmark.

    The peak is that of the largest process, itself or one that it started. Linux takes the size of the parent for the
    least, so nothing of the package is imported in this one.
    """
    started = time.monotonic()
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "generator"), _STARTED: str(started)}
    command = [sys.executable, *arguments]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        output = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"`{' '.join(arguments)}` ended with exit code {process.returncode}")
    processor = usage.ru_utime + usage.ru_stime
    return Run(seconds, processor, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024), output)


def fastest(times: int, run: Callable[[], Run]) -> Run:
    """The run that the rest of the machine disturbed least."""
    return min((run() for _ in range(times)), key=lambda each: each.seconds)


def clocked(arguments: Sequence[str]) -> None:
    """The command, in this process, with a clock on each stage; prints the seconds of each."""
    spent = dict.fromkeys(_STAGES, 0.0)
    for stage, module, name in _SEAMS:
        *classes, called = name.split(".")
        holder = reduce(getattr, classes, import_module(f"watchwright.{module}"))
        setattr(holder, called, _timed(getattr(holder, called), stage, spent))
    _import_what_is_late()
    main = import_module("watchwright.cli").main
    spent["start-up"] = time.monotonic() - float(os.environ[_STARTED])
    code = main(arguments, standalone_mode=False)
    print(json.dumps(spent))
    sys.exit(code)


def _import_what_is_late() -> None:
    """Checks and backends are imported when they are reached; here that is a part of the start-up, not of them."""
    for room in ("checks", "backends"):
        package = import_module(f"watchwright.{room}")
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            import_module(module.name)


def _timed(function: Callable[..., Any], stage: str, spent: dict[str, float]) -> Callable[..., Any]:
    @wraps(function)
    def timed(*args: Any, **kwargs: Any) -> Any:
        started = time.monotonic()
        try:
            return function(*args, **kwargs)
        finally:
            spent[stage] += time.monotonic() - started

    return timed


@contextmanager
def as_installed() -> Iterator[Path]:
    """
    The shipped systems, rendered; and for every process bytecode, as pip leaves it.

    A checkout has what bytecode earlier runs happened to write, or none where the environment forbids it. It is
    kept in a folder of its own; the first render, which is not counted, adds that of other packages.
    """
    with tempfile.TemporaryDirectory(prefix="watchwright-bench-") as folder, shipped() as root:
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        measured("-m", "compileall", "-q", str(ROOT / "generator"))
        _render(root, *_WATCHWRIGHT)
        yield root


# Repositories -----------------------------------------------------------------------------------------


@contextmanager
def shipped() -> Iterator[Path]:
    """A repository with the shipped systems, which does not last."""
    with tempfile.TemporaryDirectory(prefix="watchwright-bench-") as name:
        root = Path(name)
        shutil.copy(ROOT / "pyproject.toml", root)
        shutil.copytree(ROOT / "systems", root / "systems", ignore=shutil.ignore_patterns("__pycache__"))
        (root / ".tools").symlink_to(ROOT / ".tools")
        yield root


@contextmanager
def repository(copies: int) -> Iterator[Path]:
    """
    A repository with copies of QuantaCirc alone, which does not last.

    A copy is the text of its modules with another name wherever the name stands: in its jobs, scope, metrics, tests,
    boards and what it samples, where all must agree. A loop over `attrs.evolve` would have to know each of these
    places, and would leave out the loading of modules, which is a part of having a thousand systems.
    """
    with shipped() as root:
        for path in (root / "systems").iterdir():
            if "quantacirc" not in path.name and path.name not in ("platform.py", "_shared.py"):
                _remove(path)
        modules = {file.relative_to(root).as_posix(): file.read_text("utf-8") for file in root.glob("systems/**/*.py")}
        for module, text in modules.items():
            for number in range(2, copies + 1) if "quantacirc" in module else ():
                file = root / _renamed(module, number)
                file.parent.mkdir(exist_ok=True)
                file.write_text(_renamed(text, number), "utf-8")
        yield root


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _renamed(text: str, number: int) -> str:
    return re.sub("quantacirc", rf"\g<0>{number}", text, flags=re.IGNORECASE)


def outputs(root: Path) -> list[Path]:
    """The folders that were rendered."""
    return [path for path in root.iterdir() if path.is_dir() and path.name not in ("systems", ".tools")]


def figures(copies: int, times: int, *, verify: bool) -> Figures:
    """Everything that is measured of one count, so many times; *verify* has promtool asked, too."""
    with repository(copies) as root:
        stages = _first(root, __file__, _CLOCKED)
        # the clock takes next to nothing, and a run that is not repeated need not be repeated without it
        first = fastest(times, partial(_first, root, *_WATCHWRIGHT)) if times > 1 else stages
        again = fastest(times, partial(_render, root, *_WATCHWRIGHT))
        files = sum(path.is_file() for folder in outputs(root) for path in folder.rglob("*"))
        verified = _first(root, __file__, _CLOCKED, verify=True) if verify else None
    return Figures(copies, files, first, again, stages, verified)


def _first(root: Path, *command: str, verify: bool = False) -> Run:
    for folder in outputs(root):
        shutil.rmtree(folder)
    return _render(root, *command, verify=verify)


def _render(root: Path, *command: str, verify: bool = False) -> Run:
    return measured(*command, "-C", str(root), "render", "--quiet", *([] if verify else ["--no-verify"]))


# Tables -----------------------------------------------------------------------------------------------


def print_figures(counts: Sequence[int], times: int, *, verify: bool) -> list[Figures]:
    """The table of times and peaks, a row as soon as it is known."""
    print("watchwright render --no-verify, copies of QuantaCirc; +1: each copy more costs; again: nothing has changed")
    columns = "".join(f"{name:>12}" for name in ("time", "processor", "+1", "peak", "+1", "again"))
    print(f"{'copies':>7}{'files':>8}{columns}")
    rows: list[Figures] = []
    for copies in counts:
        repeated = times if copies < COUNTS[-1] else 1  # what disturbs a run is a smaller part of a long one
        row = figures(copies, repeated, verify=verify and _is_bearable(copies, rows))
        more = partial(further, rows[-1], row) if rows else lambda _: None
        rows.append(row)
        cells = (
            _cell(row.first.seconds, "s"),
            _cell(row.first.processor, "s"),
            _cell(more(processor), "ms", 1e3),
            _cell(row.first.peak, "MiB", 1 / MIB),
            _cell(more(peak), "KiB", 1 / 1024),
            _cell(row.again.seconds, "s"),
        )
        print(f"{copies:7}{row.files:8}{''.join(cells)}", flush=True)
    return rows


def _is_bearable(copies: int, rows: Sequence[Figures]) -> bool:
    """Whether promtool is likely to be done within our patience: a thousand copies have a hundred thousand tests."""
    asked = [(row.copies, row.verified.seconds) for row in rows if row.verified]
    return copies * asked[-1][1] / asked[-1][0] <= PATIENCE if asked else copies <= AT_FIRST


def _cell(value: float | None, unit: str, factor: float = 1) -> str:
    return f"{'' if value is None else f'{value * factor:.2f} {unit}':>12}"


def processor(row: Figures) -> float:
    """The seconds of a processor that the first render takes: other processes lengthen them least."""
    return row.first.processor


def peak(row: Figures) -> float:
    """The memory of the first render, in bytes."""
    return row.first.peak


def further(before: Figures, after: Figures, figure: Callable[[Figures], float]) -> float:
    """What each copy cost that *after* has more."""
    return (figure(after) - figure(before)) / (after.copies - before.copies)


def print_stages(rows: Sequence[Figures]) -> None:
    """The share of each stage, without promtool and with it."""
    print("\nshare of each stage; start-up holds all imports, rest the end of the process")
    print(f"{'copies':>7}{'promtool':>10}{'time':>12}{'peak':>12}{''.join(f'{stage:>10}' for stage in _STAGES)}")
    for row in rows:
        _print_shares(row.copies, "no", row.clocked)
    for row in rows:
        if row.verified is not None:
            _print_shares(row.copies, "yes", row.verified)
    print(f"every promtool found runs every unit test; it is not asked where that would take more than {PATIENCE} s")


def _print_shares(copies: int, promtool: str, run: Run) -> None:
    spent = json.loads(run.output)
    spent["rest"] = run.seconds - sum(spent.values())
    parts = "".join(f"{spent[stage] / run.seconds:>10.1%}" for stage in _STAGES)
    print(f"{copies:7}{promtool:>10}{_cell(run.seconds, 's')}{_cell(run.peak, 'MiB', 1 / MIB)}{parts}")


def print_goals(rows: Sequence[Figures], again: Run, version: Run) -> None:
    """What is wanted, what was measured, and whether that is it."""
    hundred = next((row.first.peak / MIB for row in rows if row.copies == 100), None)
    print()
    _print_goal(f"time linear: the last +1 at most {LINEAR} times the one before", _growth(rows, processor), LINEAR)
    _print_goal(f"memory linear: the last +1 at most {LINEAR} times the one before", _growth(rows, peak), LINEAR)
    _print_goal("100 copies under 1 GiB", hundred, 1024, "MiB")
    _print_goal("the shipped systems, again, under 0.5 s", again.seconds, 0.5, "s")
    _print_goal("--version under 0.15 s", version.seconds, 0.15, "s")


def _growth(rows: Sequence[Figures], figure: Callable[[Figures], float]) -> float | None:
    """How many times as much as before a further copy costs in the end."""
    if len(rows) < _TO_COMPARE:
        return None
    few, more, many = rows[-_TO_COMPARE:]
    return further(more, many, figure) / further(few, more, figure)


def _print_goal(goal: str, figure: float | None, most: float, unit: str = "times") -> None:
    if figure is None:
        print(f"{goal:62}not measured with these counts")
    else:
        print(f"{goal:62}{f'{figure:.2f} {unit}':12}{'met' if figure <= most else 'missed'}")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="How long `watchwright render` takes, and how much memory.")
    parser.add_argument("copies", type=int, nargs="*", default=COUNTS, help="how many copies of QuantaCirc")
    parser.add_argument("--no-verify", action="store_true", help="never ask promtool")
    parser.add_argument("--once", action="store_true", help="each run once: rough figures, soon")
    chosen = parser.parse_args()
    times = 1 if chosen.once else 3
    with as_installed() as systems:
        rows = print_figures(sorted(set(chosen.copies)), times, verify=not chosen.no_verify)
        print_stages(rows)
        again = fastest(times, partial(_render, systems, *_WATCHWRIGHT))
        print_goals(rows, again, fastest(times, partial(measured, *_WATCHWRIGHT, "--version")))


if __name__ == "__main__":
    if sys.argv[1:2] == [_CLOCKED]:
        clocked(sys.argv[2:])
    else:
        main()

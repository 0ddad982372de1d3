"""`watchwright render` is killed a hundred times, at random moments; the next one completes what it began."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from workbench import ROOT, SHOP, Repository

KILLS = 100
COMMAND = [sys.executable, "-c", "from watchwright.cli import main; main()"]
# many files that all change with the threshold, some that come and go with the number of systems
MODULE = (
    SHOP.split("orders_fail = ")[0]
    + """
systems = [
    System(
        f"shop-{{n}}",
        owner="sales",
        jobs=[Job(f"shop-{{n}}", Static(["shop:8000"]))],
        alerts=[Alert("OrdersFail", expr=failing > {threshold}, for_="5m", severity="page", summary="{{value}} fail")],
        dashboards=[Dashboard("Shop", [Row("Orders", [TimeSeries("Failing", failing > {threshold})])])],
    )
    for n in range({count})
]
"""
)


def _render(root: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*COMMAND, "-C", str(root), "render", "--no-verify"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "generator")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _output(repository: Repository) -> dict[str, bytes]:
    """What is ours, without the lists and what an unfinished run left."""
    return {
        path: text
        for path, text in repository.files().items()
        if path.split("/")[-1] != ".watchwright" and not path.endswith(".tmp") and not path.startswith("mine/")
    }


def _versions(repository: Repository) -> list[tuple[str, dict[str, bytes], float]]:
    """Three definitions, what each renders to in full, and how long that takes."""
    versions = []
    for threshold, count in ((1, 12), (2, 15), (3, 9)):
        module = MODULE.format(threshold=threshold, count=count)
        repository.write("systems/shop.py", module)
        began = time.monotonic()
        assert _render(repository.root).wait() == 0
        versions.append((module, _output(repository), time.monotonic() - began))
    return versions


def test_a_killed_render_is_completed_by_the_next(repository: Repository) -> None:
    """After each kill every file is old or new in full, foreign files are untouched, and the next run completes."""
    chance = random.Random(20261121)
    versions = _versions(repository)
    foreign = {"mine/notes.md": b"mine", "rules/shop-1/notes.md": b"mine, too"}
    for path, text in foreign.items():
        repository.write(path, text.decode())
    known = {(path, text) for _, files, _ in versions for path, text in files.items()}

    for _ in range(KILLS):
        module, files, seconds = chance.choice(versions)
        repository.write("systems/shop.py", module)
        process = _render(repository.root)
        time.sleep(chance.uniform(seconds / 2, seconds))  # the first half loads and lowers
        process.kill()
        process.wait()
        found = _output(repository)
        assert {path: text for path, text in found.items() if path not in foreign}.items() <= known
        assert foreign.items() <= repository.files().items()

    assert _render(repository.root).wait() == 0
    assert files == {path: text for path, text in _output(repository).items() if path not in foreign}
    assert not [path for path in repository.files() if path.endswith(".tmp")]

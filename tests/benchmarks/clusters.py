"""
What manifests of many small systems cost: python tests/benchmarks/clusters.py [-h] [SYSTEMS ...].

One loop makes all systems, each with a job, a recording rule, two alerts, an SLO and a board. Each count is rendered twice
in a process of its own, without a cluster and with one; then the objects are counted and weighed, and kubectl builds the
tree where it is at hand. Goals are met or missed in print alone.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
COUNTS = (10, 100, 1000)
#: An object beside it in the file system, and its annotation: what kubectl takes
LIMIT = 256
#: So much longer may a render with manifests take than one without
TWICE = 2.0
#: So much more may a further system cost than those before it, and growth is still called linear
LINEAR = 1.25

SYSTEMS = '''\
"""Services from one loop."""

from watchwright import Alert, Counter, Dashboard, Gauge, Job, Label, Row, System, TimeSeries, percent, ratio, record
from watchwright.discovery import Kubernetes
from watchwright.slo import Ratio, Slo


def service(name: str) -> System:
    prefix = name.replace("-", "_")
    requests = Counter(f"{prefix}_requests_total", "Requests.", labels=[Label("code", values=["2xx", "5xx"])])
    depth = Gauge(f"{prefix}_depth", "What waits.")
    failing = requests.where(code="5xx")
    share = record(f"job:{prefix}_failures:ratio_rate5m", ratio(failing, requests, over="5m", by=["job"]))
    alerts = [
        Alert("Failing", expr=share > 5 * percent, for_="5m", severity="page", summary="{value} fail"),
        Alert("Waiting", expr=depth > 100, for_="15m", severity="ticket", summary="{value} wait"),
    ]
    rows = [Row("Now", [TimeSeries("Failing", share, alerts=alerts[:1]), TimeSeries("Waiting", depth, alerts=alerts[1:])])]
    return System(
        name,
        owner="platform",
        jobs=[Job(name, Kubernetes(role="pod", port="metrics", labels={"app": name}))],
        alerts=alerts,
        slos=[Slo("requests", objective=99.9, sli=Ratio(bad=failing, total=requests))],
        dashboards=[Dashboard("Now", rows)],
    )


systems = [service(f"service-{number:04}") for number in range(COUNT)]
'''
PLATFORM = """\
from watchwright import Platform
from watchwright.clusters import Cluster

platform = Platform(retention="30d", cluster=CLUSTER)
"""


@dataclass(frozen=True)
class Figures:
    """One count of systems: seconds without and with manifests, objects, groups, KiB of the largest and of all."""

    systems: int
    without: float
    with_: float
    objects: int
    groups: int
    largest: float
    whole: float
    built: float | None


def measured(count: int) -> Figures:
    """Render so many systems twice, in a repository that does not last."""
    with tempfile.TemporaryDirectory(prefix="watchwright-bench-") as name:
        root = Path(name)
        (root / "systems").mkdir()
        (root / "pyproject.toml").write_text("[tool.watchwright]\n")
        (root / "systems" / "services.py").write_text(SYSTEMS.replace("COUNT", str(count)))
        without = _rendered(root, "None")
        with_ = _rendered(root, "Cluster()")
        objects = [path for path in (root / "kubernetes").rglob("*.yaml") if path.name != "kustomization.yaml"]
        sizes = [path.stat().st_size / 1024 for path in objects]
        rules = [path.read_text() for path in objects if path.name.startswith("prometheusrule")]
        groups = sum(len(re.findall(r"^    - name:", text, re.MULTILINE)) for text in rules)
        return Figures(count, without, with_, len(objects), groups, max(sizes), sum(sizes), _built(root / "kubernetes"))


def _rendered(root: Path, cluster: str) -> float:
    """Seconds of a processor that a render takes, from nothing."""
    (root / "systems" / "platform.py").write_text(PLATFORM.replace("CLUSTER", cluster))
    for folder in ("rules", "dashboards", "jaeger", "kubernetes", "docs"):
        shutil.rmtree(root / folder, ignore_errors=True)
    command = [
        sys.executable,
        "-c",
        "from watchwright.cli import main; main()",
        "-C",
        str(root),
        "render",
        "--no-verify",
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "generator")}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        said = process.stderr.read() if process.stderr else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(said)
    return usage.ru_utime + usage.ru_stime


def _built(tree: Path) -> float | None:
    """Seconds that kubectl takes to build the tree."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        return None
    started = time.monotonic()
    subprocess.run([kubectl, "kustomize", str(tree)], check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - started


def print_figures(rows: Sequence[Figures]) -> None:
    """A line for each count, and what is wanted."""
    heads = ("without", "with", "ratio", "objects", "groups", "largest", "whole", "kubectl")
    print(f"{'systems':>8}{''.join(f'{head:>12}' for head in heads)}")
    for row in rows:
        cells = (
            f"{row.without:.2f} s",
            f"{row.with_:.2f} s",
            f"{row.with_ / row.without:.2f}",
            f"{row.objects}",
            f"{row.groups}",
            f"{row.largest:.0f} KiB",
            f"{row.whole / 1024:.1f} MiB",
            "" if row.built is None else f"{row.built:.1f} s",
        )
        print(f"{row.systems:8}{''.join(f'{cell:>12}' for cell in cells)}")
    print()
    last = rows[-1]
    _print_goal(f"manifests take at most {TWICE:.0f} times as long", last.with_ / last.without, TWICE)
    _print_goal(f"the largest object below {LIMIT} KiB", last.largest, LIMIT, "KiB")
    per_system = [row.objects / row.systems for row in rows]
    _print_goal("objects a system", per_system[-1], max(per_system[0], 1), "objects")
    _print_goal(f"time linear: the last system at most {LINEAR} times the first", _growth(rows), LINEAR)


def _growth(rows: Sequence[Figures]) -> float | None:
    """How many times as much as before a further system costs in the end, by its manifests alone."""
    if len(rows) < 3:
        return None
    few, more, many = ((row.systems, row.with_ - row.without) for row in rows[-3:])
    return (many[1] - more[1]) / (many[0] - more[0]) / ((more[1] - few[1]) / (more[0] - few[0]))


def _print_goal(goal: str, figure: float | None, most: float, unit: str = "times") -> None:
    if figure is None:
        print(f"{goal:62}not measured with these counts")
    else:
        print(f"{goal:62}{f'{figure:.2f} {unit}':16}{'met' if figure <= most else 'missed'}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="What manifests of many small systems cost.")
    parser.add_argument("systems", type=int, nargs="*", default=COUNTS, help="how many systems")
    print_figures([measured(count) for count in sorted(set(parser.parse_args().systems))])


if __name__ == "__main__":
    main()

"""
How long a review takes: python tests/benchmarks/review.py [SERVICES ...]

Services come from one loop, with two SLOs, two alerts and a board each. One threshold among them is changed, and what is
said of it has to be one change. Prints how long both sides and their comparison take, and the ratio of sizes.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
_PLATFORM = 'from watchwright import Platform\n\nplatform = Platform(retention="30d")\n'
_SERVICES = '''"""Services from one loop."""

from watchwright import Alert, Counter, Dashboard, Histogram, Job, Label, Row, System, TimeSeries, percent, ratio, record
from watchwright.discovery import Static
from watchwright.slo import Latency, Ratio, Slo
from watchwright.units import ms

requests = Counter("http_requests_total", "Requests.", labels=[Label("code", values=["200", "500"])])
durations = Histogram("http_request_duration_seconds", "Time.", buckets=[0.1, 0.3, 1])
failed = requests.where(code="500")


def service(name: str, limit: float) -> System:
    failing_ratio = record("system:http_requests_failed:ratio_rate5m", ratio(failed, requests, over="5m"))
    failing = Alert("Failing", expr=failing_ratio > limit * percent, for_="5m", severity="page", summary="Failing")
    slow = Alert("Slow", expr=durations.quantile(0.9, over="5m") > 300 * ms, for_="10m", severity="ticket", summary="Slow")
    return System(
        name,
        owner="team",
        jobs=[Job(name, Static([f"{name}:8000"]))],
        slos=[
            Slo("availability", objective=99.9, sli=Ratio(bad=failed, total=requests)),
            Slo("latency", objective=99, sli=Latency(durations, below="300ms")),
        ],
        alerts=[failing, slow],
        dashboards=[
            Dashboard("Service", [Row("Requests", [
                TimeSeries("Failing", failing_ratio, alerts=[failing]),
                TimeSeries("Slow", durations.quantile(0.9, over="5m"), alerts=[slow]),
            ])])
        ],
    )


systems = [service(f"service-{number}", LIMIT if number == 7 else 5) for number in range(COUNT)]
'''


def repository(folder: Path, count: int, limit: int) -> Path:
    """A repository of so many services."""
    (folder / "systems").mkdir(parents=True)
    (folder / "pyproject.toml").write_text("[tool.watchwright]\n", "utf-8")
    (folder / "systems/platform.py").write_text(_PLATFORM, "utf-8")
    module = _SERVICES.replace("LIMIT", str(limit)).replace("COUNT", str(count))
    (folder / "systems/services.py").write_text(module, "utf-8")
    return folder


def measured(count: int) -> float:
    """Seconds that a review of one changed threshold among so many services takes."""
    with TemporaryDirectory() as temporary:
        before = repository(Path(temporary) / "before", count, 5)
        after = repository(Path(temporary) / "after", count, 20)
        code = f"import sys; sys.path.insert(0, {str(ROOT / 'generator')!r}); from watchwright.cli import main; main()"
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", code, "-C", str(after), "diff", "-q", str(before)],
            capture_output=True,
            text=True,
            check=True,
        )
        took = time.perf_counter() - began
    expected = "service-7: alert Failing is quieter: above 0.2, was 0.05."
    assert expected == done.stdout.splitlines()[0], done.stdout[:500]
    assert 1 == sum(line.startswith("  ") for line in done.stdout.splitlines()), done.stdout[:500]
    return took


def main() -> None:
    counts = [int(each) for each in sys.argv[1:]] or [10, 100, 1000]
    least = None
    for count in counts:
        took = measured(count)
        least = least or (count, took)
        ratio = took / least[1]
        print(f"{count:6} services: {took:6.2f} s, {ratio:5.1f} times as long as {least[0]}")


if __name__ == "__main__":
    main()

"""Troubled runs of QuantaCirc, each watched by real Prometheuses, all at once and in real time."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import attrs
from expected import ALWAYS, EXPECTED, SYSTEMS
from history import blocks, written
from loopback import Prometheus, rendered, rules, running
from targets import Site, answering, answers_as, series, targets

from simulators.quantacirc import Simulation
from watchwright.verify.tools import Tool

_SCRAPE = 15
#: The states of alerts are looked up in such steps.
STEP = 5
# and the answers of boards, which have hours to look at, in longer ones
_LONG_STEP = 30
#: A trouble begins so long after the servers started, so that each has seen the run in health.
LEAD = 30


@attrs.frozen(kw_only=True)
class Pending:
    """
    An alert whose condition had held for so many seconds, with the labels that its expression gives it.

    Those of core's target are added where it is *on_core*.
    """

    alert: str
    seconds: float
    labels: Mapping[str, str] = attrs.field(factory=dict, eq=False)
    on_core: bool = True


@attrs.frozen(kw_only=True)
class Scenario:
    """
    A trouble, or none, that began *ago* seconds before the servers start, in a run that began *age* seconds before.

    *pending* is what a server of before had pending, or firing, when it stopped: a `for` of hours need not be waited
    out. *later* is what would fire after all others, and is not waited for.
    """

    trouble: str = ""
    ago: float = -LEAD
    age: int = 7200
    pending: Pending | None = None
    later: frozenset[str] = frozenset()

    def __str__(self) -> str:
        """As a test's id."""
        return self.trouble or "healthy"

    @property
    def expected(self) -> frozenset[str]:
        """What fires."""
        return ALWAYS | EXPECTED.get(self.trouble, frozenset()) - self.later

    def simulation(self, began: float) -> Simulation:
        """The run, for servers that *began* at a time."""
        return Simulation(epoch=began - self.age, troubles={self.trouble: self.age - self.ago} if self.trouble else {})


@attrs.frozen(kw_only=True)
class Watched:
    """A scenario under the eyes of one Prometheus, which started at *began*."""

    scenario: Scenario
    tool: Tool
    prometheus: Prometheus
    began: float

    @property
    def epoch(self) -> float:
        """Second 0 of the run."""
        return self.began - self.scenario.age

    @property
    def troubled(self) -> float:
        """When the trouble began."""
        return self.began - self.scenario.ago

    def alerts(self, state: str) -> dict[str, list[float]]:
        """The times since the start at which each alert was in this state, in steps of STEP."""
        found: dict[str, set[float]] = {}
        systems = "|".join(SYSTEMS)
        expr = f'ALERTS{{alertstate="{state}",system=~"{systems}"}}'
        for alert in self.prometheus.over(expr, self.began, time.time(), STEP):
            found.setdefault(alert["metric"]["alertname"], set()).update(float(at) for at, _ in alert["values"])
        return {alert: sorted(times) for alert, times in found.items()}

    def ever(self, expr: str) -> bool:
        """Whether a query has found something, at any time of the run until this very moment."""
        now = time.time()
        # the last step is now: an alert may have begun to fire a moment ago
        begin = now - (now - self.epoch) // _LONG_STEP * _LONG_STEP
        return bool(self.prometheus.over(expr, begin, now, _LONG_STEP))

    def active_since(self, alert: str) -> float:
        """Since when an alert's condition has held: in its first minute a server knows, and records no ALERTS yet."""
        found = self.prometheus.over(f'ALERTS_FOR_STATE{{alertname="{alert}"}}', self.began, time.time(), STEP)
        return min(float(value) for each in found for _, value in each["values"])


@contextmanager
def watched(
    scenarios: Sequence[Scenario], tools: Sequence[Tool], promtool: Tool, folder: Path
) -> Iterator[list[Watched]]:
    """Every scenario under every Prometheus, from their common start on."""
    scraped = targets(rendered())
    # Time enough to write the past of all, which then ends where the present starts.
    began = time.time() + 5 + 8 * len({_past(scenario) for scenario in scenarios})
    pasts: dict[object, Path] = {}
    for scenario in scenarios:
        if _past(scenario) not in pasts:
            pasts[_past(scenario)] = _blocks(scenario, began, promtool, folder / f"past-{len(pasts)}")
    with ExitStack() as stack:
        time.sleep(max(0.0, began - time.time()))
        all_watched = []
        for scenario in scenarios:
            site = Site(scenario.simulation(began))
            addresses = stack.enter_context(answering(site, scraped))
            for tool in tools:
                own = folder / f"{scenario}-{tool.version}"
                server = stack.enter_context(running(tool.path, own, scraped, addresses, pasts[_past(scenario)]))
                all_watched.append(Watched(scenario=scenario, tool=tool, prometheus=server, began=began))
        for each in all_watched:
            each.prometheus.wait_until_ready()
        yield all_watched


def wait_for_alerts(all_watched: Iterable[Watched], *, at_least: float, at_most: float) -> None:
    """Until everything that should fire has fired, within so many seconds of the start."""
    waiting = list(all_watched)
    began = waiting[0].began
    while time.time() < began + at_most:
        waiting = [each for each in waiting if each.scenario.expected - set(each.alerts("firing"))]
        if not waiting and time.time() >= began + at_least:
            return
        time.sleep(10)


def _past(scenario: Scenario) -> object:
    """Scenarios that were alike until the servers start share what they look back on."""
    return scenario if scenario.ago > 0 else scenario.age


def _blocks(scenario: Scenario, began: float, promtool: Tool, folder: Path) -> Path:
    folder.mkdir()
    simulation = scenario.simulation(began)
    file = folder / "openmetrics"
    written(
        simulation, targets(rendered()), until=scenario.age, step=_SCRAPE, file=file, also=_restored(scenario, began)
    )
    blocks(promtool.path, file, folder / "blocks")
    file.unlink()
    return folder / "blocks"


def _restored(scenario: Scenario, began: float) -> dict[str, float]:
    """The series by which Prometheus knows after a restart since when an alert has been pending."""
    pending = scenario.pending
    if pending is None:
        return {}
    core = next(target for target in targets(rendered()) if answers_as(target) == "core")
    rule = next(rule for rule in rules(*SYSTEMS) if rule.get("alert") == pending.alert)
    labels = {
        **(core.scraped if pending.on_core else {}),
        **pending.labels,
        **rule["labels"],
        "alertname": pending.alert,
    }
    return {series("ALERTS_FOR_STATE", labels): float(round(began - pending.seconds))}

"""
Targets that several servers share out, and the one server that reads them and has the rules.

A rule looks over all targets of its job: `absent`, a ratio and a quantile of a part of them are no part of the answer
over all. So all rules are where all series are, and that is the server that reads the shards. It reads what rules and
boards name, and nothing else: that is known here, and is not listed by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import attrs

from watchwright.lower.plan import Plan, Recording
from watchwright.lower.provisioning import asked
from watchwright.model.discovery import Static
from watchwright.model.duration import milliseconds
from watchwright.model.grafana import JaegerSource
from watchwright.model.label import one_of, quote_regex
from watchwright.model.platform import Platform
from watchwright.model.scrape import Job, Relabel, drop_labels
from watchwright.model.server import Shards
from watchwright.model.system import System
from watchwright.query.printer import text
from watchwright.query.tree import Matcher, Node, Selector, walk
from watchwright.query.variables import named_in
from watchwright.query.version import parse_version

#: The label by which the series of the shards differ, and the system and the job of the server that reads them.
LABEL = "shard"
SYSTEM = JOB = "shards"
#: The series that Prometheus makes of alerts; they are where the rules are.
ALERTS = ("ALERTS", "ALERTS_FOR_STATE")

# prometheus-operator: Documentation/api.md, "requires Prometheus >= v2.48.0"; older ones refuse it
STALENESS_SINCE = (2, 48)
_HASH = "__tmp_shard"
_NAME = "__name__"


@attrs.frozen(order=False, kw_only=True)
class Shard:
    """One of the servers: its cluster where there are several, its number, and out of how many."""

    cluster: str
    number: int
    count: int

    @property
    def name(self) -> str:
        """What its files are called."""
        return "-".join(["prometheus-shard", *([self.cluster] if self.cluster else []), str(self.number)])

    def labels(self, shards: Shards) -> Mapping[str, str]:
        """Its external labels, beside the platform's."""
        return {**({shards.label: self.cluster} if self.cluster else {}), LABEL: str(self.number)}

    def steps(self) -> tuple[Relabel, ...]:
        """
        The steps that leave it its share of the targets.

        They come before all others: those may give all targets one address, as probes do.
        """
        if self.count == 1:
            return ()
        return (
            Relabel(action="hashmod", sources=["__address__"], modulus=self.count, target=_HASH),
            Relabel(action="keep", sources=[_HASH], regex=str(self.number)),
        )


def all_of(shards: Shards) -> Iterator[Shard]:
    """Every shard, cluster by cluster."""
    for cluster, servers in shards.servers.items():
        for number in range(len(servers)):
            yield Shard(cluster=cluster, number=number, count=len(servers))


def dropped(platform: Platform) -> tuple[str, ...]:
    """
    The labels that a shard adds to what is read from it, and that no series has on a server that scrapes by itself.

    A label that every aggregation keeps stays, and so does the one that tells clusters apart.
    """
    shards = platform.shards
    stays = {*platform.keep, *([shards.label] if shards and any(shards.servers) else [])}
    return (LABEL, *(name for name in platform.external_labels if name not in stays))


def brought(platform: Platform) -> Mapping[str, tuple[str, ...]]:
    """The labels that shards add and that stay, with their values: where the rules are, every series has them."""
    shards = platform.shards
    if shards is None:
        return {}
    kept = {name: (value,) for name, value in platform.external_labels.items() if name in platform.keep and value}
    return {**kept, **({shards.label: tuple(shards.servers)} if any(shards.servers) else {})}


def read_every(platform: Platform) -> int:
    """How often the shards are read, in milliseconds: where the rules are, samples come no closer; 0 without shards."""
    if platform.shards is None:
        return 0
    return milliseconds(platform.shards.interval or platform.scrape_interval, "an interval")


def lag(platform: Platform) -> int:
    """How much later a sample is known where the rules are, in milliseconds: read once more, and answered in time."""
    every = read_every(platform)
    return every + min(milliseconds(platform.scrape_timeout, "a timeout"), every)


def reader(platform: Platform) -> Iterator[System]:
    """The system of the server that reads shards, if there are any; its job brings the alert on one that is gone."""
    shards = platform.shards
    if shards is None:
        return
    every = shards.interval or platform.scrape_interval
    job = Job(
        JOB,
        Static([server for servers in shards.servers.values() for server in servers]),
        path="/federate",
        scheme=shards.scheme,
        auth=shards.auth,
        tls=shards.tls,
        honor_labels=True,
        track_timestamps_staleness=parse_version(platform.prometheus) >= STALENESS_SINCE,
        interval=every if every != platform.scrape_interval else None,
        timeout=every if _shorter(every, platform.scrape_timeout) else None,
        metric_relabel=[drop_labels(*dropped(platform))],
        # whatever its targets are is not watched while it is gone, and says nothing of it
        gone_severity=platform.severities[0],
        source=shards.source,
    )
    yield System(
        SYSTEM,
        owner=shards.owner,
        title="Shards",
        description="The servers that share out the targets.",
        scope={},
        jobs=[job],
        source=shards.source,
    )


def _shorter(one: str, other: str) -> bool:
    return milliseconds(one, "an interval") < milliseconds(other, "a timeout")


def reading(plans: Iterable[Plan], platform: Platform) -> tuple[Plan, ...]:
    """The plans, with what the server that reads the shards asks them for."""
    plans = tuple(plans)
    if platform.shards is None:
        return plans
    wanted = {"match[]": selectors(plans, _links(platform))}

    def asking(plan: Plan) -> Plan:
        jobs = tuple(attrs.evolve(job, params=wanted) if _reads(plan, job) else job for job in plan.jobs)
        return attrs.evolve(plan, jobs=jobs)

    return tuple(map(asking, plans))


def _reads(plan: Plan, job: Job) -> bool:
    return plan.system.name == SYSTEM and job.name == JOB


def reads_shards(plan: Plan) -> bool:
    """Whether a plan is that of the server which reads the shards."""
    return plan.system.name == SYSTEM and any(job.name == JOB for job in plan.jobs)


# What is asked for --------------------------------------------------------------------------------------


def selectors(plans: Iterable[Plan], links: Iterable[Node] = ()) -> tuple[str, ...]:
    """
    What rules, boards and the *links* of traces read and no rule makes.

    In few selectors, for all of them go into one request: names that are matched alike are in one, and so are jobs that
    are asked for the same names, as a thousand services of one kind are.
    """
    plans = [plan for plan in plans if plan.system.name != SYSTEM]
    rules = (rule for plan in plans for file in plan.files for rule in file.rules)
    made = {*ALERTS, *(rule.record for rule in rules if isinstance(rule, Recording))}
    wanted: dict[str, set[frozenset[Matcher]]] = {}
    for expr in (*links, *(expr for plan in plans for expr in _read(plan))):
        for node in walk(expr):
            if isinstance(node, Selector) and node.metric not in made:
                wanted.setdefault(node.metric, set()).add(_matchers(node))
    alike: dict[frozenset[Matcher], list[str]] = {}
    for name in sorted(wanted):
        for matchers in _widest(wanted[name]):
            alike.setdefault(matchers, []).append(name)
    of_jobs: dict[tuple[tuple[str, ...], frozenset[Matcher]], list[Matcher]] = {}
    for matchers, names in alike.items():
        jobs = [each for each in matchers if each.label == "job" and each.op in ("=", "=~")][:1]
        of_jobs.setdefault((tuple(names), matchers.difference(jobs)), []).extend(jobs)
    return tuple(sorted(_selector(names, rest, jobs) for (names, rest), jobs in of_jobs.items()))


def _links(platform: Platform) -> Iterator[Node]:
    for source in platform.provisioning.datasources if platform.provisioning else ():
        if isinstance(source, JaegerSource):
            yield from (node for _, _, node in asked(source) if isinstance(node, Node))


def _read(plan: Plan) -> Iterator[Node]:
    for file in plan.files:
        yield from (rule.expr for rule in file.rules)
    for board in plan.boards:
        yield from (query.expr for panel in board.panels for query in panel.queries)
        yield from (each.expr for each in board.annotations)
        yield from (each.series for each in board.variables if each.series is not None)


def _matchers(selector: Selector) -> frozenset[Matcher]:
    """Those that every reader has; what a board's variable chooses may be anything."""
    named = bool(selector.metric)
    return frozenset(
        each
        for each in selector.matchers
        if not any(named_in(each.value)) and not (named and each.label == _NAME and each.op == "=")
    )


def _widest(found: set[frozenset[Matcher]]) -> Iterator[frozenset[Matcher]]:
    """Those that take in all others: a selector with fewer matchers finds all that one with more does."""
    yield from (each for each in found if not any(other < each for other in found))


def _selector(names: tuple[str, ...], matchers: Iterable[Matcher], jobs: list[Matcher]) -> str:
    matchers = [*matchers, *([_any_of(jobs)] if jobs else [])]
    ordered = tuple(sorted(matchers, key=lambda each: (each.label, each.op, each.value)))
    if len(names) == 1 and names[0]:
        return text(Selector(names[0], ordered))
    name = Matcher(_NAME, "=~", one_of(names)) if names != ("",) else Matcher(_NAME, "!=", "")
    nameless = names == ("",) and any(_always_there(each) for each in ordered)
    return text(Selector("", ordered if nameless else (name, *ordered)))


def _any_of(jobs: list[Matcher]) -> Matcher:
    """One matcher for what several matchers of `job` find: a pattern is anchored as a whole."""
    if len(jobs) == 1:
        return jobs[0]
    patterns = sorted({each.value if each.op == "=~" else quote_regex(each.value) for each in jobs})
    return Matcher("job", "=~", "|".join(patterns))


def _always_there(matcher: Matcher) -> bool:
    """Whether a matcher alone makes a selector: one that finds series without the label does not."""
    return matcher.op == "=" and bool(matcher.value)

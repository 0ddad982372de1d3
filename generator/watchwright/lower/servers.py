"""The servers of an environment: what each of them scrapes, whether it has the rules, and where it writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

import attrs

from watchwright.lower.jobs import has_native, scrapes_native
from watchwright.lower.plan import Fleet, Origin, Plan, Recording
from watchwright.lower.shards import ALERTS, all_of, reads_shards
from watchwright.model.label import one_of
from watchwright.model.scrape import Job, Relabel
from watchwright.model.server import Container, Operator, RemoteWrite, Starter, Systemd
from watchwright.model.url import shown_url

#: The one that has the rules.
MAIN = "prometheus"
#: A flag that may be given several times.
FEATURE = "enable-feature"


@attrs.frozen(order=False, kw_only=True)
class Server:
    """A Prometheus: the name of its files, and what is in its configuration."""

    name: str
    external_labels: Mapping[str, str]
    jobs: tuple[tuple[Plan, Job], ...]
    has_rules: bool
    writes: tuple[RemoteWrite, ...]


def servers(fleet: Fleet) -> Iterator[Server]:
    """The server with the rules, and the shards that it reads, where there are any."""
    yield main(fleet)
    platform, shards = fleet.platform, fleet.platform.shards
    if shards is None:
        return
    for shard in all_of(shards):
        yield Server(
            name=shard.name,
            external_labels={**platform.external_labels, **shard.labels(shards)},
            jobs=tuple(
                (plan, attrs.evolve(job, relabel=(*shard.steps(), *job.relabel)))
                for plan, job in _jobs(fleet)
                if not reads_shards(plan)
            ),
            has_rules=False,
            writes=platform.remote_write,
        )


def main(fleet: Fleet) -> Server:
    """The server with the rules: of the jobs it has those that no shard has."""
    platform, sharded = fleet.platform, fleet.platform.shards is not None
    return Server(
        name=MAIN,
        external_labels=platform.external_labels,
        jobs=tuple((plan, job) for plan, job in _jobs(fleet) if not sharded or reads_shards(plan)),
        has_rules=True,
        writes=tuple(_of_rules(each, fleet) if sharded else each for each in platform.remote_write),
    )


def _jobs(fleet: Fleet) -> Iterator[tuple[Plan, Job]]:
    return ((plan, job) for plan in fleet.plans for job in plan.jobs)


def starting(fleet: Fleet) -> Mapping[str, list[tuple[Server, Starter]]]:
    """The files that start servers, each with the server and what starts it: of several, one alone is written."""
    files: dict[str, list[tuple[Server, Starter]]] = {}
    for server in servers(fleet):
        for starter in fleet.platform.started_by:
            # a shard is nothing that the Operator starts
            if server.name == MAIN or not isinstance(starter, Operator):
                files.setdefault(_file(server, starter), []).append((server, starter))
    return files


def _file(server: Server, starter: Starter) -> str:
    match starter:
        case Systemd():
            unit = starter.unit if server.name == MAIN else server.name
            return f"rules/{unit}.service.d/watchwright.conf"
        case Container():
            return f"rules/{server.name}.container.yml"
        case Operator():
            return f"rules/{server.name}.operator.yml"


def _of_rules(write: RemoteWrite, fleet: Fleet) -> RemoteWrite:
    """Only what rules make: all else is written by the shards that scraped it."""
    made = chain.from_iterable(file.rules for plan in fleet.plans for file in plan.files)
    plain = {rule.record for rule in made if isinstance(rule, Recording) and ":" not in rule.record}
    names = "|".join([".*:.*", one_of([*ALERTS, *sorted(plain)])])
    return attrs.evolve(write, relabel=(Relabel(action="keep", sources=["__name__"], regex=names), *write.relabel))


def write_path(write: RemoteWrite) -> str:
    """What a remote write is called in findings."""
    return f"platform / remote write {write.name or shown_url(write.url)}"


def write_origin(write: RemoteWrite, fleet: Fleet) -> Origin:
    """Whose part a remote write is."""
    return Origin(
        source=write.source,
        subject=write_path(write),
        accept={**fleet.platform.accept, **write.accept},
    )


# Flags --------------------------------------------------------------------------------------------------


def features(fleet: Fleet) -> Iterator[str]:
    """What `--enable-feature` names."""
    if native(fleet) and not scrapes_native(fleet.platform):
        yield "native-histograms"
    if _keeps_exemplars(fleet):
        yield "exemplar-storage"
    yield from filter(None, fleet.platform.flags.get(FEATURE, "").split(","))


def native(fleet: Fleet) -> bool:
    """Whether there is a native histogram to scrape."""
    return any(map(has_native, fleet.plans))


def _keeps_exemplars(fleet: Fleet) -> bool:
    # https://prometheus.io/docs/prometheus/latest/feature_flags/#exemplars-storage: without it they are forgotten
    platform = fleet.platform
    return any(each.exemplars for each in platform.remote_write) or bool(
        platform.provisioning and platform.provisioning.links_exemplars
    )


def flags(fleet: Fleet) -> Iterator[tuple[str, str]]:
    """Every flag that does not depend on where a server runs, with its value, empty for none."""
    platform = fleet.platform
    # the configuration file can say it since 3.8 alone, and kept it a million times too long before 3.11
    # (prometheus/prometheus#17026, #18200); the flag works everywhere
    yield "storage.tsdb.retention.time", platform.retention
    if platform.retention_size is not None:
        yield "storage.tsdb.retention.size", platform.retention_size
    yield from ((FEATURE, feature) for feature in dict.fromkeys(features(fleet)))
    yield from sorted((name, value) for name, value in platform.flags.items() if name != FEATURE)


def written(name: str, value: str) -> str:
    """A flag as one argument."""
    return f"--{name}={value}" if value else f"--{name}"

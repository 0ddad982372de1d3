"""What Prometheus would do otherwise than it was meant: its labels, where it writes, its shards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from watchwright.finding import Finding, check
from watchwright.lower.operator import referenced, starts, unreferenced
from watchwright.lower.plan import Fleet, Origin
from watchwright.lower.references import missing
from watchwright.lower.servers import starting
from watchwright.lower.servers import write_origin as origin
from watchwright.lower.shards import LABEL, STALENESS_SINCE, brought, dropped, reads_shards
from watchwright.model.discovery import Static
from watchwright.model.duration import milliseconds
from watchwright.model.server import Shards
from watchwright.model.url import shown_url
from watchwright.query.version import parse_version

_LOOPBACK = re.compile(r"(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)(:\d+)?")


@check("platform/external-label")
def external_label(fleet: Fleet) -> Iterator[Finding]:
    """
    An external label has a dollar in its value.

    Prometheus 3 expands `$NAME` there and writes `$$` for a dollar; Prometheus 2 takes the text as it is
    (https://prometheus.io/docs/prometheus/latest/migration/). No text says the same to both.
    """
    for name, value in fleet.platform.external_labels.items():
        if "$" in value:
            yield fleet.origin.finding(f"the external label `{name}` has a `$`", "write its value without one")


@check("platform/started-by")
def started_by(fleet: Fleet) -> Iterator[Finding]:
    """
    Two of what starts Prometheus would be one file.

    A drop-in of systemd has the name of its unit, a shard's that of the shard; of containers, and of objects of the
    Operator, there is one for each server. Leave one out, or give two services different units.
    """
    for path, starters in starting(fleet).items():
        if len(starters) > 1:
            kind = type(starters[0][1]).__name__
            message = f"`started_by` has {len(starters)} of {kind}, and each of them is `{path}`"
            yield fleet.origin.finding(message, "leave one of them out")


@check("job/version")
def staleness(fleet: Fleet) -> Iterator[Finding]:
    """
    A job asks for something that the oldest Prometheus does not know, and refuses.

    `track_timestamps_staleness` came with Prometheus 2.48. Leave it out, or raise `prometheus` of the platform.
    """
    for plan in fleet.plans:
        for job in plan.jobs:
            if job.track_timestamps_staleness and parse_version(fleet.platform.prometheus) < STALENESS_SINCE:
                message = f"Prometheus {fleet.platform.prometheus} knows no `track_timestamps_staleness`"
                yield Origin.of(plan.system, f"job {job.name}", job).finding(message, "it came with 2.48")


# Remote write -------------------------------------------------------------------------------------------


@check("remote-write/duplicate")
def duplicate_write(fleet: Fleet) -> Iterator[Finding]:
    """
    Two remote writes have one name, or are alike.

    Prometheus refuses a configuration with a name twice. Two without a name that are alike send everything twice, or
    keep it from starting.
    """
    names: set[str] = set()
    alike: set[object] = set()
    for each in fleet.platform.remote_write:
        if each.name and each.name in names:
            yield origin(each, fleet).finding(f"remote write `{each.name}` is defined twice")
        elif each in alike:
            yield origin(each, fleet).finding(f"samples are written to `{shown_url(each.url)}` twice")
        names.add(each.name)
        alike.add(each)


@check("remote-write/credentials")
def write_credentials(fleet: Fleet) -> Iterator[Finding]:
    """
    A password or a token goes over the network as plain text.

    The URL begins with `http://`, and Prometheus sends the credentials with every request. Use https; where something
    else encrypts the way, such as a service mesh, accept this and say so.
    """
    for each in fleet.platform.remote_write:
        host = urlsplit(each.url).hostname or ""
        if each.auth is not None and each.url.startswith("http:") and not _LOOPBACK.fullmatch(host):
            message = f"the credentials for `{shown_url(each.url)}` go over the network as plain text"
            yield origin(each, fleet).finding(message, "use https")


@check("remote-write/queue")
def queue(fleet: Fleet) -> Iterator[Finding]:
    """
    Two numbers of a queue contradict each other.

    Prometheus refuses more senders at least than at most. A queue that holds less than is sent at once waits with
    every sample for the network, and a wait that is longer than the longest is cut to it.
    """
    for each in fleet.platform.remote_write:
        about, kept = origin(each, fleet), each.queue
        if kept.least > kept.most:
            yield about.finding(f"there are at least {kept.least} senders, and at most {kept.most}")
        if kept.capacity < kept.batch:
            message = f"a queue of {kept.capacity} samples sends {kept.batch} of them at once"
            yield about.finding(message, "a capacity of 3 to 10 times `batch` is usual")
        if milliseconds(kept.wait, "`wait`") > milliseconds(kept.longest, "`longest`"):
            yield about.finding(f"a request is sent again after {kept.wait}, at longest {kept.longest}")


@check("remote-write/labels", "warning")
def write_labels(fleet: Fleet) -> Iterator[Finding]:
    """
    Samples are written elsewhere without a label of this server.

    Another server that writes there, a copy of this one for one, has series of the same labels: their samples are
    refused as out of order, or mixed up. Say `external_labels={"cluster": "main"}`.
    """
    platform = fleet.platform
    if platform.shards is None and not platform.external_labels:
        for each in platform.remote_write:
            message = f"samples go to `{shown_url(each.url)}` without a label that tells from where"
            yield origin(each, fleet).finding(message, "give the platform `external_labels`")


@check("remote-write/operator")
def write_references(fleet: Fleet) -> Iterator[Finding]:
    """
    A remote write reads a credential or a certificate from a file, and the Operator's object cannot refer to it.

    `remoteWrite` of a `Prometheus` object refers to keys of Secrets, and for certificates that everybody may read to
    keys of ConfigMaps, in the namespace of the object. `Cluster(files={"/run/secrets/mimir": Secret("mimir",
    "password")})` says which. The user of a password and the id of a client come from the same Secret.

    Accept it where something else writes there: the object is rendered without this remote write then.
    """
    for each in fleet.platform.remote_write if starts(fleet) else ():
        for path in unreferenced(each, fleet):
            yield origin(each, fleet).finding(
                f"samples are written with `{path}`, and {missing(path, referenced(fleet))}",
                f'say so: Platform(cluster=Cluster(files={{"{path}": Secret("...", "...")}}))',
            )


# Shards -------------------------------------------------------------------------------------------------


def _shards(fleet: Fleet) -> Iterator[tuple[Shards, Origin]]:
    platform, shards = fleet.platform, fleet.platform.shards
    if shards is not None:
        accept = {**platform.accept, **shards.accept}
        yield shards, Origin(source=shards.source, subject="platform / shards", accept=accept)


@check("shards/duplicate")
def duplicate_shard(fleet: Fleet) -> Iterator[Finding]:
    """
    A server is listed twice among the shards.

    Each place in the list is a share of the targets, and the share of the second place would be scraped by nobody.
    """
    for shards, about in _shards(fleet):
        listed = [server for servers in shards.servers.values() for server in servers]
        for server in dict.fromkeys(each for each in listed if listed.count(each) > 1):
            yield about.finding(f"`{server}` is listed twice")


@check("shards/loopback")
def loopback(fleet: Fleet) -> Iterator[Finding]:
    """
    A job of shards scrapes `localhost`, which is another machine for each of them.

    The address falls to one of the shards, and the others do not scrape theirs. List the servers by names that all
    shards know: `Static(["prometheus-0:9090", "prometheus-1:9090"])`.
    """
    for _ in _shards(fleet):
        for plan in fleet.plans:
            for job in plan.jobs if not reads_shards(plan) else ():
                for target in _static(job.discovery):
                    if _LOOPBACK.fullmatch(target):
                        about = Origin.of(plan.system, f"job {job.name}", job)
                        message = f"`{target}` is another machine for each shard, and one of them alone scrapes it"
                        yield about.finding(message, "name it as all shards know it")


def _static(discoveries: object) -> Iterator[str]:
    for each in discoveries if isinstance(discoveries, tuple) else ():
        if isinstance(each, Static):
            yield from each.targets


@check("shards/label")
def label(fleet: Fleet) -> Iterator[Finding]:
    """
    A label that shards add is also a label of something else.

    Shards carry `shard`, and the platform's external labels. On the server that has the rules a series shall look as if
    that server had scraped it, so they are dropped there, a metric's own label of that name with them. Those that every
    aggregation keeps stay, and so does the label of several clusters: a series with a label of that name has its own
    value, and is of no cluster.
    """
    for shards, about in _shards(fleet):
        if LABEL in fleet.platform.external_labels or LABEL in (*fleet.platform.keep, shards.label):
            message = f"`{LABEL}` is the label by which shards differ"
            yield about.finding(message, "give the platform's label another name")
        for plan in fleet.plans:
            for metric in plan.metrics:
                for each in metric.labels:
                    if fate := _fate(each.name, fleet):
                        own = Origin.of(plan.system, f"metric {metric.name}", metric)
                        yield own.finding(f"the label `{each.name}` of `{metric.name}` is {fate}")


def _fate(name: str, fleet: Fleet) -> str:
    """What becomes of a metric's own label, if it is one that shards add."""
    if name in dropped(fleet.platform):
        return "dropped where shards are read"
    return "also one that shards add" if name in brought(fleet.platform) else ""


@check("shards/cluster", "warning")
def cluster(fleet: Fleet) -> Iterator[Finding]:
    """
    Series of several clusters meet, and no aggregation keeps them apart.

    `sum by (job)` adds up all clusters, and targets of one name in two clusters match each other. Say
    `keep=["cluster"]` of the platform; where promises are made over all clusters together, accept this and say so.
    """
    for shards, about in _shards(fleet):
        if len(shards.servers) > 1 and shards.label not in fleet.platform.keep:
            message = f"series of {len(shards.servers)} clusters meet, and `keep` does not list `{shards.label}`"
            yield about.finding(message, f"write keep=[{shards.label!r}]")


@check("shards/interval", "warning")
def interval(fleet: Fleet) -> Iterator[Finding]:
    """
    A job is scraped more often than the shards are read.

    Only the newest sample of a series is read, so those between are never seen by a rule. Lower `interval` of the
    shards, or scrape the job less often.
    """
    for shards, _ in _shards(fleet):
        every = shards.interval or fleet.platform.scrape_interval
        for plan in fleet.plans:
            for job in plan.jobs if not reads_shards(plan) else ():
                if milliseconds(job.interval or fleet.platform.scrape_interval, "") < milliseconds(every, ""):
                    about = Origin.of(plan.system, f"job {job.name}", job)
                    found = job.interval or fleet.platform.scrape_interval
                    yield about.finding(f"job `{job.name}` is scraped every {found}, and shards are read every {every}")

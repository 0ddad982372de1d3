"""What the objects of a cluster cannot say, or would say otherwise than it was meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from watchwright.finding import Finding, check
from watchwright.lower.clusters import MANAGED_BY, PART_OF, SINCE, scraped
from watchwright.lower.operator import referenced
from watchwright.lower.plan import Fleet, Origin
from watchwright.lower.references import missing, read
from watchwright.model.cluster import Sidecar


@check("kubernetes/credentials")
def credentials(fleet: Fleet) -> Iterator[Finding]:
    """
    A job reads a credential or a certificate from a file, and the cluster does not say where it has it.

    ServiceMonitor, PodMonitor and ScrapeConfig know no files of the server: they refer to keys of Secrets, and for
    certificates that everybody may read to keys of ConfigMaps, in the namespace of the object.
    `Cluster(files={"/run/secrets/bus": Secret("bus-token", "token")})` says which. Passwords, tokens and private keys
    come from Secrets alone; the user of a password does, too.

    Accept it where something else scrapes the job in the cluster: no object is rendered for it then.
    """
    for each in scraped(fleet):
        for path in each.unreferenced:
            yield each.origin.finding(
                f"job `{each.job.name}` reads `{path}`, and {missing(path, referenced(fleet))}",
                f'say so: Cluster(files={{"{path}": Secret("...", "...")}})',
            )


@check("kubernetes/files")
def files(fleet: Fleet) -> Iterator[Finding]:
    """
    A job discovers its targets from files beside prometheus.yml, and in a cluster there is no such place.

    The Operator writes the configuration into a folder of its own in Prometheus' pod, where nothing else can write.
    What `configMaps` or `volumes` of the `Prometheus` object mount has an absolute path: name that. Or discover
    from Kubernetes, over HTTP, or by a list of targets.

    Accept it where something else scrapes the job in the cluster: no object is rendered for it then.
    """
    for each in scraped(fleet):
        for path in each.unmounted:
            yield each.origin.finding(
                f"job `{each.job.name}` discovers from `{path}` beside prometheus.yml, which no {each.kind} can",
                "mount it into Prometheus' pod, and give its absolute path there",
            )


@check("kubernetes/operator")
def operator(fleet: Fleet) -> Iterator[Finding]:
    """
    A job wants what the oldest declared Operator cannot say.

    The API server refuses an object with a field that its definition does not have, or drops the field without a
    word, by the way it is applied. A ServiceMonitor that chooses between endpoints and slices of them needs Operator
    0.86 (where `relabel` reads `__meta_kubernetes_endpoint...`), native histograms 0.88, a limit of a ScrapeConfig's
    bodies 0.89. Say `Cluster(operator="0.89")` where that runs.

    Where it is accepted, the field is left out.
    """
    cluster = fleet.platform.cluster
    for each in scraped(fleet):
        for field in each.unknown:
            major, minor = SINCE[field]
            yield each.origin.finding(
                f"job `{each.job.name}` needs `{field}` of {each.kind}, "
                f"which Operator {cluster.operator if cluster else ''} does not know",
                f"leave out what needs it, or raise `operator` to {major}.{minor}",
            )


@check("kubernetes/unused-file", "warning")
def unused_file(fleet: Fleet) -> Iterator[Finding]:
    """
    The cluster says which Secret has a file that no job, remote write or data source reads.

    The path is another one than the definition's, or what read it is gone. Paths are compared letter by letter, as the
    definitions have them. Where another environment reads it, accept this or say `files` for that one alone.
    """
    cluster = fleet.platform.cluster
    known = set(_read(fleet))
    for path in cluster.files if cluster is not None else ():
        if path not in known:
            close = difflib.get_close_matches(path, sorted(known), 1)
            hint = f"did you mean `{close[0]}`?" if close else "leave it out"
            yield _cluster(fleet).finding(f"`files` says where `{path}` is, which nothing reads", hint)


def _read(fleet: Fleet) -> Iterator[str]:
    platform = fleet.platform
    datasources = platform.provisioning.datasources if platform.provisioning else ()
    jobs = (job for plan in fleet.plans for job in plan.jobs)
    for each in (*jobs, *platform.remote_write, *datasources):
        yield from (path for path, _ in read(each.auth, each.tls))


@check("kubernetes/label")
def label(fleet: Fleet) -> Iterator[Finding]:
    """
    The cluster's objects are given a label that has a meaning of its own.

    By `app.kubernetes.io/managed-by` Argo CD, Helm and people know who writes an object, `app.kubernetes.io/part-of` is
    the system that it belongs to, and by the sidecar's labels Grafana knows dashboards from data sources: on all
    objects they would be lost, or say something else. `Sidecar(label=..., value=...)` says what the sidecar looks for.
    """
    cluster = fleet.platform.cluster
    if cluster is None:
        return
    sidecar = cluster.dashboards if isinstance(cluster.dashboards, Sidecar) else None
    looked_for = (sidecar.label, sidecar.datasource_label) if sidecar else ()
    for name in cluster.labels:
        if name in looked_for:
            message = f"Grafana's sidecar looks for the label `{name}`, which all objects would have"
            yield _cluster(fleet).finding(message, "say it in Sidecar(label=..., value=...)")
        if name in (MANAGED_BY, PART_OF):
            yield _cluster(fleet).finding(f"the label `{name}` is Watchwright's own", "leave it out")


def _cluster(fleet: Fleet) -> Origin:
    platform, cluster = fleet.platform, fleet.platform.cluster
    if cluster is None:
        return fleet.origin
    accept = {**platform.accept, **cluster.accept}
    return Origin(source=cluster.source, subject="platform / cluster", accept=accept)

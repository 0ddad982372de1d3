"""What the objects of a cluster cannot say about jobs."""

from __future__ import annotations

from collections.abc import Iterator

from watchwright.finding import Finding, check
from watchwright.lower.clusters import SINCE, scraped
from watchwright.lower.operator import referenced
from watchwright.lower.plan import Fleet
from watchwright.lower.references import missing


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

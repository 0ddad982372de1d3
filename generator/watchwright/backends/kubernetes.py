"""
Finished files as objects of Kubernetes, and the one Kustomize tree that lists them.

Rules, scrape jobs, dashboards and Jaeger's files go in as the other backends made them. The tests of alerts are for
promtool, and are not deployed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from watchwright.backends import kubernetes_grafana, kubernetes_rules, kubernetes_scraping
from watchwright.backends.artifact import Artifact, Output
from watchwright.backends.kubernetes_grafana import config_map
from watchwright.backends.kubernetes_manifest import Manifest, excess, object_name, written
from watchwright.backends.yamltext import document
from watchwright.finding import Finding, reports
from watchwright.lower.plan import Fleet, Origin
from watchwright.lower.sampling import default
from watchwright.model.cluster import Cluster

_FOLDER = "kubernetes/"
_JAEGER = {"jaeger": ("jaeger.yaml", "ui.json"), "jaeger-sampling": ("sampling.json",)}


@reports("kubernetes/size")
def too_large(manifest: Manifest, excess: str) -> Finding:
    """
    An object is larger than the cluster may take, and cannot be taken apart.

    `kubectl apply` and Argo CD keep the whole object once more in an annotation of at most 256 KiB, unless they apply
    on the server's side; Kubernetes itself takes 1 MiB. A dashboard's blanks have been left out already. Let
    `Cluster(apply="server")` say that the server applies (`kubectl apply --server-side`, Flux, Argo CD with
    ServerSideApply), or make two of a dashboard, or of a job's targets.

    Where it is accepted, the object is left out.
    """
    return manifest.origin.finding(
        f"{manifest.kind} `{manifest.name}` {excess}",
        'let the server apply: Cluster(apply="server"); or make two of it',
    )


@reports("kubernetes/name")
def same_name(kind: str, name: str, origin: Origin, other: str) -> Finding:
    """
    Two objects of one kind would have one name in the cluster, so that one would replace the other.

    Names are made of those of systems, jobs and dashboards, in small letters, digits and dashes: `db_main` and
    `db-main` come to the same. Name one of them differently.
    """
    return origin.finding(f"{kind} `{name}` is made of {origin.subject}, and of {other} too", "rename one of them")


def render(fleet: Fleet, artifacts: Sequence[Artifact]) -> Iterator[Output]:
    """The objects of a fleet, of the *artifacts* that the other backends made of it; none where no cluster is named."""
    cluster = fleet.platform.cluster
    if cluster is None:
        return
    files = {artifact.path: artifact for artifact in artifacts}
    # what an installed backend puts there is a part of the tree, too
    made = [artifact for artifact in artifacts if artifact.path.startswith(_FOLDER)]
    for output in _outputs(fleet, files, cluster):
        if isinstance(output, Artifact):
            made.append(output)
        yield output
    yield _kustomization(made)


def _outputs(fleet: Fleet, files: Mapping[str, Artifact], cluster: Cluster) -> Iterator[Output]:
    seen: dict[tuple[str, str], str] = {}
    for plan in fleet.plans:
        yield from kubernetes_rules.artifacts(plan, files, cluster)
    for made in _manifests(fleet, files, cluster):
        if isinstance(made, Finding):
            yield made
            continue
        key = (made.kind, made.name)
        if key in seen:
            yield same_name(*key, made.origin, seen[key])
        elif weighs := excess(made, cluster):
            yield too_large(made, weighs)
        else:
            seen[key] = made.origin.subject
            yield written(made, cluster)


def _manifests(fleet: Fleet, files: Mapping[str, Artifact], cluster: Cluster) -> Iterator[Manifest | Finding]:
    yield from kubernetes_scraping.objects(fleet, cluster)
    yield from kubernetes_grafana.objects(fleet, files, cluster)
    for name, held in _JAEGER.items():
        data = {file: files[f"jaeger/{file}"].text for file in held}
        made = object_name(cluster, name)
        yield config_map(f"{name}.yaml", made, data, default(fleet).origin, cluster)


def _kustomization(made: Sequence[Artifact]) -> Artifact:
    # without `namespace`, which every object has: to set it, kustomize compares each with all others, and takes minutes
    # for some thousand of them
    return document(
        f"{_FOLDER}kustomization.yaml",
        {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": sorted(artifact.path.removeprefix(_FOLDER) for artifact in made),
        },
    )

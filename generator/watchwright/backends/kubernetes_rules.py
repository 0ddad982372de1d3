"""
Rule files as PrometheusRule, their groups word for word.

A system's rules are one object as long as that takes them. Beyond, groups that read what others of the system record
stay together as far as they fit, and no group is ever split: it is evaluated in its order, by one Prometheus.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import attrs
import yaml

from watchwright.backends.artifact import Artifact, Stretch
from watchwright.backends.kubernetes_manifest import (
    CLIENT_BUDGET,
    KIB,
    RULES_BUDGET,
    Manifest,
    annotated_bytes,
    beyond,
    head,
    object_name,
)
from watchwright.finding import Finding, reports
from watchwright.lower.plan import Origin, Plan, Recording, RuleGroup
from watchwright.model.cluster import Cluster
from watchwright.query.tree import Selector, walk

_API = "monitoring.coreos.com/v1"
_GROUP = re.compile(r"^  - name:", re.MULTILINE)
_ESCAPES = {'"': 1, "\\": 1, "<": 5, ">": 5, "&": 5}
_METADATA = 2 * KIB  # more than stands around the groups
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@reports("kubernetes/rules-size")
def too_large(group: RuleGroup, name: str, excess: str, origin: Origin) -> Finding:
    """
    A group of rules is larger than an object of the cluster may be.

    `kubectl apply` and Argo CD keep the whole object once more in an annotation of at most 256 KiB, unless they apply
    on the server's side; the Operator itself takes 512 KiB of rules an object. Rules of a group are evaluated in
    their order, so a group is not taken apart. Let `Cluster(apply="server")` say that the server applies, have
    SLOs packed into smaller groups (`Platform(ruler=Ruler(rules_per_group=...))`), or make two systems of one.

    Where it is accepted, the object is left out: somebody else brings these rules into the cluster.
    """
    return origin.finding(
        f"group `{group.name}` of PrometheusRule `{name}` {excess}", "apply on the server's side, or split the system"
    )


@attrs.define(eq=False)
class _Written:
    """A group with the lines that a rule file has of it; *first* is the number of the first one there."""

    group: RuleGroup
    artifact: Artifact
    text: str
    first: int

    @cached_property
    def at_most(self) -> int:
        """
        No less than `annotated`, and known at once.

        Indentation is longer than the quotes and commas in its place; what is left are escapes.
        """
        return len(self.text.encode()) + sum(cost * self.text.count(sign) for sign, cost in _ESCAPES.items())

    @cached_property
    def annotated(self) -> int:
        """What it adds to the annotation that kubectl makes of an object."""
        return annotated_bytes(yaml.load(self.text, _Loader))  # noqa: S506 - a safe one

    @cached_property
    def spelt(self) -> int:
        """What it adds to the rules that the Operator writes down again."""
        return len(self.text.encode())

    @property
    def origin(self) -> Origin:
        """The place of its first rule."""
        return self.group.rules[0].origin

    @cached_property
    def records(self) -> frozenset[str]:
        """The series that it records."""
        return frozenset(rule.record for rule in self.group.rules if isinstance(rule, Recording))

    @cached_property
    def reads(self) -> frozenset[str]:
        """The series that it reads."""
        nodes = (node for rule in self.group.rules for node in walk(rule.expr))
        return frozenset(node.metric for node in nodes if isinstance(node, Selector))


def artifacts(plan: Plan, files: Mapping[str, Artifact], cluster: Cluster) -> Iterator[Artifact | Finding]:
    """The objects of one system, of its rule *files* by path."""
    groups = [
        each
        for file in plan.files
        for each in _groups(files[f"rules/{plan.system.name}/{file.name}.yaml"], file.groups)
    ]
    for number, together in enumerate(packed(groups, cluster), start=1):
        # a dot, which no other name has: `checkout-2` may be a system of its own
        more = "" if number == 1 else f".{number}"
        name = f"{object_name(cluster, plan.system.name)}{more}"
        if excess := _excess(together, cluster):
            yield too_large(together[0].group, name, excess, together[0].origin)
        else:
            yield _artifact(together, name, f"prometheusrule{more}", plan, cluster)


def _groups(artifact: Artifact, groups: Sequence[RuleGroup]) -> Iterator[_Written]:
    starts = [found.start() for found in _GROUP.finditer(artifact.text)]
    ends = [*starts[1:], len(artifact.text)]
    for group, start, end in zip(groups, starts, ends, strict=True):
        yield _Written(group, artifact, artifact.text[start:end], artifact.text.count("\n", 0, start) + 1)


def packed(groups: Sequence[_Written], cluster: Cluster) -> list[list[_Written]]:
    """The groups of each object: all in one, else what belongs together, else one after the other."""
    if not groups or _fits(groups, cluster):
        return [list(groups)] if groups else []
    made: list[list[_Written]] = []
    for related in _related(groups):
        parts = [related] if _fits(related, cluster) else [[each] for each in related]
        for part in parts:
            if made and _fits([*made[-1], *part], cluster):
                made[-1] += part
            else:
                made.append(list(part))
    return made


def _related(groups: Sequence[_Written]) -> list[list[_Written]]:
    """Groups of which one reads what another records, directly or not, each in the order they were in."""
    clusters: list[list[int]] = []
    for number, each in enumerate(groups):
        joined = [one for one in clusters if any(_depend(groups[other], each) for other in one)]
        clusters = [one for one in clusters if one not in joined]
        clusters.append(sorted([*(other for one in joined for other in one), number]))
    return [[groups[number] for number in one] for one in sorted(clusters)]


def _depend(one: _Written, other: _Written) -> bool:
    return bool(one.records & other.reads or other.records & one.reads)


def _fits(groups: Sequence[_Written], cluster: Cluster) -> bool:
    return not _excess(groups, cluster)


def _excess(groups: Sequence[_Written], cluster: Cluster) -> str:
    """What they weigh and may weigh together, in words, or nothing."""
    if cluster.apply == "server":
        return beyond(sum(each.spelt for each in groups), RULES_BUDGET)
    return _beyond_client(groups)


def _beyond_client(groups: Sequence[_Written]) -> str:
    if _METADATA + sum(each.at_most for each in groups) <= CLIENT_BUDGET:
        return ""
    return beyond(_METADATA + sum(each.annotated for each in groups), CLIENT_BUDGET)


def _artifact(groups: Sequence[_Written], name: str, file: str, plan: Plan, cluster: Cluster) -> Artifact:
    manifest = Manifest(
        path=f"{plan.system.name}/{file}.yaml",
        api=_API,
        kind="PrometheusRule",
        name=name,
        system=plan.system.name,
        body={},
        origin=groups[0].origin,
    )
    opening = f"{head(manifest, cluster, server_side=bool(_beyond_client(groups)))}spec:\n  groups:\n"
    lines = opening.count("\n")
    parts: list[str] = []
    stretches: list[Stretch] = []
    for each in groups:
        stretches += _moved(each, lines + 1 - each.first)
        parts.append("".join(f"  {line}" if line.strip() else line for line in each.text.splitlines(keepends=True)))
        lines += each.text.count("\n")
    return Artifact(f"kubernetes/{manifest.path}", f"{opening}{''.join(parts)}", tuple(stretches))


def _moved(each: _Written, by: int) -> Iterator[Stretch]:
    last = each.first + each.text.count("\n") - 1
    for stretch in each.artifact.origins:
        if each.first <= stretch.first and stretch.last <= last:
            yield Stretch(stretch.first + by, stretch.last + by, stretch.origin)

"""Objects keep within what kubectl, the API server and the Operator take; what depends on each other stays together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import attrs
import pytest
import yaml
from made import findings, fleet, manifests, outputs, read, rules, system, wide

from watchwright import Counter, Dashboard, Job, Row, System, TextPanel
from watchwright.backends import grafana, kubernetes_rules, prometheus
from watchwright.backends.artifact import Artifact
from watchwright.backends.kubernetes_grafana import dense
from watchwright.backends.kubernetes_manifest import CLIENT_BUDGET, OBJECT_BUDGET, RULES_BUDGET, annotated_bytes
from watchwright.clusters import Cluster, GrafanaOperator
from watchwright.discovery import Static
from watchwright.lower.plan import RuleGroup
from watchwright.model.cluster import Cluster as Model
from watchwright.model.platform import Ruler
from watchwright.slo import Ratio, Slo

CLIENT, SERVER = Cluster(), Cluster(apply="server")
# kubernetes: apimachinery/pkg/api/validation/objectmeta.go, pkg/apis/core/types.go; prometheus-operator: pkg/operator/rules.go
ANNOTATIONS, SECRET, OPERATOR = 262_144, 1_048_576, 524_288


def _annotated(document: dict[str, Any]) -> int:
    """What kubectl keeps of an object: Go's JSON of it, written here once more by another way."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return len(text.encode()) + len("kubectl.kubernetes.io/last-applied-configuration")


def test_the_budgets_are_below_the_limits() -> None:
    assert CLIENT_BUDGET < ANNOTATIONS
    assert OBJECT_BUDGET <= SECRET
    assert RULES_BUDGET < OPERATOR


def test_the_weight_of_an_object_is_that_of_its_annotation() -> None:
    """With the escapes that Go writes into JSON."""
    for value in ({"a": "x < 1 > 2 & 3"}, {"é": 'say "so"\n'}, {"line": "\u2028"}):
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("\u2028", "\\u2028")
        for sign in "<>&":
            text = text.replace(sign, f"\\u{ord(sign):04x}")
        assert len(text.encode()) == annotated_bytes(value)


def test_every_object_of_this_repository_fits_a_client(objects: dict[str, dict[str, Any]]) -> None:
    heaviest = max(map(_annotated, objects.values()))
    assert 100_000 < heaviest < ANNOTATIONS


def test_what_a_group_may_weigh_is_never_underestimated(shipped: tuple[Artifact, ...]) -> None:
    """The quick bound spares reading the file again, and holds for every group of this repository."""
    groups = _groups_of(shipped)
    assert len(groups) > 10
    for each in groups:
        assert each.annotated <= each.at_most <= 3 * each.annotated


def _groups_of(artifacts: tuple[Artifact, ...]) -> list[Any]:
    found = []
    for artifact in artifacts:
        if artifact.path.startswith("rules/") and artifact.path.endswith(".yaml") and "/tests/" not in artifact.path:
            empty = [RuleGroup(name=group["name"], interval="1m", rules=()) for group in read(artifact.text)["groups"]]
            found += kubernetes_rules._groups(artifact, empty)  # noqa: SLF001 - what is measured
    return found


# Rules.


# SLOs are packed into groups of so many rules, so that a system has several of them
PACKED = {"ruler": Ruler(rules_per_group=40, groups=1000)}


def _promising(name: str, slos: int) -> System:
    """A system with so many SLOs: some twenty kibibytes of rules each."""
    bad, total = (
        Counter(f"{name.replace('-', '_')}_{what}_total", "Events.", labels=["route"]) for what in ("bad", "all")
    )
    promises = [
        Slo(
            f"route-{number}",
            objective=99.9,
            sli=Ratio(bad=bad.where(route=f"{number}"), total=total.where(route=f"{number}")),
        )
        for number in range(slos)
    ]
    return System(name, owner="platform", jobs=[Job(name, Static([f"{name}:8000"]))], slos=promises)


@pytest.mark.parametrize(("cluster", "slos"), [(CLIENT, 7), (SERVER, 14)], ids=["client", "server"])
def test_as_much_as_fits_is_one_object(cluster: Model, slos: int) -> None:
    made = manifests(_promising("bus", slos), cluster=cluster, **PACKED)
    assert ["bus"] == list(rules(made))


@pytest.mark.parametrize(("cluster", "limit"), [(CLIENT, ANNOTATIONS), (SERVER, None)], ids=["client", "server"])
def test_what_does_not_fit_is_several_objects_each_within_the_limits(cluster: Model, limit: int | None) -> None:
    cluster = attrs.evolve(cluster, dashboards=None)
    made = manifests(_promising("bus", 40), cluster=cluster, **PACKED)
    found = rules(made)
    assert len(found) > 1
    assert ["bus", *(f"bus.{number}" for number in range(2, len(found) + 1))] == sorted(found)
    for document in made.values():
        if document["kind"] == "PrometheusRule":
            assert limit is None or _annotated(document) < limit
            # goyaml folds at 80 as PyYAML does by itself
            assert len(yaml.safe_dump(document["spec"]).encode()) < OPERATOR


def test_splitting_loses_and_changes_nothing() -> None:
    """Every group is in exactly one object, in the order of the rule files, word for word."""
    made = fleet(_promising("bus", 20), **PACKED)
    files, _ = outputs(made)
    split = [group for path in files if "prometheusrule" in path for group in read(files[path])["spec"]["groups"]]
    ruled = [each for each in prometheus.render(made) if each.path.startswith("rules/bus/")]
    whole = [group for each in ruled for group in read(each.text)["groups"]]
    key = lambda group: group["name"]  # noqa: E731
    assert sorted(whole, key=key) == sorted(split, key=key)


def test_objects_are_the_same_whatever_else_is_rendered() -> None:
    alone = outputs(fleet(_promising("bus", 20), **PACKED))[0]
    among = outputs(fleet(_promising("bus", 20), system("post"), system("a"), **PACKED))[0]
    assert "bus/prometheusrule.2.yaml" in alone
    assert {path: text for path, text in among.items() if path.startswith("bus/")} == {
        path: text for path, text in alone.items() if path.startswith("bus/")
    }


def test_what_reads_what_another_group_records_stays_with_it() -> None:
    """Of three pairs, each too large to share an object with another, no pair is parted, whatever its order."""
    groups = [_Group(name, 100, records, reads) for name, records, reads in (
        ("a", {"a:x"}, set()), ("b", {"b:x"}, set()), ("c", {"c:x"}, set()),
        ("reads-c", set(), {"c:x"}), ("reads-b", set(), {"b:x"}), ("reads-a", set(), {"a:x"}),
    )]  # fmt: skip
    packed = kubernetes_rules.packed(groups, CLIENT)
    assert [["a", "reads-a"], ["b", "reads-b"], ["c", "reads-c"]] == [[each.name for each in one] for one in packed]


def test_a_chain_is_kept_together_too() -> None:
    groups = [
        _Group("alerts", 60, set(), {"c:x"}),
        _Group("other", 150, set(), set()),
        _Group("first", 60, {"a:x"}, set()),
        _Group("second", 60, {"c:x"}, {"a:x"}),
    ]
    packed = kubernetes_rules.packed(groups, CLIENT)
    assert [["alerts", "first", "second"], ["other"]] == [[each.name for each in one] for one in packed]


def test_what_belongs_together_and_is_too_large_is_parted_between_groups() -> None:
    groups = [_Group(str(number), 100, {"a:x"}, {"a:x"}) for number in range(5)]
    packed = kubernetes_rules.packed(groups, CLIENT)
    assert [["0", "1"], ["2", "3"], ["4"]] == [[each.name for each in one] for one in packed]


class _Group:
    """A group of so many kibibytes, with what it records and reads."""

    def __init__(self, name: str, weight: int, records: set[str], reads: set[str]) -> None:
        self.name, self.records, self.reads = name, frozenset(records), frozenset(reads)
        self.at_most = self.annotated = self.spelt = weight * 1024


@pytest.mark.parametrize("cluster", [CLIENT, SERVER], ids=["client", "server"])
def test_a_group_that_alone_is_too_large_is_a_finding(cluster: Model) -> None:
    """It is evaluated in its order, so it is not taken apart."""
    ((found, said),) = findings(wide("bus", 600), cluster=cluster)
    assert "kubernetes/rules-size" == found
    assert said.startswith("group `bus-alerting` of PrometheusRule `bus` weighs ")
    assert said.endswith(f"may weigh {255 if cluster.apply == 'client' else 448}")


def test_a_server_takes_what_a_client_cannot_and_argo_is_told() -> None:
    one = wide("bus", 300)
    assert [("kubernetes/rules-size")] == [each for each, _ in findings(one)]
    made = manifests(one, system("post"), cluster=SERVER)
    told = {name: made[f"{name}/prometheusrule.yaml"]["metadata"].get("annotations") for name in ("bus", "post")}
    assert {"bus": {"argocd.argoproj.io/sync-options": "ServerSideApply=true"}, "post": None} == told


def test_a_split_object_has_a_name_that_no_system_has() -> None:
    """`bus-2` may be one; a name with a dot is none."""
    made = manifests(_promising("bus", 20), system("bus-2"), cluster=Cluster(dashboards=None), **PACKED)
    names = [each["metadata"]["name"] for each in made.values() if each["kind"] == "PrometheusRule"]
    assert len(set(names)) == len(names)
    assert {"bus", "bus.2", "bus-2"} <= set(names)


def test_lines_of_a_split_object_still_know_their_definition() -> None:
    """So that what a tool says of a line leads to the alert."""
    made = fleet(_promising("bus", 20), **PACKED)
    ruled = {artifact.path: artifact for artifact in prometheus.render(made)}
    split = [each for each in kubernetes_rules.artifacts(made.plans[0], ruled, CLIENT) if isinstance(each, Artifact)]
    assert len(split) > 1
    assert sorted(_placed(ruled.values())) == sorted(_placed(split))
    for artifact in split:
        assert artifact.origins == tuple(sorted(artifact.origins, key=lambda each: each.first))


def _placed(artifacts: Iterable[Artifact]) -> Iterator[tuple[str, str]]:
    """The first line of each rule, with the path of the object that it comes from."""
    for artifact in artifacts:
        lines = artifact.text.splitlines()
        for stretch in artifact.origins if "/tests/" not in artifact.path else ():
            rule = next(
                line.strip() for line in lines[stretch.first - 1 : stretch.last] if not line.strip().startswith("#")
            )
            if rule.startswith(("- alert: ", "- record: ")):
                yield rule, stretch.origin.subject


# Dashboards and the rest.


def _board(kibibytes: int, panels: int = 40) -> System:
    text = "x" * (kibibytes * 1024 // panels)
    rows = [Row("Row", [TextPanel(f"Text {number}", text) for number in range(panels)])]
    return System("bus", owner="platform", jobs=[Job("bus", Static(["bus:8000"]))], dashboards=[Dashboard("Now", rows)])


def test_a_dashboard_is_written_as_it_is_where_it_fits() -> None:
    made = fleet(_board(100))
    files, _ = outputs(made)
    (board,) = read(files["bus/dashboard-now.yaml"])["data"].values()
    assert board.startswith('{\n  "uid": "bus-now",\n')


@pytest.mark.parametrize("operator", [False, True], ids=["ConfigMap", "GrafanaDashboard"])
def test_a_dashboard_loses_its_blanks_where_it_is_too_large_with_them(operator: bool) -> None:
    """And nothing else."""
    cluster = Cluster(dashboards=GrafanaOperator(instances={"a": "b"})) if operator else CLIENT
    made = fleet(_board(215, panels=150), cluster=cluster)
    files, found = outputs(made)
    assert () == found
    document = read(files[f"bus/{'grafana' if operator else ''}dashboard-now.yaml"])
    board = document["spec"]["json"] if operator else document["data"]["bus-now.json"]
    assert "\n" not in board
    (whole,) = grafana.render(made)
    assert json.loads(whole.text) == json.loads(board)
    assert _annotated(document) < ANNOTATIONS


@pytest.mark.parametrize("operator", [False, True], ids=["ConfigMap", "GrafanaDashboard"])
def test_a_dashboard_that_never_fits_is_a_finding(operator: bool) -> None:
    dashboards = GrafanaOperator(instances={"a": "b"})
    for cluster, kibibytes, budget in ((Cluster, 300, 255), (Cluster, 1100, 1024)):
        options = {"dashboards": dashboards} if operator else {}
        apply = "client" if budget == 255 else "server"
        ((found, said),) = findings(_board(kibibytes), cluster=cluster(apply=apply, **options))
        assert "kubernetes/size" == found
        assert f"{'GrafanaDashboard' if operator else 'ConfigMap'} `bus-now` weighs" in said
        assert said.endswith(f"may weigh {budget}")


def test_a_list_of_targets_that_is_too_long_is_a_finding() -> None:
    one = System("bus", owner="platform", jobs=[Job("bus", Static([f"bus-{number}:8000" for number in range(20_000)]))])
    ((found, said),) = findings(one)
    assert ("kubernetes/size", True) == (found, said.startswith("ScrapeConfig `bus` weighs "))
    assert [] == findings(one, cluster=SERVER)


@pytest.mark.parametrize(
    "text", ['{\n  "a b": "c  \\" d\\\\",\n  "e": [1.50, 2e3, null]\n}\n', "[ ]\n", '"\\u00e9  x"']
)
def test_blanks_within_texts_are_kept_and_numbers_as_they_were(text: str) -> None:
    made = dense(text)
    assert json.loads(text) == json.loads(made)
    assert dense(made) == made
    assert "1.50" in made or "1.50" not in text


# Many systems.


def test_many_small_systems_keep_within_sizes_and_counts() -> None:
    """A loop of them: one rule object, one of its job and one of each board for each, and no large one."""
    count = 100
    files, found = outputs(fleet(*(system(f"shop-{number:03}") for number in range(count))))
    assert () == found
    assert 3 * count + 3 == len(files)
    kustomization = read(files["kustomization.yaml"])
    assert sorted(kustomization["resources"]) == sorted(set(files) - {"kustomization.yaml"})
    assert max(map(len, files.values())) < 64 * 1024

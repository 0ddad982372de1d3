"""The Kustomize tree: one an environment, whole, and taken as it is by kubectl, kustomize and kubeconform."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from made import fleet, outputs, read, system
from strict import FOLDER, schemas

from watchwright.backends.artifact import Artifact
from watchwright.verify.kubernetes import verify
from watchwright.verify.tools import Tool
from workbench import ROOT, SHOP, Repository, by_environment

PLATFORM = """\
from watchwright import Environment, Platform, definition
from watchwright.clusters import Cluster


@definition
def platform(env: Environment) -> Platform:
    return Platform(cluster=Cluster(namespace=env.pick("watched", staging="watched-staging")))
"""


def _listed(root: Path) -> list[str]:
    return sorted(read((root / "kustomization.yaml").read_text("utf-8"))["resources"])


def _lying(root: Path) -> list[str]:
    files = (file.relative_to(root).as_posix() for file in root.rglob("*.yaml"))
    return sorted(set(files) - {"kustomization.yaml"})


def test_a_repository_gets_one_tree_beside_what_it_had(shop: Repository) -> None:
    shop.write("systems/platform.py", "from watchwright import Platform\n\nplatform = Platform()\n")
    assert 0 == shop.run("render", "--no-verify").exit_code
    before = shop.files()
    assert not (shop.root / "kubernetes").exists()

    shop.write("systems/platform.py", PLATFORM)
    assert 0 == shop.run("render", "--no-verify").exit_code

    after = shop.files()
    assert before.items() <= after.items()
    tree = shop.root / "kubernetes"
    assert _listed(tree) == _lying(tree)
    assert {path.split("/")[0] for path in after.keys() - before.keys()} == {"kubernetes"}


def test_what_is_rendered_is_verified(shop: Repository) -> None:
    """Promtool judges the rules, and render itself the tree."""
    shop.write("systems/platform.py", PLATFORM)
    done = shop.run("render")
    assert 0 == done.exit_code, done.stderr
    assert (shop.root / "kubernetes" / "kustomization.yaml").is_file()


def test_each_environment_has_a_tree_of_its_own(repository: Repository) -> None:
    """What differs is rendered already: none refers to another, and nothing is patched."""
    settings = repository.root / "pyproject.toml"
    settings.write_text(settings.read_text() + 'environments = ["production", "staging"]\n')
    repository.write("systems/shop.py", by_environment(SHOP))
    repository.write("systems/platform.py", PLATFORM)
    assert 0 == repository.run("render", "--no-verify").exit_code
    for environment, namespace in (("production", "watched"), ("staging", "watched-staging")):
        tree = repository.root / "kubernetes" / environment
        assert _listed(tree) == _lying(tree)
        assert ".." not in (tree / "kustomization.yaml").read_text()
        assert {namespace} == {read(file.read_text())["metadata"]["namespace"] for file in tree.glob("*/*.yaml")}
        board = read((tree / "shop" / "dashboard-shop.yaml").read_text())
        assert {"grafana_folder": f"shop ({environment})"} == board["metadata"]["annotations"]
    assert not (repository.root / "kubernetes" / "kustomization.yaml").exists()


def test_objects_of_installed_backends_are_listed_too() -> None:
    """Kustomize would leave them out otherwise, without a word."""
    extra = Artifact("kubernetes/extra/secret.yaml", "apiVersion: v1\nkind: ExternalSecret\nmetadata: {name: bus}\n")
    files, _ = outputs(fleet(system("bus")), extra)
    assert "extra/secret.yaml" in read(files["kustomization.yaml"])["resources"]
    tree = [Artifact(f"kubernetes/{path}", text) for path, text in files.items()]
    assert () == verify([*tree, extra])
    assert ["it lists `extra/secret.yaml`, which is not there"] == [each.message for each in verify(tree)]


def test_render_refuses_what_an_installed_backend_puts_there_and_no_cluster_takes(
    shop: Repository, tmp_path: Path
) -> None:
    """Nothing is written then, of anything."""
    (tmp_path / "house_objects.py").write_text(
        "from watchwright.backends.artifact import Artifact\n\n\ndef render(fleet):\n"
        "    yield Artifact('kubernetes/house.yaml', 'apiVersion: v1\\nkind: Secret\\nmetadata: {name: In_House}\\n')\n"
    )
    info = tmp_path / "house_objects-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: house-objects\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[watchwright.backends]\nobjects = house_objects:render\n")
    shop.write("systems/platform.py", PLATFORM)
    command = [sys.executable, "-c", "from watchwright.cli import main; main()", "-C", str(shop.root), "render"]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'generator'}{os.pathsep}{tmp_path}"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert 1 == done.returncode
    assert "error: `In_House` is no name of an object [kubernetes/invalid]" in done.stderr
    assert "hint: rendered at kubernetes/house.yaml" in done.stderr
    assert not (shop.root / "kubernetes").exists()


def test_what_the_page_on_clusters_says_can_be_rendered(repository: Repository) -> None:
    page = (ROOT / "docs" / "clusters.md").read_text("utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    settings = repository.root / "pyproject.toml"
    settings.write_text(settings.read_text() + 'environments = ["production", "staging"]\n')
    repository.write("systems/platform.py", example)
    repository.write("systems/shop.py", SHOP)
    done = repository.run("render", "--no-verify")
    assert 0 == done.exit_code, done.stderr


def test_a_cluster_that_is_gone_takes_its_tree_along(shop: Repository) -> None:
    shop.write("systems/platform.py", PLATFORM)
    shop.run("render", "--no-verify")
    shop.write("systems/platform.py", "from watchwright import Platform\n\nplatform = Platform()\n")
    assert 0 == shop.run("render", "--no-verify").exit_code
    assert not (shop.root / "kubernetes").exists()


def test_the_same_files_come_out_again(shop: Repository) -> None:
    shop.write("systems/platform.py", PLATFORM)
    shop.run("render", "--no-verify")
    before = shop.files()
    assert 0 == shop.run("stale").exit_code
    shop.run("render", "--no-verify")
    assert before == shop.files()


def test_findings_of_a_cluster_can_be_accepted_there(shop: Repository) -> None:
    """With a reason, at the platform's cluster; one that nothing needs is said."""
    shop.write(
        "systems/platform.py",
        PLATFORM.replace('"watched-staging")', '"b"), accept={"kubernetes/datasource": "by hand"}'),
    )
    done = shop.run("check", "--no-verify")
    assert "nothing here is accepted by `kubernetes/datasource`" in done.stderr
    assert "in platform / cluster" in done.stderr


def test_foreign_checks_read_the_rules_of_a_manifest(shop: Repository) -> None:
    """What `check --rules` takes from anybody, it takes from us."""
    shop.write("systems/platform.py", PLATFORM)
    shop.run("render", "--no-verify")
    done = shop.run("check", "--rules", str(shop.root / "kubernetes/shop/prometheusrule.yaml"))
    assert 0 == done.exit_code, done.stderr


def test_every_promtool_takes_the_rules_inside(
    promtools: tuple[Tool, ...], objects: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    """As they stand in the objects: the schema of the Operator knows neither PromQL nor two groups of one name."""
    files = []
    for path, each in objects.items():
        if each["kind"] == "PrometheusRule":
            files.append(tmp_path / path.replace("/", "-"))
            files[-1].write_text(json.dumps(each["spec"]), "utf-8")
    assert files
    for tool in promtools:
        done = subprocess.run([tool.path, "check", "rules", *files], capture_output=True, text=True, check=False)
        assert 0 == done.returncode, done.stderr


# Other judges, where they are.


def _tool(name: str) -> str:
    """A tool of .tools or PATH: a bonus, which no machine needs to have."""
    found = next((str(each) for each in (ROOT / ".tools").glob(f"*/{name}")), None) or shutil.which(name)
    if found is None:
        pytest.skip(f"no {name} in .tools/ or on PATH")
    return found


@pytest.mark.parametrize("command", [["kubectl", "kustomize"], ["kustomize", "build"]], ids=" ".join)
def test_kustomize_builds_the_tree_and_changes_nothing(command: list[str], laid: Path, objects: dict[str, Any]) -> None:
    tool, *rest = command
    done = subprocess.run([_tool(tool), *rest, str(laid)], capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    built = {_key(read(part)): read(part) for part in done.stdout.split("\n---\n")}
    assert built == {_key(each): each for path, each in objects.items() if path != "kustomization.yaml"}


def _key(document: dict[str, Any]) -> tuple[str, str]:
    return document["kind"], document["metadata"]["name"]


def test_kubeconform_takes_every_object(laid: Path, tmp_path: Path) -> None:
    """By the same schemas, with its own eyes; it has those of Kubernetes on the network alone."""
    tool = _tool("kubeconform")
    made = tmp_path / "schemas"
    made.mkdir()
    for file in FOLDER.glob("prometheus-operator-0.93.0.json"):
        for key, schema in schemas(file.stem).items():
            (made / f"{key.split('/')[-1].lower()}.json").write_text(json.dumps(schema))
    location = f"{made}/{{{{.ResourceKind}}}}.json"
    done = subprocess.run(
        [tool, "-strict", "-summary", "-skip", "ConfigMap,Kustomization", "-schema-location", location, str(laid)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    assert "Invalid: 0, Errors: 0" in done.stdout

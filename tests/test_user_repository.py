"""A repository of a user's own: pyproject.toml, systems/, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from workbench import ROOT, SHOP, Repository, by_environment


@pytest.mark.usefixtures("promtools")
def test_a_repository_of_ones_own_renders_verifies_and_is_stable(shop: Repository) -> None:
    """The same command as here; a second run changes nothing, not even a time of modification."""
    first = shop.run("render")
    before = {path: (shop.root / path).stat().st_mtime_ns for path in shop.files()}
    second = shop.run("render")

    assert (0, 0) == (first.exit_code, second.exit_code), first.stderr + second.stderr
    assert "judged by promtool" in first.stderr
    assert "0 created, 0 changed, 0 deleted" in second.stderr
    assert before == {path: (shop.root / path).stat().st_mtime_ns for path in shop.files()}
    assert {"dashboards", "docs", "jaeger", "rules"} == {path.split("/")[0] for path in shop.files()}


def test_what_is_no_longer_rendered_is_removed_and_nothing_else(shop: Repository) -> None:
    """Ours go with the system; what a person put beside them stays."""
    shop.run("render", "--no-verify")
    shop.write("rules/shop/notes.md", "mine")
    (shop.root / "systems/shop.py").unlink()
    shop.write("systems/store.py", SHOP.replace('"shop"', '"store"'))

    shop.run("render", "--no-verify")

    assert b"mine" == shop.files()["rules/shop/notes.md"]
    assert ["rules/shop/notes.md"] == [path for path in shop.files() if "/shop/" in path]
    assert "rules/store/alerting.yaml" in shop.files()


def test_environments_have_folders_of_their_own(shop: Repository) -> None:
    """One definition, a threshold for each environment; rendering one leaves the other alone."""
    shop.write("systems/shop.py", by_environment(SHOP.replace("failing > 1", "failing > env.pick(1, staging=20)")))
    shop.write("pyproject.toml", '[tool.watchwright]\nenvironments = ["production", "staging"]\n')

    shop.run("render", "--no-verify")
    before = shop.files()
    shop.write("systems/shop.py", (shop.root / "systems/shop.py").read_text().replace("staging=20", "staging=30"))
    shop.run("render", "--no-verify", "-e", "production")

    assert before == shop.files()
    rules = {name: yaml.safe_load(before[f"rules/{name}/shop/alerting.yaml"]) for name in ("production", "staging")}
    assert {"production": "> 1", "staging": "> 20"} == {
        name: re.search(r"> \d+$", file["groups"][0]["rules"][0]["expr"])[0]  # type: ignore[index]
        for name, file in rules.items()
    }


def test_an_environment_that_is_not_listed_is_refused(shop: Repository) -> None:
    """`pick` with a misspelt name would silently give the default."""
    shop.write("systems/shop.py", by_environment(SHOP.replace("failing > 1", "failing > env.pick(1, stagign=2)")))
    shop.write("pyproject.toml", '[tool.watchwright]\nenvironments = ["production", "staging"]\n')

    result = shop.run("check", "--no-verify")

    assert "systems/shop.py:11: error: pick() names the environment `stagign`" in result.stderr


def test_neighbours_are_imported_and_shared_values_are_one(repository: Repository) -> None:
    """A helper module imported by two systems defines its metric once for each."""
    repository.write("systems/_shared.py", 'from watchwright import Gauge\n\ndepth = Gauge("queue_depth", "Depth.")\n')
    for name in ("one", "two"):
        repository.write(
            f"systems/{name}.py",
            "from watchwright import Job, System\nfrom watchwright.discovery import Static\nfrom ._shared import depth\n"
            f'{name} = System("{name}", owner="x", metrics=[depth], jobs=[Job("{name}", Static(["a:1"]))])\n',
        )

    result = repository.run("check", "--no-verify")

    assert result.exit_code == 0, result.stderr
    assert not list(repository.root.rglob("__pycache__"))


def test_what_a_definition_prints_does_not_spoil_the_output(shop: Repository) -> None:
    """Standard output is for data."""
    shop.write("systems/shop.py", SHOP + '\nprint("hello")\n')

    result = shop.run("check", "--no-verify", "--json")

    assert [] == json.loads(result.stdout)
    assert "hello" in result.stderr


def test_what_is_stale_is_shown_line_by_line(shop: Repository) -> None:
    """Exit code 1 while there is a difference, 0 after rendering."""
    shop.run("render", "--no-verify")
    shop.write("systems/shop.py", SHOP.replace("failing > 1", "failing > 2"))

    changed = shop.run("stale")
    shop.run("render", "--no-verify")
    settled = shop.run("stale")

    assert (1, 0) == (changed.exit_code, settled.exit_code)
    assert re.search(r"^-.*> 1'?$\n^\+.*> 2'?$", changed.stdout, re.MULTILINE), changed.stdout
    assert settled.stdout == ""


def test_the_catalogue_is_listed_and_exposed(shop: Repository) -> None:
    """People read the table, tools the exposition."""
    table = shop.run("metrics").stdout
    exposition = shop.run("metrics", "--exposition", "shop").stdout

    assert "shop_orders_total  counter  result  Orders taken.\n" == table
    assert (
        '# HELP shop_orders_total Orders taken.\n# TYPE shop_orders_total counter\nshop_orders_total{result="paid"} 0\n'
        == exposition
    )


def _example(file: Path, number: int = 0) -> str:
    return re.findall(r"```python\n(.*?)```", file.read_text("utf-8"), re.DOTALL)[number]


@pytest.mark.usefixtures("promtools")
def test_the_definition_in_the_readme_renders_as_it_stands(repository: Repository) -> None:
    """What people copy first works, without a finding."""
    repository.write("systems/checkout.py", _example(ROOT / "README.md"))
    repository.write("systems/platform.py", _example(ROOT / "README.md", 1))

    result = repository.run("render")

    assert result.exit_code == 0, result.stderr
    assert "error" not in result.stderr
    assert "warning" not in result.stderr
    assert "rules/checkout/alerting.yaml" in repository.files()


@pytest.mark.usefixtures("promtools")
def test_a_typed_definition_of_many_words_renders_for_each_environment(repository: Repository) -> None:
    """The checkout example, with environments and types."""
    repository.write("systems/checkout.py", (ROOT / "tests/examples/checkout.py").read_text("utf-8"))
    tools = (repository.root / "pyproject.toml").read_text("utf-8")
    repository.write("pyproject.toml", f'{tools}environments = ["production", "staging"]\n')

    result = repository.run("render")

    assert result.exit_code == 0, result.stderr
    texts = {
        path: text.decode() for path, text in repository.files().items() if path.endswith("checkout/alerting.yaml")
    }
    assert "> 0.05" in texts["rules/production/checkout/alerting.yaml"]
    assert "> 0.2" in texts["rules/staging/checkout/alerting.yaml"]


@pytest.mark.usefixtures("promtools")
def test_the_example_in_the_docs_is_short_and_renders_without_a_finding(repository: Repository) -> None:
    """A database: jobs, SLOs, alerts with their tests and a board in less than eighty lines."""
    module = (ROOT / "docs/examples/database.py").read_text("utf-8")
    repository.write("systems/database.py", module)
    repository.write("systems/platform.py", _example(ROOT / "README.md", 1))

    result = repository.run("render")

    assert result.exit_code == 0, result.stderr
    assert "warning" not in result.stderr
    assert {"dashboards/database/database.json", "dashboards/database/slos.json"} <= repository.files().keys()
    assert len(module.splitlines()) < 80


def test_the_errors_in_the_readme_are_what_is_said(repository: Repository) -> None:
    """Word for word, with the line: of a value that is none, and of a label that was dropped."""
    shown = re.search(r"```text\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    module = (
        _example(ROOT / "README.md").replace('result="error")', 'result="failed")').replace(", by=[provider])", ")")
    )
    repository.write("systems/checkout.py", module)
    repository.write("systems/platform.py", _example(ROOT / "README.md", 1))

    result = repository.run("check", "--no-verify")

    assert shown is not None
    assert result.stderr.startswith(shown[1])


def test_json_names_each_stale_file(shop: Repository) -> None:
    """So that a program can tell a difference from none."""
    shop.run("render", "--no-verify")
    shop.write("systems/shop.py", SHOP.replace("failing > 1", "failing > 2"))

    result = shop.run("stale", "--json")

    assert result.exit_code == 1
    stale = ("dashboards/shop/shop.json", "docs/runbooks/shop/orders-fail.md", "rules/shop/alerting.yaml")
    assert [("write/stale", f"`{path}` is not what the definitions render to") for path in stale] == [
        (each["id"], each["message"]) for each in json.loads(result.stdout)
    ]


def test_an_acceptance_that_one_environment_needs_is_not_called_unused_in_another(shop: Repository) -> None:
    """Rendering one environment alone cannot tell."""
    waits = 'for_=env.pick("5m", staging=None), accept={"alert/no-for": "staging is noisy by design"}'
    shop.write("systems/shop.py", by_environment(SHOP.replace('for_="5m"', waits)))
    shop.write("pyproject.toml", '[tool.watchwright]\nenvironments = ["production", "staging"]\n')

    assert 0 == shop.run("check", "--no-verify", "-e", "production").exit_code
    assert 0 == shop.run("check", "--no-verify", "-e", "staging").exit_code
    assert 0 == shop.run("check", "--no-verify").exit_code


@pytest.mark.usefixtures("promtools")
def test_a_metric_of_two_systems_is_accepted_by_each(repository: Repository) -> None:
    """One declaration, one acceptance, two owners."""
    repository.write(
        "systems/two.py",
        "from watchwright import Counter, Job, System\nfrom watchwright.discovery import Static\n"
        'm = Counter("x_total", "X.", exposed_as_gauge=True, accept={"promtool/metrics": "the client says gauge"})\n'
        'systems = [System(n, owner="x", metrics=[m], jobs=[Job(n, Static(["a:1"]))]) for n in ("one", "two")]\n',
    )

    result = repository.run("render")

    assert result.exit_code == 0, result.stderr


def test_quiet_prints_findings_alone(shop: Repository) -> None:
    """For scripts."""
    assert shop.run("render", "--no-verify", "--quiet").output == ""


def test_the_rules_in_the_docs_are_those_of_their_example(repository: Repository) -> None:
    """To the last letter: the case with which Sloth's documentation begins."""
    shown = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/slo-rules.md").read_text("utf-8"), re.DOTALL)
    repository.write("systems/myservice.py", _example(ROOT / "docs/slos.md"))
    repository.write(
        "systems/platform.py",
        'from watchwright import Platform\n\nplatform = Platform(scrape_interval="15s", retention="30d")\n',
    )

    checked, printed = repository.run("check", "--no-verify"), repository.run("slos", "-q")

    assert "" == checked.stderr
    assert [printed.stdout] == shown


def test_the_rules_of_slos_are_printed_for_a_system_that_is_there(shop: Repository) -> None:
    """And where there is none to print, the file has no group."""
    printed, unknown = shop.run("slos", "-q", "shop"), shop.run("slos", "-q", "shoe")

    assert yaml.safe_load(printed.stdout) == {"groups": []}
    assert 2 == unknown.exit_code
    assert "`shoe` is no system. Systems: shop" in unknown.stderr


def test_render_says_how_much_there_is(shop: Repository) -> None:
    """What is lowered, and not what is written in the definition: a job brings an alert."""
    module = SHOP.replace("    jobs=[", '    sampling=[Sampling("shop", 0.1, operations={"order": 1})],\n    jobs=[')
    shop.write("systems/shop.py", module.replace("Row, System", "Row, Sampling, System"))

    said = shop.run("render", "--no-verify").stderr

    assert "\n1 system, 1 metric, 2 alerts, 1 board, 1 panel, 2 sampling entries, 1 job\n" in said
    assert "accepted" not in said

"""Health is what its limits say, and its board and alert say the same; judged by every promtool at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from slos.asking import near, untrue
from watchwright import DefinitionError, Gauge
from watchwright.health import Component, Health, Input
from watchwright.units import GB, ms, s
from watchwright.verify.tools import Tool
from workbench import Repository

SHOP = '''"""A shop."""

from watchwright import Dashboard, Gauge, Job, Label, LabelVariable, System, percent
from watchwright.discovery import Static
from watchwright.health import Component, Health, Input
from watchwright.units import GB, ms

wait = Gauge("shop_wait_seconds", "How long customers wait.", labels=[Label("till", cardinality=4)])
hits = Gauge("shop_hits_ratio", "What is found in the cache.")
free = Gauge("shop_disk_free_bytes", "What is left of the disk.")

health = Health(
    [
        Component("front", [Input("wait", wait, yellow=50 * ms, red=100 * ms),
                            Input("hits", hits, yellow=80 * percent, red=60 * percent)]),
        Component("disk", [Input("free", free, yellow=20 * GB, red=5 * GB)]),
    ],
    by=["instance"],
)
red = health.alert(severity="page", check_first=["Is the cache cold?"], example={"instance": "shop:8000"})
chosen = LabelVariable("instance", free, label="instance")

shop = System(
    "shop",
    owner="sales",
    jobs=[Job("shop", Static(["shop:8000"]))],
    alerts=[red],
    dashboards=[Dashboard("Shop", [health.row(alerts=[red], where={"instance": chosen})], variables=[chosen])],
)
'''
WAIT = 'shop_wait_seconds{{job="shop",instance="a",till="{}"}}'
HITS = 'shop_hits_ratio{job="shop",instance="a"}'
FREE = 'shop_disk_free_bytes{job="shop",instance="a"}'
WELL = {WAIT.format(1): "0.02x20", WAIT.format(2): "0.01x20", HITS: "0.9x20", FREE: "3e10x20"}


@pytest.fixture
def shop(repository: Repository) -> Repository:
    repository.write("systems/shop.py", SHOP)
    return repository


def asked(repository: Repository, promtools: tuple[Tool, ...], given: dict[str, str], *claims: str) -> list[str]:
    """What promtools find untrue after ten minutes."""
    repository.run("render", "--no-verify")
    rules: list[Path] = [repository.root / "rules/shop/recording.yaml"]
    complaints = (untrue(tool, rules, given, [(claim, "10m") for claim in claims], step="1m") for tool in promtools)
    return [each for each in complaints if each]


def component(name: str, what: str = "score") -> str:
    return f'health:component:{what}{{system="shop",component="{name}",instance="a"}}'


@pytest.mark.usefixtures("promtools")
def test_a_health_is_rendered_and_verified_without_a_finding(shop: Repository) -> None:
    """With a board, an alert and its tests."""
    result = shop.run("render")

    assert (0, True) == (result.exit_code, "all valid" in result.stderr), result.stderr
    assert "warning" not in result.stderr


def test_what_is_within_all_limits_is_green(shop: Repository, promtools: tuple[Tool, ...]) -> None:
    assert [] == asked(
        shop,
        promtools,
        WELL,
        near(component("front"), 1),
        near(component("front", "status"), 0),
        near('health:system:status{instance="a"}', 0),
        "count(health:input:score) == bool 3",
    )


def test_between_yellow_and_red_the_score_falls_in_a_line(shop: Repository, promtools: tuple[Tool, ...]) -> None:
    """Whichever way is worse: 87.5 ms are three quarters of the way, 65 % too, and of all series the worst counts."""
    given = {**WELL, WAIT.format(2): "0.0875x20", HITS: "0.7x20", FREE: "1.25e10x20"}
    assert [] == asked(
        shop,
        promtools,
        given,
        near('health:input:score{input="wait"}', 0.25),
        near('health:input:score{input="hits"}', 0.5),
        near(component("front"), 0.25),
        near(component("front", "status"), 1),
        near(component("disk"), 0.5),
        near('health:system:score{instance="a"}', 0.25),
    )


def test_a_limit_itself_is_reached(shop: Repository, promtools: tuple[Tool, ...]) -> None:
    """50 ms are green still, and 5 GB red already."""
    given = {**WELL, WAIT.format(1): "0.05x20", FREE: "5e9x20"}
    assert [] == asked(
        shop,
        promtools,
        given,
        near(component("front", "status"), 0),
        near(component("disk", "status"), 2),
        near('health:system:status{instance="a"}', 2),
    )


def test_what_has_no_value_says_nothing(shop: Repository, promtools: tuple[Tool, ...]) -> None:
    """The other inputs judge; a component without any has no state."""
    assert [] == asked(
        shop,
        promtools,
        {HITS: "0.5x20"},
        near(component("front", "status"), 2),
        "sum(absent(health:component:status{component='disk'}))",
        near('health:system:status{instance="a"}', 2),
    )


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Input("a", free, yellow=5 * GB, red=5 * GB), "are the same"),
        (lambda: Input("a", free, yellow=5 * GB, red=5), "both quantities"),
        (lambda: Input("a", free, yellow=5 * ms, red=5 * s), "different units"),
        (lambda: Input("A b", free, yellow=1, red=2), "lower-case"),
        (lambda: Component("a", []), "one at least"),
        (lambda: Component("a", [one, one]), "different names"),
        (lambda: Health([Component("a", [one]), Component("a", [one])]), "different names"),
        (lambda: Health([Component("a", [one])], by=["job"]).alert(severity="page"), "`example` of `HealthRed`"),
    ],
)
def test_what_is_malformed_is_refused(make: object, said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        make()  # type: ignore[operator] # each of the cases is a function


free = Gauge("shop_disk_free_bytes", "Free.")
one = Input("one", free, yellow=20 * GB, red=5 * GB)


def test_a_limit_in_another_unit_is_a_finding(shop: Repository) -> None:
    """With the line of the definition."""
    shop.write("systems/shop.py", SHOP.replace("yellow=20 * GB, red=5 * GB", "yellow=2 * ms, red=5 * ms"))

    result = shop.run("check", "--no-verify")

    assert 1 == result.exit_code
    assert "[expr/unit]" in result.stderr

"""How long what there is will last: exact on a line, silent where nothing is known; by every promtool at hand."""

from __future__ import annotations

import pytest

from slos.asking import near, untrue
from watchwright.verify.tools import Tool
from workbench import Repository

SHOP = '''"""A shop."""

from watchwright import Gauge, Job, System, record
from watchwright.capacity import time_left
from watchwright.discovery import Static
from watchwright.units import GB

used = Gauge("shop_used_bytes", "Used.")
size = Gauge("shop_size_bytes", "There is.")
free = Gauge("shop_free_bytes", "Free.")

shop = System(
    "shop",
    owner="sales",
    jobs=[Job("shop", Static(["shop:8000"]))],
    rules=[
        record("instance:shop_used:seconds_left", time_left(used, until=size, over="3h")),
        record("instance:shop_bound:seconds_left", time_left(used, until=10 * GB, over="3h")),
        record("instance:shop_free:seconds_left", time_left(free, until=0, over="3h", falling=True)),
        record("instance:shop_sum:seconds_left", time_left(size - used, until=0, over="3h", falling=True)),
    ],
)
'''
HOUR = 3600


@pytest.fixture
def shop(repository: Repository) -> Repository:
    repository.write("systems/shop.py", SHOP)
    assert 0 == repository.run("render", "--no-verify").exit_code
    return repository


def asked(shop: Repository, promtools: tuple[Tool, ...], given: dict[str, str], *claims: tuple[str, str]) -> list[str]:
    """What promtools find untrue."""
    rules = [shop.root / "rules/shop/recording.yaml"]
    series = {f'shop_{name}_bytes{{job="shop",instance="a"}}': values for name, values in given.items()}
    complaints = (untrue(tool, rules, series, claims, step="1m", evaluated="1m") for tool in promtools)
    return [each for each in complaints if each]


def left(name: str) -> str:
    return f'instance:shop_{name}:seconds_left{{system="shop"}}'


def gone(name: str) -> str:
    return f"sum(absent({left(name)}))"


def test_on_a_line_the_time_left_is_exact(shop: Repository, promtools: tuple[Tool, ...]) -> None:
    """A gigabyte in an hour, from 1 to 10: six are left after three hours, by a series, a number, and downwards."""
    given = {"used": "1e9+16666666.666x400", "size": "1e10x400", "free": "9e9-16666666.666x400"}
    assert [] == asked(
        shop,
        promtools,
        given,
        *((near(left(name), 6 * HOUR, within=5), "3h") for name in ("used", "bound", "free", "sum")),
        *((near(left(name), 5 * HOUR, within=5), "4h") for name in ("used", "bound", "free", "sum")),
    )


def test_while_history_is_short_nothing_is_said(shop: Repository, promtools: tuple[Tool, ...]) -> None:
    """Nine tenths of it are enough."""
    given = {"used": "1e9+16666666x400", "size": "1e10x400"}
    assert [] == asked(
        shop, promtools, given, (gone("used"), "2h30m"), (near(left("used"), 6 * HOUR, within=1500), "2h55m")
    )


def test_what_does_not_move_there_lasts(shop: Repository, promtools: tuple[Tool, ...]) -> None:
    """Neither what stands still nor what moves away."""
    given = {"used": "9e9x400", "size": "1e10x400", "free": "1e9+1e6x400"}
    assert [] == asked(shop, promtools, given, *((gone(name), "4h") for name in ("used", "bound", "free", "sum")))


def test_where_it_is_full_no_time_is_left(shop: Repository, promtools: tuple[Tool, ...]) -> None:
    """Though it stands still there."""
    given = {"used": "1e10x400", "size": "1e10x400", "free": "0x400"}
    claims = ((near(left(name), 0), "4h") for name in ("used", "bound", "free", "sum"))
    assert [] == asked(shop, promtools, given, *claims)


def test_a_gap_of_a_few_minutes_is_no_new_beginning(shop: Repository, promtools: tuple[Tool, ...]) -> None:
    given = {"used": "1e9+16666666.666x200 _x10 4516666666+16666666.666x100", "size": "1e10x400"}
    assert [] == asked(shop, promtools, given, (near(left("used"), 5 * HOUR, within=300), "4h"))


def test_it_is_known_to_be_in_seconds(shop: Repository) -> None:
    """So that a threshold without a unit is a finding, and boards show hours."""
    module = SHOP.replace("import Gauge", "import Alert, Gauge").replace(
        "    rules=[",
        '    alerts=[Alert("Full", expr=time_left(used, until=size) < 5, for_="5m", severity="page", summary="Full")],\n'
        "    rules=[",
    )
    shop.write("systems/shop.py", module)

    assert "[promql/bare-number]" in shop.run("check", "--no-verify").stderr

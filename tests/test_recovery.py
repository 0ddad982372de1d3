"""What is malformed in a module does not hide what else is wrong there, and what only follows from it is not said."""

import json
from textwrap import dedent

from workbench import Repository

SHARED = '''
"""What systems share."""

from __future__ import annotations

from watchwright import Gauge, Label

zone = Label("time zone", values=["a"])
depth = Gauge("queue_depth", "Depth.", labels=[zone])
waiting = Gauge("queue_waiting", "Waiting.")
growth = waiting.delta("5 bananas")
'''.lstrip()

SHOP = '''
"""A shop."""

from watchwright import Alarm, Alert, Job, System, definition
from watchwright.discovery import Static

from . import _shared
from ._shared import depth, growth, waiting

deep = _shared.depth > 5
jobs = []
for port in (1, 2):
    jobs.append(Job("shop", Static(["a:1"]), interval="half a minute"))
if waiting.rate("5m"):
    late = Alert("Late", expr=waiting > 5, for_="soon", severity="page", summary="Late")


@definition
def shop(env):
    grown = Alert("Grown", expr=growth > 5, for_="5m", severity="page", summary="Grown")
    full = Alert("Full", expr=waiting > "x", for_="5m", severity="page", summary="Full")
    slow = Alert("Slow", expr=waiting > 1, for_="5m", sevrity="page", summary="Slow")
    return System("shop", owner="sales", alerts=[grown, full, slow, late], jobs=jobs)
'''.lstrip()

PLATFORM = """
from watchwright import Platform
from ._retention import RETENTION

platform = Platform(retention=RETENTION)
""".lstrip()

PROMISING = """
from watchwright import Counter, Job, System
from watchwright.discovery import Static
from watchwright.slo import Ratio, Slo

orders = Counter("shop_orders_total", "Orders.")
failures = Counter("shop_failures_total", "Failures.")
promise = Slo("orders", objective=99, period="60d", sli=Ratio(bad=failures, total=orders))
shop = System("shop", owner="sales", jobs=[Job("shop", Static(["shop:1"]))], slos=[promise])
""".lstrip()


def found(repository: Repository) -> list[tuple[str, int, str]]:
    findings = json.loads(repository.run("check", "--no-verify", "--json").stdout)
    return [(each["file"], each["line"], each["message"]) for each in findings]


def test_all_that_is_malformed_is_said_and_nothing_that_follows_from_it(repository: Repository) -> None:
    repository.write("systems/_shared.py", SHARED)
    repository.write("systems/shop.py", SHOP)

    assert [
        ("systems/_shared.py", 7, "a label name must be letters, digits and underscores, got 'time zone'"),
        ("systems/_shared.py", 10, "a range must be a duration, got `5 bananas`"),
        ("systems/shop.py", 3, "cannot import name 'Alarm' from 'watchwright'"),
        ("systems/shop.py", 12, "the interval of a job must be a duration, got `half a minute`"),
        ("systems/shop.py", 13, "AttributeError: 'Gauge' object has no attribute 'rate'"),
        ("systems/shop.py", 20, "a number is wanted, got 'x'"),
        ("systems/shop.py", 21, "TypeError: Alert.__init__() got an unexpected keyword argument 'sevrity'"),
    ] == found(repository)


def test_nothing_is_checked_against_a_platform_that_is_malformed(repository: Repository) -> None:
    repository.write("systems/_retention.py", "RETENTION = 90\n")
    repository.write("systems/platform.py", PLATFORM)
    repository.write("systems/shop.py", PROMISING)

    assert [("systems/platform.py", 4, "`retention` of Platform must be a text, got 90")] == found(repository)


def test_a_name_that_was_never_there_is_said_beside_what_is_malformed(repository: Repository) -> None:
    repository.write("systems/_shared.py", SHARED)
    repository.write("systems/shop.py", "from ._shared import sales\n\ndeep = length > 5\n")

    assert [
        ("systems/shop.py", 1, "cannot import name 'sales' from '._shared'"),
        ("systems/shop.py", 3, "NameError: name 'length' is not defined"),
    ] == [each for each in found(repository) if each[0] == "systems/shop.py"]


def test_what_is_syntactically_wrong_hides_no_other_module(repository: Repository) -> None:
    repository.write("systems/_shared.py", "x = = 1\n")
    repository.write("systems/shop.py", "from ._shared import x\n\ny = x + 1\nz = 1 / 0\n")

    assert [
        ("systems/_shared.py", 1, "invalid syntax"),
        ("systems/shop.py", 4, "ZeroDivisionError: division by zero"),
    ] == found(repository)


def test_an_error_that_a_definition_handles_itself_is_none(repository: Repository) -> None:
    handled = """
        from contextlib import suppress

        try:
            from nowhere import zone
        except ImportError:
            zone = "a"
        with suppress(KeyError):
            {}["zone"]
        zone.bad
    """
    repository.write("systems/shop.py", dedent(handled).lstrip())

    assert [("systems/shop.py", 9, "AttributeError: 'str' object has no attribute 'bad'")] == found(repository)


def test_a_loop_that_ends_by_what_fails_ends(repository: Repository) -> None:
    endless = "from itertools import count\n\nfor number in count():\n    if number > limit:\n        break\n"
    repository.write("systems/shop.py", endless)

    assert [("systems/shop.py", 4, "NameError: name 'limit' is not defined")] == found(repository)


def test_definitions_run_once_where_nothing_fails(repository: Repository) -> None:
    shop = 'from watchwright import System\n\nprint("running")\nshop = System("shop", owner="sales")\n'
    repository.write("systems/shop.py", shop)
    assert 1 == repository.run("check", "--no-verify").stderr.count("running")


def test_what_two_modules_import_fails_once(repository: Repository) -> None:
    repository.write("systems/_shared.py", 'raise ValueError("no zone")\n')
    repository.write("systems/books.py", "from . import _shared\n")
    repository.write("systems/shop.py", "from . import _shared\n")

    assert [("systems/_shared.py", 1, "ValueError: no zone")] == found(repository)

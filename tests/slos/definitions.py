"""The definition whose rules are judged, rendered by the command line as everybody's is."""

from __future__ import annotations

from pathlib import Path

from backfilled import Rule, rules

from workbench import Repository

SLO = "availability"
#: When the groups begin, in seconds after a whole interval; a server spreads them by a hash, never on the same instant.
FAST_PHASE, SLOW_PHASE = 7.3, 61.1

_PLATFORM = '''"""Where it runs."""

from watchwright import Platform

platform = Platform(scrape_interval="15s", retention="400d")
'''

_CHECKOUT = '''"""Checkout: takes the customer's money, once."""

from watchwright import Counter, Job, Label, System
from watchwright.discovery import Static
from watchwright.slo import Ratio, Slo

payments = Counter("checkout_payments_total", "Payments attempted.",
                   labels=[Label("result", values=["paid", "declined", "error"])])

checkout = System(
    "checkout",
    owner="payments",
    jobs=[Job("checkout", Static(["checkout:8000"]))],
    slos=[
        Slo("availability", sli=Ratio(bad=payments.where(result="error"), total=payments), {words}),
    ],
)
'''


def rendered(folder: Path, words: str) -> Path:
    """The folder of the rule files of an SLO; *words* are those of its definition."""
    folder.mkdir(parents=True, exist_ok=True)
    repository = Repository(folder)
    repository.write("systems/platform.py", _PLATFORM)
    repository.write("systems/checkout.py", _CHECKOUT.replace("{words}", words))
    result = repository.run("render", "--no-verify")
    assert 0 == result.exit_code, result.output
    return folder / "rules" / "checkout"


def fast(folder: Path) -> list[Rule]:
    """The rules of the fast group."""
    return rules(folder / "slo-fast.yaml", SLO, FAST_PHASE)


def slow(folder: Path) -> list[Rule]:
    """The rules of the slow group."""
    return rules(folder / "slo-slow.yaml", SLO, SLOW_PHASE)


def in_order(folder: Path) -> list[Rule]:
    """All rules, so that what records stands before what reads: alerts last."""
    both = [*fast(folder), *slow(folder)]
    return [*(each for each in both if each.records), *(each for each in both if not each.records)]

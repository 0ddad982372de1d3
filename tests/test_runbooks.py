"""Runbooks: a page for each alert, and a person's own beside it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from watchwright.backends.runbooks import amount, block, code, prose
from watchwright.lower import names
from watchwright.model.text import go_template
from watchwright.query.units import unit as named
from workbench import Repository

DEFINITION = '''"""A shop."""

from watchwright import Alert, Case, Counter, Dashboard, Job, Platform, Row, System, TimeSeries, record
from watchwright.discovery import Static

platform = Platform(runbooks="https://wiki.example/runbooks", grafana="https://grafana.example")

orders = Counter("shop_orders_total", "Orders taken.", labels=["result"])
failing = record("result:shop_orders:rate5m", orders.rate("5m").sum(by=["result"]))

many = Alert(
    "ManyOrdersFail",
    expr=failing > 1,
    for_="5m",
    severity="page",
    summary="{value} of {result} | fail",
    description="Orders *fail*.",
    check_first=["Is the **bank** up?", "Is it us?"],
    tests=[Case("more than one fails", given={orders.where(result="failed", instance="a"): "0+120x20"},
                fires={"15m": [{"result": "failed"}]})],
)
elsewhere = Alert("Elsewhere", expr=failing > 9, for_="5m", severity="page", summary="x", runbook="https://wiki.example/x")
named = Alert("Named", expr=failing > 9, for_="5m", severity="page", summary="x", runbook="orders")

shop = System(
    "shop",
    owner="sales",
    jobs=[Job("shop", Static(["shop:8000"]))],
    alerts=[many, elsewhere, named],
    dashboards=[Dashboard("Shop", [Row("Orders", [TimeSeries("Failing", failing, alerts=[many, elsewhere, named])])])],
)
'''
PAGE = "docs/runbooks/shop/many-orders-fail.md"


@pytest.fixture
def rendered(repository: Repository) -> Repository:
    """A repository with its runbooks."""
    repository.write("systems/shop.py", DEFINITION)
    assert 0 == repository.run("render", "--no-verify").exit_code
    return repository


def page(repository: Repository, path: str = PAGE) -> str:
    """The text of a page."""
    return (repository.root / path).read_text("utf-8")


def test_each_alert_has_a_page_but_those_that_have_one_elsewhere(rendered: Repository) -> None:
    """Named after the alert, or as it says; the alert of a job has one as well."""
    assert {"README.md", "many-orders-fail.md", "orders.md", "shop-targets-gone.md"} == {
        file.name for file in (rendered.root / "docs/runbooks/shop").iterdir()
    }


def test_a_page_says_what_it_means_when_it_fires_and_what_to_check(rendered: Repository) -> None:
    """In the order in which somebody who was woken asks."""
    text = page(rendered)
    wanted = [
        "# ManyOrdersFail",
        "> `{value}` of `{result}` \\| fail",
        "| severity | page |",
        "| fires after | 5m |",
        "| threshold | `> 1 count/seconds` |",
        "## Meaning\n\nOrders \\*fail\\*.",
        "## What to check first\n\n1. Is the **bank** up?\n2. Is it us?",
        '## Query\n\n```promql\nresult:shop_orders:rate5m{system="shop"} > 1\n```',
        'recorded as\n\n```promql\nsum by (result) (rate(shop_orders_total{job="shop"}[5m]))\n```',
        "- more than one fails",
        "- Panel: [Failing on Shop](https://grafana.example/d/shop-shop?viewPanel=",
    ]

    assert [] == [part for part in wanted if part not in text]
    assert sorted(map(text.index, wanted)) == list(map(text.index, wanted))


def test_alerts_and_panels_link_to_the_page(rendered: Repository) -> None:
    """By the platform's URL, or the alert's own."""
    rules = page(rendered, "rules/shop/alerting.yaml")
    board = page(rendered, "dashboards/shop/shop.json")

    for url in (
        "https://wiki.example/runbooks/shop/many-orders-fail.md",
        "https://wiki.example/x",
        "https://wiki.example/runbooks/shop/orders.md",
    ):
        assert f"runbook_url: {url}\n" in rules
        assert f'"url": "{url}"' in board


def test_the_list_names_every_page(rendered: Repository) -> None:
    """What a reader of the folder sees first."""
    text = page(rendered, "docs/runbooks/shop/README.md")

    assert "| [ManyOrdersFail](many-orders-fail.md) | page | 5m | `{value}` of `{result}` \\| fail |" in text
    assert "[ShopTargetsGone](shop-targets-gone.md)" in text


def test_a_persons_page_is_linked_and_never_touched(rendered: Repository) -> None:
    """It lies beside the rendered one, and stays when the alert goes."""
    notes = rendered.write("docs/runbooks/shop/many-orders-fail.notes.md", "Ring the bank.\n")
    assert "many-orders-fail.notes.md](" not in page(rendered)

    assert 0 == rendered.run("render", "--no-verify").exit_code

    assert "[many-orders-fail.notes.md](many-orders-fail.notes.md)" in page(rendered)
    assert "Ring the bank.\n" == notes.read_text("utf-8")


def test_notes_without_their_page_are_said(rendered: Repository) -> None:
    """The alert was renamed, and its notes were left behind."""
    rendered.write("docs/runbooks/shop/old-name.notes.md", "Ring the bank.\n")

    result = rendered.run("check", "--no-verify", "--strict")

    assert 1 == result.exit_code
    assert "docs/runbooks/shop/old-name.notes.md:1: warning: no alert has the runbook" in result.stderr
    assert "[runbook/notes]" in result.stderr


def test_two_alerts_cannot_have_one_page(repository: Repository) -> None:
    """One of them would be lost."""
    repository.write("systems/shop.py", DEFINITION.replace('runbook="orders"', 'runbook="many-orders-fail"'))

    result = repository.run("render", "--no-verify")

    assert 1 == result.exit_code
    assert "`Named` has the runbook `shop/many-orders-fail.md` of `ManyOrdersFail`" in result.stderr
    assert "1 error" in result.stderr


def test_each_environment_has_pages_and_notes_of_its_own(repository: Repository) -> None:
    """In a folder of its own, which the alerts' links know."""
    repository.write("pyproject.toml", '[tool.watchwright]\nenvironments = ["production", "staging"]\n')
    repository.write("systems/shop.py", DEFINITION)
    repository.write("docs/runbooks/staging/shop/many-orders-fail.notes.md", "Ask QA.\n")
    repository.write("docs/runbooks/staging/shop/gone.notes.md", "Ask QA.\n")

    result = repository.run("render", "--no-verify")

    assert 0 == result.exit_code
    assert "docs/runbooks/staging/shop/gone.notes.md:1: warning" in result.stderr
    assert "What the team knows" in page(repository, "docs/runbooks/staging/shop/many-orders-fail.md")
    assert "What the team knows" not in page(repository, "docs/runbooks/production/shop/many-orders-fail.md")
    url = "https://wiki.example/runbooks/staging/shop/many-orders-fail.md"
    assert f"runbook_url: {url}\n" in page(repository, "rules/staging/shop/alerting.yaml")


def test_rendering_one_environment_leaves_the_pages_of_the_others(repository: Repository) -> None:
    """They are ours, and not rendered this time."""
    repository.write("pyproject.toml", '[tool.watchwright]\nenvironments = ["production", "staging"]\n')
    repository.write("systems/shop.py", DEFINITION)
    repository.run("render", "--no-verify")
    before = repository.files()

    assert 0 == repository.run("render", "--no-verify", "-e", "production").exit_code

    assert before == repository.files()


@pytest.mark.parametrize(
    ("expected", "alert"),
    [
        ("many-orders-fail", "ManyOrdersFail"),
        ("cpu-high", "CPUHigh"),
        ("llm-cost-too-fast", "LLMCostTooFast"),
        ("disk80-full", "Disk80Full"),
        ("http2-slow", "HTTP2Slow"),
        ("http5xx-high", "HTTP5xxHigh"),
        ("x0tta6bl4-gateway-gone", "X0tta6bl4GatewayGone"),
        ("low", "low"),
        ("snake-case", "snake_case"),
        ("_", "_"),
    ],
)
def test_a_page_is_named_after_its_alert(expected: str, alert: str) -> None:
    """As people would write it."""
    assert expected == names.runbook(alert)


@pytest.mark.parametrize(
    ("expected", "words"),
    [
        ("`{value}` of `{topic}`", "{value} of {topic}"),
        ("a\\_ \\_b, but snake_case", "a_ _b, but snake_case"),
        ("\\<b\\> \\| \\[x\\](y) \\`z\\` \\*", "<b> | [x](y) `z` *"),
        ("\\# no heading\n\\- no list\n1\\. neither", "# no heading\n- no list\n1. neither"),
    ],
)
def test_texts_of_a_definition_read_as_they_were_written(expected: str, words: str) -> None:
    """Nothing in them is Markdown."""
    assert expected == prose(words)


@pytest.mark.parametrize(
    ("expected", "value", "unit"),
    [
        ("5 %", "0.05", "ratio"),
        ("99.5 %", "0.995", "ratio"),
        ("90 percent", "90", "percent"),
        ("7.2 GiB", "7730941132.8", "bytes"),
        ("26 h", "93600", "seconds"),
        ("100 ms", "0.1", "seconds"),
        ("0 seconds", "0", "seconds"),
        ("20", "20", "count"),
        ("1 count/seconds", "1", "count/s"),
        ("6 dollars", "6", "usd"),
        ("0.1", "0.1", None),
    ],
)
def test_thresholds_are_written_as_people_say_them(expected: str, value: str, unit: str | None) -> None:
    """In their units, and not in the base unit that PromQL compares."""
    assert expected == amount(Decimal(value), None if unit is None else named(unit))


@pytest.mark.parametrize("given", ['check_first=[" "]', 'runbook="README"', 'runbook="two words"', "check_first=[5]"])
def test_a_page_that_nobody_could_read_is_refused(given: str, repository: Repository) -> None:
    """At its line."""
    repository.write("systems/shop.py", DEFINITION.replace('runbook="orders"', given))

    result = repository.run("check", "--no-verify")

    assert 1 == result.exit_code
    assert "systems/shop.py:" in result.stderr
    assert "[load/malformed]" in result.stderr


def test_lines_that_are_far_in_are_no_code() -> None:
    """Four blanks would make them one."""
    assert "first\nsecond `{x}` third" == prose("first\n    second {x} third")


def test_code_holds_backticks() -> None:
    """Its fence is longer than any run of them."""
    assert "``a`b``" == code("a`b")
    assert "`{{ $labels.x }}`" == prose(go_template("{{ $labels.x }}"))
    assert "````promql\na```b\n````" == block("a```b", "promql")

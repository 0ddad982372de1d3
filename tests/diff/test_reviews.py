"""Each kind of change has the review that a person would want; reviews.md holds them all, to be read."""

from __future__ import annotations

import json
import re

import pytest
from reviewed import GOLDEN, SHOP, Edit, changes, edits, page, review, state_of

from watchwright.diff.change import About, ordered
from watchwright.diff.compare import compare

EDITS = {edit.name: edit for edit in edits()}
QUIET = {
    "an alert waits as long, in other words",
    "a job says what the platform says anyway",
    "the file is laid out otherwise",
}
URGENT = {
    "an alert is deleted": "alert/lost",
    "an alert is called otherwise": "alert/renamed",
    "a threshold is loosened": "alert/threshold",
    "an alert waits longer": "alert/wait",
    "an alert is told less urgently": "alert/severity",
    "others are told": "system/owner",
    "an alert has another condition": "alert/condition",
    "an alert compares the other way round": "alert/condition",
    "an alert counts something else, and its threshold falls": "alert/condition",
    "an alert has one more condition": "alert/condition",
    "two alerts swap their names": "alert/severity",
    "an alert is called otherwise, and told less urgently": "alert/severity",
    "an objective is lowered": "slo/objective",
    "a longer period of the same objective": "slo/period",
    "an SLO counts something else": "slo/bound",
    "an SLO counts other events": "slo/indicator",
    "an SLO tells of more failures only": "slo/least",
    "an SLO is given up": "slo/lost",
    "an SLO is called otherwise": "slo/renamed",
    "a metric is renamed, and another system still reads the old name": "alert/no-data",
    "a metric that everything counts is renamed": "metric/renamed",
    "a metric and its recorded series are renamed, and a threshold is loosened": "alert/threshold",
    "a metric makes room for another": "alert/no-data",
    "a metric loses a label": "alert/condition",
    "a metric has other buckets": "metric/buckets",
    "a metric has another unit": "metric/unit",
    "a metric is gone": "alert/no-data",
    "a recorded series has another window": "series/changed",
    "a job is scraped less often": "job/interval",
    "a job has another limit, and a target less": "job/targets-lost",
    "a job finds other targets": "job/changed",
    "a job drops what is read": "job/dropped",
    "a system is gone": "system/gone",
}


def test_the_reviews_are_those_that_were_read() -> None:
    """`python tests/diff/reviewed.py` writes them."""
    assert page() == GOLDEN.read_text("utf-8")


def test_twenty_kinds_of_change_and_more_are_told() -> None:
    assert 20 <= len({change.id for edit in EDITS.values() for change in changes(edit)})


@pytest.mark.parametrize("name", EDITS)
def test_a_change_is_told_and_what_needs_attention_comes_first(name: str) -> None:
    """In the first line, too."""
    found = changes(EDITS[name])

    assert bool(found) is (name not in QUIET)
    if name in URGENT:
        assert (True, URGENT[name]) == (found[0].attention, found[0].id)
        assert f"{found[0].subject} {found[0].said}" in review(EDITS[name]).splitlines()[0]
    else:
        assert not any(each.attention for each in found)


@pytest.mark.parametrize("name", [name for name in EDITS if name not in QUIET])
def test_each_change_has_the_line_of_its_definition(name: str) -> None:
    """But for what is no part: a board that moved, a system that is gone or has another owner."""
    lacking = {change.id for change in changes(EDITS[name]) if not change.place}

    assert lacking <= {"board/moved", "board/renamed", "system/owner", "system/gone"}


@pytest.mark.parametrize("name", EDITS)
def test_back_again_is_told_as_well(name: str) -> None:
    """What is lost there is new here."""
    there = compare(state_of(SHOP), state_of(EDITS[name].applied()))
    back = compare(state_of(EDITS[name].applied()), state_of(SHOP))

    assert bool(there) is bool(back)


def test_a_metric_that_is_renamed_shows_everything_that_it_breaks() -> None:
    (other, change) = changes(EDITS["a metric is renamed, and another system still reads the old name"])

    assert (
        "alert RefillShop of warehouse still reads shop_stock_items, and has no data",
        "panel Shop / In stock of shop begins anew",
    ) == change.impact
    assert ("warehouse", "alert/no-data") == (other.system, other.id)


def test_one_changed_threshold_among_many_systems_is_one_change() -> None:
    loop = (
        "{head}\n\ndef made(name: str, limit: float) -> System:\n"
        "    return System(name, owner='sales', jobs=[Job(name, Static([f'{{name}}:1']))], alerts=[Alert('Losing', "
        "expr=orders.where(result='lost').rate('5m') > limit, for_='5m', severity='page', summary='Losing')])\n\n\n"
        "systems = [made(f'shop-{{n}}', {limit} if n == 7 else 1) for n in range(20)]\n"
    )
    head = re.split(r"\nlost = ", SHOP)[0]
    one, other = (state_of(loop.format(head=head, limit=limit)) for limit in (1, 3))

    (change,) = compare(one, other)

    assert ("shop-7", "alert Losing", "is quieter: above 3, was 1") == (change.system, change.subject, change.said)


def test_the_worst_is_told_first_and_of_that_the_most_urgent() -> None:
    """A page that is lost is worse than a looser budget, both are than a rename, and what is urgent goes first."""
    told = [
        About(kind="board", system="a", name="A", place=""),
        About(kind="metric", system="a", name="a_total", place=""),
        About(kind="alert", system="a", name="Ticket", place="", urgency=1),
        About(kind="SLO", system="a", name="availability", place=""),
        About(kind="alert", system="z", name="Page", place=""),
    ]

    found = ordered(each.says("lost", "is lost", attention=True) for each in told)

    assert [f"{each.kind} {each.name}" for each in reversed(told)] == [each.subject for each in found]


@pytest.mark.parametrize(
    ("what", "value", "said", "attention"),
    [
        ("retention", "7d", "is shorter: 7d, was 30d", True),
        ("retention", "90d", "is longer: 90d, was 30d", False),
        ("retention", "720h", "", False),
        ("scrape interval", "1m", "is longer: 1m, was 30s", True),
        ("evaluation interval", "15s", "is shorter: 15s, was 30s", False),
    ],
)
def test_what_the_platform_keeps_and_how_often_it_looks(what: str, value: str, said: str, attention: bool) -> None:
    before = state_of(SHOP)

    found = compare(before, {**before, "platform": {**before["platform"], what: value}})

    assert [(f"the platform's {what}", said, attention)] * bool(said) == [
        (each.subject, each.said, each.attention) for each in found
    ]


def test_what_nobody_reads_may_be_dropped() -> None:
    job = 'interval="15s"'
    dropping = 'interval="15s", metric_relabel=[Relabel(action="drop", sources=["__name__"], regex="go_.*")]'
    module = SHOP.replace("    Query,", "    Query,\n    Relabel,").replace(job, dropping)

    (change,) = compare(state_of(SHOP), state_of(module))

    assert ("drops series `go_.*`", False) == (change.said, change.attention)


def test_a_rate_of_traces_is_compared_with_a_rate() -> None:
    many, few = (
        state_of(SHOP.replace("    Query,", "    Query,\n    RateLimiting,").replace('"order": 1', f'"order": {rate}'))
        for rate in ("RateLimiting(100)", "RateLimiting(1)")
    )

    (change,) = compare(many, few)

    assert "keeps less: 1/s, was 100/s" == change.said


@pytest.mark.parametrize("name", EDITS)
def test_a_line_from_before_stood_there(name: str) -> None:
    """No expression is made up."""
    before = json.dumps(state_of(SHOP))
    queries = [each for each in changes(EDITS[name]) if each.id.partition("/")[0] in ("alert", "panel", "series")]
    shown = [json.dumps(line) for change in queries for line in change.before]

    assert [] == [line for line in shown if line not in before]


def test_an_edit_that_changes_nothing_says_nothing() -> None:
    assert "Nothing changes.\n" == review(Edit(name="nothing", texts=()))

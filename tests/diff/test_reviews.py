"""Each kind of change has the review that a person would want; reviews.md holds them all, to be read."""

from __future__ import annotations

import re

import pytest
from reviewed import GOLDEN, SHOP, Edit, changes, edits, page, review, state_of

from watchwright.diff.compare import compare

EDITS = {edit.name: edit for edit in edits()}
QUIET = {"the file is laid out otherwise"}
URGENT = {
    "an alert is deleted": "alert/lost",
    "an alert is called otherwise": "alert/renamed",
    "a threshold is loosened": "alert/threshold",
    "an alert waits longer": "alert/wait",
    "an alert is told less urgently": "alert/severity",
    "others are told": "system/owner",
    "an objective is lowered": "slo/objective",
    "an SLO is given up": "slo/lost",
    "a metric is renamed, and another system still reads the old name": "metric/renamed",
    "a metric that everything counts is renamed": "metric/renamed",
    "a metric loses a label": "metric/label-lost",
    "a metric has other buckets": "metric/buckets",
    "a metric has another unit": "metric/unit",
    "a metric is gone": "metric/lost",
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

    assert lacking <= {"board/moved", "system/owner", "system/gone"}


@pytest.mark.parametrize("name", EDITS)
def test_back_again_is_told_as_well(name: str) -> None:
    """What is lost there is new here."""
    there = compare(state_of(SHOP), state_of(EDITS[name].applied()))
    back = compare(state_of(EDITS[name].applied()), state_of(SHOP))

    assert bool(there) is bool(back)


def test_a_metric_that_is_renamed_shows_everything_that_it_breaks() -> None:
    (change, other) = changes(EDITS["a metric is renamed, and another system still reads the old name"])

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


def test_an_edit_that_changes_nothing_says_nothing() -> None:
    assert "Nothing changes.\n" == review(Edit(name="nothing", texts=()))

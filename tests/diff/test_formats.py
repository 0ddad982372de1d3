"""A review as a terminal, a comment, JSON and annotations take it."""

from __future__ import annotations

import json
import re

import attrs
import pytest
from reviewed import changes, edits

from watchwright.diff.annotations import as_github, as_gitlab, as_json
from watchwright.diff.change import Change
from watchwright.diff.formats import MARKER, Review, as_markdown, as_text

EDITS = {edit.name: edit for edit in edits()}
LOST = Change(
    id="alert/lost", system="shop", subject="alert Losing", said="is lost", mark="-", attention=True,
    place="systems/shop.py:17", before=("rate(x[5m]) > 1",),
)  # fmt: skip


def review(*found: Change) -> Review:
    return Review(before="main", after="the working tree", changes=found)


def test_the_first_line_of_a_comment_says_what_matters_most() -> None:
    """A person who reads no further knows that an alert is lost."""
    other = attrs.evolve(LOST, subject="alert Slow", said="is new", attention=False, mark="+")

    assert "**shop: alert Losing is lost; 1 other change.**" == as_markdown(review(LOST, other)).splitlines()[0]


def test_a_comment_can_be_found_again_and_has_details_to_unfold() -> None:
    comment = as_markdown(review(LOST))

    assert comment.endswith(f"{MARKER}\n")
    assert "<details><summary>before and after</summary>" in comment
    assert "  - rate(x[5m]) > 1" in comment


def test_a_comment_stays_within_what_forges_take() -> None:
    """And says how much it leaves out."""
    many = [attrs.evolve(LOST, subject=f"alert Losing{n}", before=("x" * 300,)) for n in range(2000)]
    comment = as_markdown(review(*many))
    shown = comment.count("- ⚠️")

    assert 60_000 >= len(comment) > 50_000
    assert f"*{2000 - shown} more: `watchwright diff` shows them.*" in comment


@pytest.mark.parametrize(
    "text", ["@everyone #1 !2", "<script>alert(1)</script>", "[x](http://y) *b* _i_ `c` | ~~d~~", "a\nb"]
)
def test_texts_of_definitions_are_no_markup(text: str) -> None:
    """Neither mentions nor links, tags nor line ends; in a fence, fences are longer."""
    comment = as_markdown(review(attrs.evolve(LOST, said=text, before=(f"``` {text}",))))
    (line,) = [each for each in comment.splitlines() if each.startswith("- ⚠️")]

    assert "<script>" not in line
    assert not re.search(r"(?<!\\)[@#*_\[\]`|~]", line.replace("`systems/shop.py:17`", ""))
    assert "  ````diff" in comment


def test_a_terminal_gets_nothing_that_it_would_obey() -> None:
    shown = as_text(review(attrs.evolve(LOST, said="is \x1b[31mred\x07\u202e")))

    assert all(each.isprintable() or each == "\n" for each in shown)


def test_github_notes_stand_at_their_lines() -> None:
    odd = attrs.evolve(LOST, said="is 100 % lost\nreally", attention=False)

    assert (
        "::warning file=systems/shop.py,line=17,title=shop::alert Losing is lost\n"
        "::notice file=systems/shop.py,line=17,title=shop::alert Losing is 100 %25 lost%0Areally\n"
    ) == as_github(review(LOST, odd))


def test_gitlab_takes_a_report_of_code_quality() -> None:
    """https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format"""
    (entry,) = json.loads(as_gitlab(review(LOST, attrs.evolve(LOST, place=""))))

    assert {"description", "check_name", "fingerprint", "severity", "location"} == set(entry)
    assert ("major", {"path": "systems/shop.py", "lines": {"begin": 17}}) == (entry["severity"], entry["location"])


def test_json_has_everything() -> None:
    found = changes(EDITS["a metric is gone"])
    content = json.loads(as_json(review(*found)))

    assert [each.said for each in found] == [each["said"] for each in content["changes"]]
    assert ("systems/shop.py", True) == (content["changes"][0]["file"], content["changes"][0]["attention"])


@pytest.mark.parametrize("form", [as_text, as_markdown, as_json, as_github, as_gitlab])
def test_the_same_changes_are_the_same_bytes(form: object) -> None:
    """So that a comment can be updated in its place."""
    one, other = (form(review(*changes(EDITS["a metric is gone"]))) for _ in range(2))  # type: ignore[operator] # each is a function

    assert one == other

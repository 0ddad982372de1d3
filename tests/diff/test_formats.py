"""A review as a terminal, a comment, JSON and annotations take it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

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
LOUDER = attrs.evolve(LOST, id="alert/threshold", said="is louder", mark="~")


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
    comment = as_markdown(review(*many, attrs.evolve(LOUDER, attention=False)))
    shown = comment.count("- ⚠️")

    assert 60_000 >= len(comment) > 50_000
    left = f"{2000 - shown} of `alert/lost`, 1 of `alert/threshold`"
    assert f"*{2001 - shown} more, {left}: `watchwright diff` shows them.*" in comment


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "[x](http://y) *b* _i_ `c` | ~~d~~", "a\nb"])
def test_texts_of_definitions_are_no_markup(text: str) -> None:
    """Neither links nor tags nor line ends; in a fence, fences are longer."""
    comment = as_markdown(review(attrs.evolve(LOST, said=text, before=(f"``` {text}",))))
    (line,) = [each for each in comment.splitlines() if each.startswith("- ⚠️")]

    assert "<script>" not in line
    assert not re.search(r"(?<!\\)[#*_\[\]`|~]", line.replace("`systems/shop.py:17`", ""))
    assert "  ````diff" in comment


@pytest.mark.parametrize("text", ["@octocat", "o/r#1", "!2", "&3", "$4", "%5", "~bug", "GH-6", "http://y", "www.y.org"])
def test_texts_of_definitions_call_nobody_and_refer_to_nothing(text: str) -> None:
    """A backslash does not keep a forge from it: what it looks for is taken apart."""
    (line,) = [each for each in as_markdown(review(attrs.evolve(LOST, said=text))).splitlines() if "⚠️" in each]

    assert text not in line.replace("\\", "")
    assert text in line.replace("\\", "").replace("\u200b", "").replace("&amp;", "&")


@pytest.mark.parametrize("name", ["b`i @octocat <img>", "``", "`x`"])
def test_names_of_files_and_revisions_stay_in_their_code(name: str) -> None:
    """https://spec.commonmark.org/0.31.2/#code-spans: it ends at as many backticks as it began with."""
    found = Review(before=name, after=name, changes=[attrs.evolve(LOST, place=f"systems/{name}.py:1")])
    sides, item = (line for line in as_markdown(found).splitlines() if "→" in line or line.startswith("- "))

    for shown in (*sides.split(" → "), item.partition("was at ")[2]):
        ticks = re.match("`+", shown)[0]  # type: ignore[index] # it is code
        assert shown.endswith(f" {ticks}")
        assert ticks not in shown[len(ticks) : -len(ticks)]


def test_a_terminal_gets_nothing_that_it_would_obey() -> None:
    shown = as_text(review(attrs.evolve(LOST, said="is \x1b[31mred\x07\u202e")))

    assert all(each.isprintable() or each == "\n" for each in shown)


def test_github_notes_stand_at_their_lines() -> None:
    odd = attrs.evolve(LOUDER, said="is 100 % lost\nreally", attention=False)

    assert (
        "::warning file=systems/shop.py,line=17,title=shop::alert Losing is louder\n"
        "::notice file=systems/shop.py,line=17,title=shop::alert Losing is 100 %25 lost%0Areally\n"
    ) == as_github(review(LOUDER, odd))


def test_a_line_that_is_no_longer_there_is_said_to_be_of_the_side_before() -> None:
    """And what is noted of it stands at no line of today's, which is something else's."""
    (note,) = json.loads(as_gitlab(review(LOST)))

    assert "alert Losing is lost  (was at systems/shop.py:17)" in as_text(review(LOST))
    assert "alert Losing is lost — was at `systems/shop.py:17`" in as_markdown(review(LOST))
    assert "before" == json.loads(as_json(review(LOST)))["changes"][0]["side"]
    said = "alert Losing is lost (it was at systems/shop.py:17)"
    assert f"::warning file=systems/shop.py,title=shop::{said}\n" == as_github(review(LOST))
    assert {"path": "systems/shop.py", "lines": {"begin": 1}} == note["location"]


def test_notes_have_the_paths_of_the_forge() -> None:
    """Those from the top of Git's repository, where ours is a folder of it, or definitions lie beside it."""
    found = attrs.evolve(review(LOUDER, attrs.evolve(LOUDER, place="../defs/shop.py:3")), folder="infra/mon/")

    assert ["infra/mon/systems/shop.py", "infra/defs/shop.py"] == [
        each["location"]["path"] for each in json.loads(as_gitlab(found))
    ]
    assert "::warning file=infra/mon/systems/shop.py,line=17," in as_github(found)
    assert "::warning file=infra/defs/shop.py,line=3," in as_github(found)


def test_gitlab_takes_a_report_of_code_quality() -> None:
    """https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format"""
    (entry,) = json.loads(as_gitlab(review(LOUDER)))

    assert {"description", "check_name", "fingerprint", "severity", "location"} == set(entry)
    assert ("major", {"path": "systems/shop.py", "lines": {"begin": 17}}) == (entry["severity"], entry["location"])


def test_gitlab_is_told_of_everything_once() -> None:
    """What has no place of its own, too; what is told twice alike has prints of its own, which no line changes."""
    board = Change(id="board/lost", system="shop", subject="board Shop", said="is gone", mark="-", attention=True)
    found = json.loads(as_gitlab(review(LOUDER, LOUDER, board)))
    moved = json.loads(as_gitlab(review(*(attrs.evolve(LOUDER, place="systems/shop.py:99") for _ in range(2)), board)))

    assert [True] * 3 == [bool(each["location"]["path"]) for each in found]
    assert 3 == len({each["fingerprint"] for each in found})
    assert [each["fingerprint"] for each in found] == [each["fingerprint"] for each in moved]


@pytest.mark.parametrize("form", [as_text, as_markdown, as_json, as_github, as_gitlab])
def test_that_less_is_compared_is_said_first(form: Callable[[Review], str]) -> None:
    """Before what is said of changes, and in every format."""
    shown = form(attrs.evolve(review(LOST), unread=["The definitions of main do not load (it burns)."]))

    assert shown.index("The definitions of main do not load") < shown.index("alert Losing is lost")
    assert "what was rendered is compared" in shown


@pytest.mark.parametrize("form", [as_text, as_markdown, as_json, as_github, as_gitlab])
def test_a_change_of_some_environments_says_of_which(form: Callable[[Review], str]) -> None:
    """One of all of them need not."""
    names = ("production", "staging")
    some, all_ = (
        form(attrs.evolve(review(attrs.evolve(LOUDER, environments=of)), environments=names)) for of in (names[1:], ())
    )

    assert all_.count("staging") < some.count("staging")


def test_a_comment_says_what_it_compares() -> None:
    """Which sides, and in which environments."""
    comment = as_markdown(attrs.evolve(review(LOST), environments=["production", "staging"]))

    assert "`main` → `the working tree`, in production, staging" in comment.splitlines()


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

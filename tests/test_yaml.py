"""Our YAML says to every reader what was meant."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from watchwright.backends.yamltext import Marked, document, scalar
from watchwright.lower.plan import Origin
from watchwright.source import NOWHERE

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
awkward = st.sampled_from(
    ["", "yes", "No", "null", "~", "1e3", "0o17", "1:30", "12", "- a", "a: b", "a #b", "'", '"', "{{ x }}", "@", "%",
     "a\nb", "a \nb", "\na", "a\n", " a", "5m", "1h30m", "=", "!x", "&a", "*a", "|", ">", "?", "::", "a:", "\\", "\u2028", "é"]
)  # fmt: skip
leaf = st.one_of(text, awkward, st.integers(), st.booleans())
mapping = st.recursive(
    st.dictionaries(text.filter(bool), leaf, max_size=4),
    lambda inner: st.dictionaries(
        text.filter(bool), st.one_of(leaf, inner, st.lists(st.one_of(leaf, inner), max_size=3)), max_size=4
    ),
    max_leaves=12,
)


@given(mapping)
def test_reading_gives_back_what_was_written(value: dict[str, object]) -> None:
    """PyYAML reads by YAML 1.1, the stricter of the two."""
    assert value == (yaml.safe_load(document("x", value).text) or {})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "tricky", ["1e3", "0o17", "12e4", "1_000", ".5", "0x1F", "1:30", "2026-11-21", "y", "Off", "~"]
)
def test_what_a_reader_could_take_for_something_else_is_quoted(tricky: str) -> None:
    """Go's readers follow YAML 1.2, in which `0o17` and `1e3` are numbers."""
    assert scalar(tricky)[0] in "\"'"


@pytest.mark.parametrize("plain", ["30s", "1h30m", "quantacirc-core", "a:b_c:rate5m", "/metrics", "targets/x.json"])
def test_what_people_review_most_stands_without_quotes(plain: str) -> None:
    """Quotes are noise where nothing is ambiguous."""
    assert plain == scalar(plain)


def test_each_line_knows_its_origin() -> None:
    """A complaint about a line leads back to the definition."""
    one, two = (Origin(source=NOWHERE, subject=name) for name in ("one", "two"))
    made = document("x", {"a": 1, "rules": [Marked({"b": 1, "c": 2}, one), Marked({"d": "x\ny"}, two)]})
    lines = made.text.splitlines()

    assert [None, None, None, "one", "one", "two", "two", "two"] == [
        origin.subject if (origin := made.origin(number)) else None for number in range(1, len(lines) + 1)
    ]


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("a\nb", "|-"),
        ("a\nb\n", "|"),
        (" a\nb\n", "|2"),
        ("a\n\nb\n", "|"),
        ("a\n", '"a\\n"'),
        ("a\nb\n\n", '"a\\nb\\n\\n"'),
    ],
)
def test_a_file_within_a_file_keeps_its_last_line_end(text: str, lead: str) -> None:
    """As a block, which people can read, where a block can have it."""
    written = document("a.yaml", {"file": text}).text
    assert f"file: {lead}\n" in written
    assert {"file": text} == yaml.safe_load(written)

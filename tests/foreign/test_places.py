"""Where a character of a scalar stands in its file."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st
from reading import character, json_of, scalar, yaml_of

from watchwright.foreign import yamls
from watchwright.foreign.placed import Mapping, Page, Sequence, Text

# what of the value is looked for, and where it stands: the line and column of the file
STYLES = {
    "plain": ("expr: a + X", "X", (1, 11)),
    "plain on two lines": ("expr: a\n  + X", "X", (2, 5)),
    "plain on lines apart": ("expr: a\n\n\n   + X", "X", (4, 6)),
    "plain with a comment behind": ("expr: a + X # X", "X", (1, 11)),
    "plain in a flow mapping": ("{expr: a + X, b: c}", "X", (1, 12)),
    "plain with an anchor": ("expr: &it a + X", "X", (1, 15)),
    "plain with a tag on a line of its own": ("expr: !!str\n  a + X", "X", (2, 7)),
    "single quotes": ("expr: 'a + X'", "X", (1, 12)),
    "single quotes with a quote in them": ("expr: 'it''s X'", "X", (1, 14)),
    "single quotes on three lines": ("expr: 'a   \n\n\n  + X'", "X", (4, 5)),
    "double quotes": ('expr: "a + X"', "X", (1, 12)),
    "double quotes with escapes": ('expr: "a\\t\\u00e9\\x41\\n\\"X"', "X", (1, 25)),
    "the escape itself": ('expr: "ab\\"X"', '"', (1, 10)),
    "double quotes with an emoji as an escape": ('expr: "\\U0001F600 X"', "X", (1, 19)),
    "double quotes on two lines": ('expr: "a\n  + X"', "X", (2, 5)),
    "double quotes with a joined line": ('expr: "a \\\n  + X"', "X", (2, 5)),
    "double quotes with a joined line and a blank at its start": ('expr: "a\\\n  \\  X"', "X", (2, 6)),
    "double quotes with blanks before the line ends": ('expr: "a  \t \n  X"', "X", (2, 3)),
    "literal": ("expr: |\n  a\n  + X\n", "X", (3, 5)),
    "literal, more indented": ("expr: |\n  a\n     + X\n", "X", (3, 8)),
    "literal, its blanks": ("expr: |\n  a\n    b\n", "  b", (3, 3)),
    "literal with an indentation indicator": ("expr: |2\n   a\n  + X\n", "X", (3, 5)),
    "literal with an indentation indicator, first line": ("expr: |2\n   X\n  a\n", " X", (2, 3)),
    "literal, stripped": ("expr: |-\n    a\n    + X\n\n", "X", (3, 7)),
    "literal, kept, with an empty line": ("expr: |+\n  a\n\n  + X\n\n\n", "X", (4, 5)),
    "literal with a comment in its header": ("expr: |  # X\n  a\n  + X\n", "X", (3, 5)),
    "literal with an anchor before it": ("expr: &it |\n  a\n  + X\n", "X", (3, 5)),
    "literal with lines that are alike": ("expr: |\n  a\n  a\n  aX\n", "X", (4, 4)),
    "literal with tabs": ("expr: |\n  a\t+\tX\n", "X", (2, 7)),
    "literal with the ends of lines of Windows": ("expr: |\r\n  a\r\n  + X\r\n", "X", (3, 5)),
    "plain with the ends of lines of Windows": ("a: b\r\nexpr: a\r\n  + X\r\n", "X", (3, 5)),
    "folded": ("expr: >\n  a\n  + X\n", "X", (3, 5)),
    "folded, stripped, lines apart": ("expr: >-\n  a\n\n  b\n  + X\n", "X", (5, 5)),
    "folded, more indented": ("expr: >\n  a\n    b\n  + X\n", "X", (4, 5)),
    "folded with an indentation indicator": ("expr: >1-\n  a\n  + X\n", "X", (3, 5)),
    "behind letters that are no ASCII": ("expr: |\n  é😀 + X\n", "X", (2, 8)),
    "behind a byte order mark of its own": ("a: '\ufeff'\nexpr: X", "X", (2, 7)),
    "an alias": ("a: &it |\n  X\nexpr: *it\n", "X", (2, 3)),
    "merged": ("a: &it\n  expr: X\nb:\n  c: d\n<<: *it", "X", (2, 9)),
}


@pytest.mark.parametrize(("text", "wanted", "place"), STYLES.values(), ids=STYLES)
@pytest.mark.parametrize("loader", [yaml.SafeLoader, yaml.CSafeLoader])
def test_a_character_of_a_scalar_in_yaml_has_its_place(
    text: str, wanted: str, place: tuple[int, int], loader: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the style is, with libyaml and without."""
    monkeypatch.setattr(yamls, "_LOADER", loader)
    found = scalar(yaml_of(text))

    at = found.at(found.value.index(wanted))

    assert place == (at.line, at.column)


ESCAPED = {
    "none": ('{"expr": "a + X"}', "X", (1, 15)),
    "ends of lines": ('{"expr": "a\\n+\\nX"}', "X", (1, 17)),
    "quotes": ('{"expr": "a{b=\\"c\\"} X"}', "X", (1, 22)),
    "backslashes": ('{"expr": "\\\\\\\\nX"}', "X", (1, 16)),
    "code points": ('{"expr": "\\u0041X"}', "X", (1, 17)),
    "surrogate pairs": ('{"expr": "\\ud83d\\ude00X"}', "X", (1, 23)),
    "half a surrogate pair": ('{"expr": "\\ud83dX"}', "X", (1, 17)),
    "on another line": ('{\r\n\t"a": [1, {}],\r\n\t"expr": "\\tX"}', "X", (3, 13)),
    "letters that are no ASCII": ('{"é😀": "é", "expr": "😀X"}', "X", (1, 23)),
}


@pytest.mark.parametrize(("text", "wanted", "place"), ESCAPED.values(), ids=ESCAPED)
def test_a_character_of_a_text_in_json_has_its_place(text: str, wanted: str, place: tuple[int, int]) -> None:
    """Escapes are longer than what they stand for."""
    node = json_of(text)
    assert isinstance(node, Mapping)
    found = scalar(node)

    at = found.at(found.value.index(wanted))

    assert place == (at.line, at.column)


def test_the_end_of_a_text_is_behind_its_last_character() -> None:
    """Where something is missing."""
    assert (1, 9) == place_of_end("expr: ab")
    assert (1, 9) == place_of_end("expr: 'a'")


def place_of_end(text: str) -> tuple[int, int | None]:
    found = scalar(yaml_of(text))
    at = found.at(len(found.value))
    return at.line, at.column


ODD = ["a", "b", " ", " ", "\n", "\n", "\t", "'", '"', "\\", "é", "😀", ":", "#", "\r", "\x85", "\u2028"]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.text(st.sampled_from(ODD), max_size=40)
YAML_STYLES = ["", "'", '"', "|", ">"]


@given(TEXTS, st.sampled_from(YAML_STYLES), st.integers(2, 6), st.integers(10, 80), st.booleans())
def test_every_character_is_found_again_in_yaml(text: str, style: str, indent: int, width: int, unicode: bool) -> None:
    """However PyYAML writes it: what is no escape stands at its place."""
    written = yaml.dump(
        {"a": {"expr": text}},
        Dumper=yaml.SafeDumper,
        default_style=style,
        indent=indent,
        width=width,
        allow_unicode=unicode,
    )
    documents, wrong = yamls.read(Page("a.yaml", written))
    assume(not wrong)  # PyYAML writes what it cannot read, such as a folded text that begins with blanks
    assert isinstance(documents[0], Mapping)
    outer = documents[0].mapping("a")
    assert outer is not None

    agrees(scalar(outer), written)


@given(TEXTS, st.booleans(), st.none() | st.integers(0, 4))
def test_every_character_is_found_again_in_json(text: str, ascii_only: bool, indent: int | None) -> None:
    """However Python writes it."""
    written = json.dumps([{"expr": text}], ensure_ascii=ascii_only, indent=indent)
    outer = json_of(written)
    assert isinstance(outer, Sequence)
    assert isinstance(outer.items[0], Mapping)

    agrees(scalar(outer.items[0]), written)


def agrees(found: Text, written: str) -> None:
    """Each character that is neither an escape nor the end of a line stands where `at` says."""
    last = (0, 0)
    for offset, wanted in enumerate(found.value):
        at = found.at(offset)
        seen = character(written, at.line, at.column)
        if seen not in ("", "\\", "'", "\x85", "\u2028", "\u2029") and wanted not in "\r\n\x85\u2028\u2029":
            assert (wanted, at) == (seen, at)
        assert last <= (at.line, at.column or 0)
        last = (at.line, at.column or 0)

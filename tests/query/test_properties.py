"""What holds for every expression, whoever makes it up."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from judge import explained
from strategies import expressions

from watchwright.query.layout import layout
from watchwright.query.parser import ParseError, parse
from watchwright.query.printer import text
from watchwright.query.rewrite import rewrite
from watchwright.query.tree import Node, walk
from watchwright.query.version import Version

_VERSIONS = [(2, 42), (3, 14)]
_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@pytest.mark.parametrize("version", _VERSIONS)
def test_printed_expressions_parse_to_the_same_tree(version: tuple[int, int]) -> None:
    """
    Printing loses nothing, on one line or on several.
    """

    @settings(max_examples=300, deadline=None, suppress_health_check=_SLOW)
    @given(expressions(version), st.integers(10, 100))
    def holds(tree: Node, width: int) -> None:
        assert tree == parse(text(tree), version=version)
        assert tree == parse(layout(tree, width), version=version)

    holds()


def drawn_for(version: Version) -> list[Node]:
    """Expressions for a version. All are drawn first: promtool starts once, not once for each."""
    drawn: list[Node] = []

    @settings(max_examples=300, deadline=None, suppress_health_check=_SLOW, phases=[Phase.generate], database=None)
    @given(expressions(version))
    def collect(tree: Node) -> None:
        drawn.append(tree)

    collect()
    return drawn


def test_promtool_takes_every_well_typed_expression(generations: list[tuple[Version, Path]]) -> None:
    """
    What we call valid for a version is valid there, printed on one line and on several.
    """
    for version, path in generations:
        texts = [written for tree in drawn_for(version) for written in (text(tree), layout(tree, 40))]
        judged = zip(texts, explained(path, texts), strict=True)
        assert [] == [(version, one, why) for one, (verdict, why) in judged if verdict != "ok"]


def parsed(written: str, version: tuple[int, int]) -> Node | ParseError:
    try:
        return parse(written, version=version)
    except ParseError as error:
        return error


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40) | st.text("ab{}[]()\"'=~!<>+-*/^%@:,.5mx \n", max_size=25))
def test_any_text_parses_or_is_refused_with_a_place(written: str) -> None:
    """
    Whatever is typed, there is a tree or a ParseError within the text.
    """
    for version in _VERSIONS:
        found = parsed(written, version)
        if isinstance(found, ParseError):
            start, end = found.span
            assert 0 <= start <= end <= len(written)
            assert found.line >= 1
            assert found.column >= 1
        else:
            assert found == parse(text(found), version=version)


@settings(max_examples=100, deadline=None, suppress_health_check=_SLOW)
@given(expressions((2, 42)))
def test_spans_are_the_text_of_their_nodes(tree: Node) -> None:
    """
    The part of the text that a node's span cuts out parses to that node.
    """
    written = text(tree)
    for node in walk(parse(written)):
        assert node.span is not None
        start, end = node.span
        assert node == parse(written[start:end])


@settings(max_examples=100, deadline=None, suppress_health_check=_SLOW)
@given(expressions((3, 14)))
def test_rewriting_without_a_change_returns_the_same_tree(tree: Node) -> None:
    """
    Nothing is copied that stays as it is.
    """
    assert tree is rewrite(tree, lambda node: node)

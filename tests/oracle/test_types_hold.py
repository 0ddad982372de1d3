"""What is derived of an expression holds for what a server returns, of random expressions over a declared world."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from contradictions import Contradiction, Tally, contradictions
from expressions import Maker
from server import Server
from simulated import TIMES

from watchwright.semantics import binaries, calls, labels, typing
from watchwright.semantics import numbers as n
from watchwright.semantics.labels import Labels
from watchwright.semantics.values import ABSENT
from watchwright.semantics.world import World

_AT_ONCE = 1_000


def test_kinds_labels_values_numbers_and_emptiness_hold(server: Server, world: World) -> None:
    assert [] == found(server, world, range(_AT_ONCE))


@pytest.mark.nightly
@pytest.mark.parametrize("chunk", range(1, 21))
def test_they_hold_for_twenty_thousand_more(server: Server, world: World, chunk: int) -> None:
    assert [] == found(server, world, range(chunk * _AT_ONCE, (chunk + 1) * _AT_ONCE))


def found(server: Server, world: World, seeds: range) -> list[str]:
    """Every contradiction; and what was asked has answers, or it would show nothing."""
    tally = Tally()
    wrong = list(contradictions(server, world, seeds, TIMES, tally))
    assert 0.05 > tally.share("errors")
    assert 0.5 < tally.share("with series")
    return [str(each) for each in wrong]


#: Rules of the derivation, and how each of them is broken.
_BROKEN: list[tuple[object, str, Callable[..., Any]]] = [
    (Labels, "by", lambda self, kept: self),
    (Labels, "without", lambda self, gone: self),
    (Labels, "nameless", lambda self: self),
    (Labels, "paired", lambda self, other, matching: other),
    (Labels, "put", lambda self, label, values: Labels({**self.known, label: ABSENT}, self.rest)),
    (labels, "narrowed", lambda values, matcher: ABSENT),
    (binaries, "never_meets", lambda node, left, right: True),
    (binaries, "share", lambda left, right: 1.0),
    (n, "holds", lambda left, op, right: False),
    (n, "kept", lambda left, op, right: right),
    (calls, "lacks_le", lambda of: True),
    (calls, "only", lambda text: ABSENT),
    (typing, "call", lambda node, given: given[-1]),
    (typing, "_over", lambda op, node, types: n.TRUTH),
]


@pytest.mark.parametrize("rule", _BROKEN, ids=[name for _, name, _ in _BROKEN])
def test_a_broken_rule_is_found(
    server: Server, world: World, monkeypatch: pytest.MonkeyPatch, rule: tuple[object, str, Callable[..., Any]]
) -> None:
    monkeypatch.setattr(*rule)
    assert isinstance(next(contradictions(server, world, range(_AT_ONCE), TIMES, Tally()), None), Contradiction)


def test_a_seed_makes_the_same_expression_again(world: World) -> None:
    assert Maker.of(7, world).expression() == Maker.of(7, world).expression()

"""
Problems of an expression: what the checks of expressions find, and how each of them is registered.

One function an id, as everywhere; it is called with each node of the types that it is for, once the tree is typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, TypeVar

import attrs

from watchwright.finding import Severity, add_page
from watchwright.query.printer import text
from watchwright.query.tree import Node
from watchwright.query.version import NEWEST, Version
from watchwright.semantics.types import Type, Typed
from watchwright.semantics.world import World

Role = Literal["alert", "record", "panel", "annotation", "variable"]


@attrs.frozen(eq=False, kw_only=True)
class Use:
    """
    What an expression is for.

    *keep* are labels that every aggregation and every match is given, whether a series has them or not.
    *evaluation* is how often rules are evaluated, in milliseconds, None where nobody knows. *oldest* is the oldest
    Prometheus that shall run it.
    """

    role: Role = "alert"
    keep: frozenset[str] = frozenset()
    evaluation: int | None = None
    oldest: Version = NEWEST


@attrs.frozen(eq=False)
class Problem:
    """Something wrong with a *node* of an expression, or with a *word* in it, such as a label."""

    node: Node
    message: str
    hint: str = ""
    word: str = ""
    id: str = ""
    severity: Severity = "error"


@attrs.frozen(eq=False)
class Context:
    """What a check of expressions can look at beside its node."""

    typed: Typed
    world: World
    use: Use

    def of(self, node: Node) -> Type:
        """The type of a node."""
        return self.typed.of(node)

    @property
    def root(self) -> Node:
        """The whole expression."""
        return self.typed.root


N = TypeVar("N", bound=Node)
Check = Callable[[N, Context], Iterator[Problem]]


@attrs.frozen(eq=False)
class _Registered:
    id: str
    severity: Severity
    run: Callable[[Any, Context], Iterator[Problem]]


_by_type: dict[type[Node], list[_Registered]] = {}
_of_whole: list[_Registered] = []


def expression(id_: str, *on: type[Node], severity: Severity = "error") -> Callable[[Check[N]], Check[N]]:
    """Register a check of the nodes *on* which it looks, or of whole expressions where none is given."""

    def register(run: Check[N]) -> Check[N]:
        add_page(id_, severity, run)
        check = _Registered(id_, severity, run)
        for kind in on:
            _by_type.setdefault(kind, []).append(check)
        if not on:
            _of_whole.append(check)
        return run

    return register


def registered() -> Mapping[str, Severity]:
    """The id of every check, with how certain it is: an error always is."""
    every = (*_of_whole, *(check for checks in _by_type.values() for check in checks))
    return {check.id: check.severity for check in every}


def found(context: Context) -> Iterator[Problem]:
    """Whatever the checks say of an expression."""
    for node in context.typed.nodes:
        for check in _by_type.get(type(node), ()):
            yield from _said(check, node, context)
    for check in _of_whole:
        yield from _said(check, context.root, context)


def _said(check: _Registered, node: Node, context: Context) -> Iterator[Problem]:
    for problem in check.run(node, context):
        yield attrs.evolve(problem, id=check.id, severity=check.severity)


_LONGEST = 60


def shown(node: Node) -> str:
    """A node for a message: as it was written where somebody wrote it, and not too much of it."""
    if node.written is not None and node.span is not None:
        words = " ".join(node.written.text[slice(*node.span)].split())
    else:
        words = text(node)
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"

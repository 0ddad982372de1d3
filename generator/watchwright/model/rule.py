"""Recording rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

import attrs

from watchwright.model.accept import accepted
from watchwright.model.error import DefinitionError
from watchwright.model.expression import Expr, Instant, Words
from watchwright.model.metric import Metric
from watchwright.model.series import GaugeWords
from watchwright.model.typed import typed
from watchwright.query.tree import Selector
from watchwright.source import Source, here

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")


def frozen_texts(values: Mapping[str, str]) -> Mapping[str, str]:
    """A read-only copy of texts by name."""
    if not isinstance(values, Mapping):
        msg = f"a mapping of texts is wanted, got {values!r}"
        raise DefinitionError(msg, 'write {"name": "text"}')
    return MappingProxyType(dict(values))


def instant_(value: object, what: str) -> Instant:
    """An expression that has series, or a refusal that names *what* wanted one."""
    if isinstance(value, Words):
        return value.instant()
    if isinstance(value, bool):
        msg = f"{what} wants an expression, and `==` compares definitions in Python"
        raise DefinitionError(msg, "write .eq(...) or .ne(...)")
    hint = (
        "apply a function to it, such as .avg_over_time()" if isinstance(value, Expr) else "a text goes into promql()"
    )
    msg = f"{what} wants an expression with series, got {value!r}"
    raise DefinitionError(msg, hint)


def _expr(value: Words) -> Instant:
    return instant_(value, "a recording rule")


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class RecordingRule(GaugeWords):
    """
    A series that Prometheus computes at every evaluation, and that other expressions read by its name.

    *name* is `level:metric:operations`. The series carries `system`, the labels of *expr*, and *labels*.
    """

    name: str = attrs.field(kw_only=False)
    expr: Instant = attrs.field(kw_only=False, converter=_expr)
    labels: Mapping[str, str] = attrs.field(factory=dict, converter=frozen_texts, hash=False)
    accept: Mapping[str, str] = attrs.field(factory=dict, converter=accepted, hash=False)
    source: Source = attrs.field(factory=here, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            msg = f"a recorded name must be letters, digits, underscores and colons, got {self.name!r}"
            raise DefinitionError(msg, "braces and functions belong into the expression")

    def instant(self) -> Instant:
        """The recorded series."""
        return Instant(Selector(self.name), frozenset([self]))


def record(
    name: str, expr: Words, *, labels: Mapping[str, str] | None = None, accept: Mapping[str, str] | None = None
) -> RecordingRule:
    """Record *expr* as the series *name*, and read it by that name from there on."""
    return RecordingRule(name, expr, labels=labels or {}, accept=accept or {})


#: What an expression can reach.
Declared: TypeAlias = Metric | RecordingRule

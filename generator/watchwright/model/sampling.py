"""Which traces are kept: Jaeger's remote sampling, per service and operation."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

import attrs

from watchwright.model.accept import accepted
from watchwright.model.error import DefinitionError
from watchwright.model.quantity import Real, exact
from watchwright.model.typed import typed
from watchwright.source import Source, here


@attrs.frozen(order=False, field_transformer=typed)
class Probabilistic:
    """Keep a trace with this probability, from 0 to 1."""

    probability: Decimal = attrs.field(converter=exact)


@attrs.frozen(order=False, field_transformer=typed)
class RateLimiting:
    """Keep this many traces a second and service instance: a whole number from 1 to 32767, as Jaeger cuts others."""

    traces_per_second: Decimal = attrs.field(converter=exact)


Strategy = Probabilistic | RateLimiting


def strategy_(value: Strategy | Real) -> Strategy:
    """A strategy; a plain number is a probability."""
    return value if isinstance(value, Probabilistic | RateLimiting) else Probabilistic(value)


def operations_(values: Mapping[str, Strategy | Real]) -> Mapping[str, Strategy]:
    """Strategies by the exact names of spans."""
    for name in values:
        if not isinstance(name, str) or not name:
            msg = f"an operation is the name of a span, got {name!r}"
            raise DefinitionError(msg)
    return MappingProxyType({name: strategy_(value) for name, value in values.items()})


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Sampling:
    """
    How the traces of one service are sampled.

    *strategy* is a probability, or `RateLimiting(...)`; *operations* gives exact span names their own
    probability. Jaeger ignores a rate limit as soon as a service has operations, its own or inherited.
    """

    service: str = attrs.field(kw_only=False)
    strategy: Strategy = attrs.field(kw_only=False, converter=strategy_)
    operations: Mapping[str, Strategy] = attrs.field(factory=dict, converter=operations_, hash=False)
    accept: Mapping[str, str] = attrs.field(factory=dict, converter=accepted, eq=False)
    source: Source = attrs.field(factory=here, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.service, str) or not self.service:
            msg = f"a sampling names the service whose traces it samples, got {self.service!r}"
            raise DefinitionError(msg)

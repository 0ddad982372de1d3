"""What Jaeger is told about sampling: every service once, in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType

import attrs

from watchwright.lower.plan import Fleet, Origin
from watchwright.model.sampling import Probabilistic, Strategy

# jaeger: internal/sampling/samplingstrategy/file/constants.go. We write it down too, so that a newer one cannot differ.
UNKNOWN_PROBABILITY = Decimal("0.001")


@attrs.frozen(order=False, kw_only=True)
class Sampled:
    """How one service is sampled, its operations by name; *service* is empty for the default of all others."""

    service: str
    strategy: Strategy
    operations: Mapping[str, Strategy]
    origin: Origin


def default(fleet: Fleet) -> Sampled:
    """How services are sampled that no system names."""
    platform, jaeger = fleet.platform, fleet.platform.jaeger
    accept = {**platform.accept, **jaeger.accept}
    origin = Origin(source=jaeger.source, subject="platform / jaeger", accept=accept)
    return Sampled(service="", strategy=jaeger.default, operations=_by_name(jaeger.operations), origin=origin)


def services(fleet: Fleet) -> tuple[Sampled, ...]:
    """Every service that is sampled, by its name; one that is named twice is here twice."""
    return tuple(sorted(_declared(fleet), key=lambda each: each.service))


def inherited(service: Sampled, others: Sampled) -> Mapping[str, Strategy]:
    """The operations that Jaeger adds to a service from the default; its own win."""
    return {name: strategy for name, strategy in others.operations.items() if name not in service.operations}


def unnamed_probability(service: Sampled, others: Sampled) -> Decimal:
    """What SDKs do with operations that nobody names, where a service has operations, its own or inherited."""
    decides = service if service.operations else others
    for each in (service, decides):
        if isinstance(each.strategy, Probabilistic):
            return each.strategy.probability
    return UNKNOWN_PROBABILITY


def _declared(fleet: Fleet) -> Iterator[Sampled]:
    for plan in fleet.plans:
        for sampling in plan.sampling:
            origin = Origin.of(plan.system, f"sampling of {sampling.service}", sampling)
            operations = _by_name(sampling.operations)
            yield Sampled(service=sampling.service, strategy=sampling.strategy, operations=operations, origin=origin)


def _by_name(operations: Mapping[str, Strategy]) -> Mapping[str, Strategy]:
    return MappingProxyType(dict(sorted(operations.items())))

"""
Sampling that Jaeger would take otherwise than it was meant. Jaeger's sampling file has no validator.

What it would misread without a word (jaeger: internal/sampling/samplingstrategy/file/provider.go), and who sees to it:

- an unknown key, ignored: we write the keys
- a missing or unknown type, sampled at 0.001: a strategy is a type here, and every service has one
- a missing parameter, read as 0: a strategy has its number
- a probability outside 0 to 1, taken as it is: sampling/probability; 0 for a whole service: sampling/zero
- a rate limit cut to a whole number, or too great to be answered: sampling/rate
- a rate limit on an operation, dropped: sampling/operation-rate
- a rate limit that operations make void, own or inherited: sampling/rate-ineffective
- a service named twice, of which the last counts: sampling/duplicate-service; operations are a mapping
- a pattern, compared as it stands: sampling/pattern
- a file that is no JSON, or null: we write it; a path that is a URL: the path is ours
- no reload unless it is asked for: lowering asks where the version can; sampling/reload where it cannot
- the default's operations, merged into every service: meant so, and said where they are declared
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from watchwright.finding import Finding, check
from watchwright.lower.jaeger import SINCE, reads
from watchwright.lower.plan import Fleet
from watchwright.lower.sampling import Sampled, default, inherited, services, unnamed_probability
from watchwright.model.sampling import Probabilistic, RateLimiting, Strategy

# Jaeger 2 answered over HTTP by way of Thrift at first, with an int16: 40000 became HTTP 500 for that service alone
# (jaeger v1.62.0: model/converter/thrift/jaeger/sampling_from_domain.go). Protobuf, which came later, has an int32.
_MOST_TRACES = 2**15 - 1

# Stars, anchors, classes, ranges and alternatives; not the `{id}`, `:id` and dots of routes and gRPC methods
_PATTERN = re.compile(r"\*|^\^|\$$|\.\+|\\[a-zA-Z.]|\[[^\]]*-[^\]]*\]|\([^)]*\|[^)]*\)")


@check("sampling/probability")
def probability(fleet: Fleet) -> Iterator[Finding]:
    """
    A probability is no number from 0 to 1.

    Jaeger hands out whatever it reads, and what an SDK makes of 2 or -1 is its own affair. A probability is
    a share, not a percentage.
    """
    for sampled in _all(fleet):
        for name, strategy in _strategies(sampled):
            if isinstance(strategy, Probabilistic) and not _is_share(strategy.probability):
                yield sampled.origin.finding(
                    f"the probability of {name} is `{_shown(strategy.probability)}`, not a number from 0 to 1",
                    "a probability is a share: 5 percent are 0.05",
                )


@check("sampling/zero", "warning")
def zero(fleet: Fleet) -> Iterator[Finding]:
    """
    A whole service is sampled at 0: none of its traces is kept.

    The probability of a service is 0, and none of its operations, its own or inherited, has another. An
    operation at 0 beside others, such as a health check, is what operations are for.
    """
    others = default(fleet)
    for sampled in _all(fleet):
        if all(_is_zero(each) for each in _effective(sampled, others)):
            yield sampled.origin.finding(
                f"no trace of {_name(sampled)} is kept: its probability is `0`",
                "give it a small probability, or accept this with the reason",
            )


@check("sampling/rate")
def rate(fleet: Fleet) -> Iterator[Finding]:
    """
    A rate limit is no whole number of traces a second, from 1 on.

    Jaeger cuts the fraction off: 3.5 becomes 3, and 0.9 becomes 0, which keeps nothing. Above 32767 older ones
    answer with an error. The limit is for each instance: a service with ten keeps ten times as many.
    """
    for sampled in _all(fleet):
        strategy = sampled.strategy
        if isinstance(strategy, RateLimiting) and not _is_rate(strategy.traces_per_second):
            yield sampled.origin.finding(
                f"the rate limit of {_name(sampled)} is `{_shown(strategy.traces_per_second)}` traces a second, "
                f"not a whole number from 1 to {_MOST_TRACES}",
                "Jaeger cuts fractions off; use a probability for less than one trace a second",
            )


@check("sampling/operation-rate")
def operation_rate(fleet: Fleet) -> Iterator[Finding]:
    """
    An operation has a rate limit.

    Jaeger knows only probabilities for operations. It drops the entry with a line in its log, and the
    operation is sampled like the rest of its service.
    """
    for sampled in _all(fleet):
        for operation, strategy in sampled.operations.items():
            if isinstance(strategy, RateLimiting):
                yield sampled.origin.finding(
                    f"{_operation(sampled, operation)} has a rate limit, which Jaeger drops",
                    "give the operation a probability",
                )


@check("sampling/rate-ineffective")
def rate_ineffective(fleet: Fleet) -> Iterator[Finding]:
    """
    A service has a rate limit and operations, its own or inherited.

    Jaeger then sends both, and SDKs prefer the operations: nothing limits the rate any more. Operations that
    nobody names are kept with the default's probability if the operations are inherited, and with 0.001 if
    they are the service's own. The operations of the platform's Jaeger are inherited by every service.
    """
    others = default(fleet)
    for sampled in _all(fleet):
        if not isinstance(sampled.strategy, RateLimiting) or not (sampled.operations or others.operations):
            continue
        whose = "it has operations" if sampled.operations else "it inherits the operations of the default"
        yield sampled.origin.finding(
            f"the rate limit of {_name(sampled)} has no effect, since {whose}: "
            f"all others are kept with the probability `{_shown(unnamed_probability(sampled, others))}`",
            "use a probability, or give operations only to services without a rate limit",
        )


@check("sampling/duplicate-service")
def duplicate_service(fleet: Fleet) -> Iterator[Finding]:
    """
    A service is sampled twice, by two systems or by one.

    Of several entries for a service Jaeger takes the last, without a word.
    """
    first: dict[str, Sampled] = {}
    for sampled in services(fleet):
        before = first.setdefault(sampled.service, sampled)
        if before is not sampled:
            yield sampled.origin.finding(
                f"{_name(sampled)} is sampled already, in `{_system(before)}`",
                f"the other one is at {before.origin.source.place}; Jaeger would take the last alone",
            )


@check("sampling/pattern", "warning")
def pattern(fleet: Fleet) -> Iterator[Finding]:
    """
    The name of a service or an operation looks like a pattern.

    Jaeger and the SDKs compare whole names of services and spans; there are no globs and no regular
    expressions. A span that is really called so, such as the wildcard route of a web framework, is accepted.
    """
    for sampled in _all(fleet):
        if _PATTERN.search(sampled.service):
            yield _like_pattern(sampled, _name(sampled))
        for operation in sampled.operations:
            if _PATTERN.search(operation):
                yield _like_pattern(sampled, _operation(sampled, operation))


@check("sampling/reload")
def reload(fleet: Fleet) -> Iterator[Finding]:
    """
    The sampling file is to be read again by a Jaeger that cannot.

    Jaeger 2 knows `reload_interval` from 2.3 on. An older one refuses to start with it, so it is left
    out, and a change of sampling waits for a restart.
    """
    jaeger = fleet.platform.jaeger
    if jaeger.reload is not None and not reads(jaeger, "file.reload_interval"):
        major, minor = SINCE["file.reload_interval"]
        yield default(fleet).origin.finding(
            f"`reload` is `{jaeger.reload}`, but Jaeger {jaeger.version} reads its sampling file only when it starts",
            f"leave `reload` out, or raise `version` to {major}.{minor}",
        )


def _all(fleet: Fleet) -> tuple[Sampled, ...]:
    return (default(fleet), *services(fleet))


def _like_pattern(sampled: Sampled, name: str) -> Finding:
    return sampled.origin.finding(
        f"{name} looks like a pattern, but Jaeger compares whole names",
        "write each name out, or accept this if it is really called so",
    )


def _strategies(sampled: Sampled) -> Iterator[tuple[str, Strategy]]:
    yield _name(sampled), sampled.strategy
    for operation, strategy in sampled.operations.items():
        yield _operation(sampled, operation), strategy


def _effective(sampled: Sampled, others: Sampled) -> Iterator[Strategy]:
    yield sampled.strategy
    yield from sampled.operations.values()
    yield from inherited(sampled, others).values()


def _name(sampled: Sampled) -> str:
    return f"`{sampled.service}`" if sampled.service else "the default"


def _operation(sampled: Sampled, operation: str) -> str:
    return f"operation `{operation}` of {_name(sampled)}"


def _system(sampled: Sampled) -> str:
    return sampled.origin.subject.partition(" / ")[0]


def _shown(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _is_share(number: Decimal) -> bool:
    return number.is_finite() and 0 <= number <= 1


def _is_rate(number: Decimal) -> bool:
    return number.is_finite() and number == number.to_integral_value() and 1 <= number <= _MOST_TRACES


def _is_zero(strategy: Strategy) -> bool:
    # a rate limit on an operation is dropped, and one on a service is not this check's
    return isinstance(strategy, Probabilistic) and strategy.probability == 0

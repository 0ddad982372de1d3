"""What the checks of sampling say, word for word, and when they say nothing."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jaeger_oracle import answer, kept
from sampled_fleets import files, findings, fleet

from watchwright import Jaeger, Probabilistic, RateLimiting, Sampling

HEALTH = {"GET /health": 0}


def one(*args, **kwargs):
    return fleet(Sampling("core", *args, **kwargs))


TABLE = {
    "sampling/probability": [
        (one(1.5), "the probability of `core` is `1.5`, not a number from 0 to 1", one(1)),
        (one(-0.1), "the probability of `core` is `-0.1`, not a number from 0 to 1", one(0.1)),
        (one(float("nan")), "the probability of `core` is `NaN`, not a number from 0 to 1", one(Decimal("0.5"))),
        (
            one(1, operations={"GET /a": 5}),
            "the probability of operation `GET /a` of `core` is `5`, not a number from 0 to 1",
            one(1, operations={"GET /a": 0.05}),
        ),
        (
            fleet(jaeger=Jaeger(default=20)),
            "the probability of the default is `20`, not a number from 0 to 1",
            fleet(jaeger=Jaeger(default=0.2)),
        ),
    ],
    "sampling/zero": [
        (one(0), "no trace of `core` is kept: its probability is `0`", one(0.001)),
        (
            one(0, operations={"GET /a": 0}),
            "no trace of `core` is kept: its probability is `0`",
            one(0, operations={"GET /a": 1}),
        ),
        (
            fleet(Sampling("core", 0, operations={"GET /a": 0}), jaeger=Jaeger(operations={"GET /a": 1})),
            "no trace of `core` is kept: its probability is `0`",
            fleet(Sampling("core", 0), jaeger=Jaeger(operations={"GET /a": 1})),
        ),
        (
            fleet(jaeger=Jaeger(default=0)),
            "no trace of the default is kept: its probability is `0`",
            fleet(jaeger=Jaeger(operations=HEALTH)),
        ),
    ],
    "sampling/rate": [
        (
            one(RateLimiting(0.9)),
            "the rate limit of `core` is `0.9` traces a second, not a whole number from 1 to 32767",
            one(RateLimiting(1)),
        ),
        (
            one(RateLimiting(3.5)),
            "the rate limit of `core` is `3.5` traces a second, not a whole number from 1 to 32767",
            one(RateLimiting(3.0)),
        ),
        (
            one(RateLimiting(0)),
            "the rate limit of `core` is `0` traces a second, not a whole number from 1 to 32767",
            one(RateLimiting(2)),
        ),
        (
            one(RateLimiting(2**15)),
            "the rate limit of `core` is `32768` traces a second, not a whole number from 1 to 32767",
            one(RateLimiting(2**15 - 1)),
        ),
        (
            fleet(jaeger=Jaeger(default=RateLimiting(0.5))),
            "the rate limit of the default is `0.5` traces a second, not a whole number from 1 to 32767",
            fleet(jaeger=Jaeger(default=RateLimiting(5))),
        ),
    ],
    "sampling/operation-rate": [
        (
            one(1, operations={"GET /a": RateLimiting(5)}),
            "operation `GET /a` of `core` has a rate limit, which Jaeger drops",
            one(1, operations={"GET /a": Probabilistic(0.5)}),
        ),
        (
            fleet(jaeger=Jaeger(operations={"GET /a": RateLimiting(5)})),
            "operation `GET /a` of the default has a rate limit, which Jaeger drops",
            fleet(jaeger=Jaeger(operations={"GET /a": 0.5})),
        ),
    ],
    "sampling/rate-ineffective": [
        (
            one(RateLimiting(5), operations=HEALTH),
            (
                "the rate limit of `core` has no effect, since it has operations: "
                "all others are kept with the probability `0.001`"
            ),
            one(RateLimiting(5)),
        ),
        (
            fleet(Sampling("core", RateLimiting(5)), jaeger=Jaeger(default=0.2, operations=HEALTH)),
            (
                "the rate limit of `core` has no effect, since it inherits the operations of the default: "
                "all others are kept with the probability `0.2`"
            ),
            fleet(Sampling("core", 0.5), jaeger=Jaeger(default=0.2, operations=HEALTH)),
        ),
        (
            fleet(jaeger=Jaeger(default=RateLimiting(5), operations=HEALTH)),
            (
                "the rate limit of the default has no effect, since it has operations: "
                "all others are kept with the probability `0.001`"
            ),
            fleet(Sampling("core", 0.5, operations=HEALTH), jaeger=Jaeger(default=RateLimiting(5))),
        ),
    ],
    "sampling/duplicate-service": [
        (
            fleet(Sampling("core", 1), Sampling("core", 0.5)),
            "`core` is sampled already, in `quantacirc`",
            fleet(Sampling("core", 1), Sampling("Core", 0.5)),
        ),
        (
            fleet(Sampling("core", 1), checkout=[Sampling("core", 1)]),
            "`core` is sampled already, in `checkout`",
            fleet(Sampling("core", 1), checkout=[Sampling("checkout", 1)]),
        ),
    ],
    "sampling/pattern": [
        (
            one(1, operations={"GET /api/*": 0.1}),
            "operation `GET /api/*` of `core` looks like a pattern, but Jaeger compares whole names",
            one(1, operations={"GET /api/{id}": 0.1}),
        ),
        (
            one(1, operations={r"^GET /a\d": 0.1}),
            r"operation `^GET /a\d` of `core` looks like a pattern, but Jaeger compares whole names",
            one(1, operations={"grpc.health.v1.Health/Check": 0.1, "SELECT orders.items [retry]": 0.1}),
        ),
        (
            one(1, operations={"(GET|HEAD) /a": 0.1}),
            "operation `(GET|HEAD) /a` of `core` looks like a pattern, but Jaeger compares whole names",
            one(1, operations={"GET /users/:id": 0.1, "HTTP GET": 0.5}),
        ),
        (
            fleet(Sampling("core-*", 1)),
            "`core-*` looks like a pattern, but Jaeger compares whole names",
            fleet(Sampling("core.v2", 1)),
        ),
    ],
    "sampling/reload": [
        (
            fleet(jaeger=Jaeger(version="2.0", reload="1m")),
            "`reload` is `1m`, but Jaeger 2.0 reads its sampling file only when it starts",
            fleet(jaeger=Jaeger(version="2.3", reload="1m")),
        ),
        (
            fleet(jaeger=Jaeger(version="2.2", reload="30s")),
            "`reload` is `30s`, but Jaeger 2.2 reads its sampling file only when it starts",
            fleet(jaeger=Jaeger(version="2.2")),
        ),
    ],
}
CASES = [(id_, *case) for id_, cases in TABLE.items() for case in cases]


@pytest.mark.parametrize(("id_", "bad", "message", "good"), CASES)
def test_a_finding_says_what_is_wrong_and_its_neighbour_is_silent(id_, bad, message, good):
    """The wrong fleet has this one finding of this id, the right one has none at all."""
    assert [message] == [finding.message for finding in findings(bad) if finding.id == id_]
    assert [] == findings(good)


@pytest.mark.parametrize(("id_", "bad", "message", "good"), CASES)
def test_a_finding_names_its_object_and_says_what_to_do(id_, bad, message, good):  # noqa: ARG001
    """The subject is the path of the sampling, or the platform's Jaeger; the hint is never empty."""
    found = next(finding for finding in findings(bad) if finding.id == id_)
    assert found.subject.startswith(("quantacirc / sampling of ", "platform / jaeger"))
    assert found.hint


def test_a_finding_is_accepted_where_the_sampling_is_declared():
    """A sampling, its system and the platform's Jaeger accept for themselves."""
    reason = {"sampling/zero": "traced by its vendor"}
    (found,) = findings(one(0, accept=reason))
    assert found.accepted
    assert "warning" == found.severity
    (found,) = findings(fleet(jaeger=Jaeger(default=0, accept=reason)))
    assert found.accepted
    assert "platform / jaeger" == found.subject


# what people mean: their own operation, else the platform's, else the service's strategy, else the platform's


def meant(jaeger, sampling, operation):
    strategy = jaeger.operations.get(operation, sampling.strategy if sampling else jaeger.default)
    if sampling:
        strategy = sampling.operations.get(operation, strategy)
    if isinstance(strategy, RateLimiting):
        return "rate", float(strategy.traces_per_second)
    return "probability", float(strategy.probability)


OPERATIONS = ("GET /", "GET /health", "POST /orders")
shares = st.floats(0, 1) | st.decimals(0, 1, places=4) | st.sampled_from([0, 1])
rates = st.integers(1, 2**15 - 1) | st.floats(0, 9) | st.integers(-2, 2)
strategies = shares | shares.map(Probabilistic) | rates.map(RateLimiting)


def operations(values):
    return st.dictionaries(st.sampled_from(OPERATIONS), values, max_size=2)


def samplings(values, named=None):
    return st.builds(
        Sampling, named or st.sampled_from(["core", "gateway", "worker"]), values, operations=operations(values)
    )


def jaegers(values):
    return st.builds(Jaeger, default=values, operations=st.just({}) | operations(values))


def misread(jaeger, declared):
    """Each service and operation that Jaeger treats otherwise than it was meant."""
    text = files(fleet(*declared, jaeger=jaeger))["jaeger/sampling.json"]
    for sampling in (*declared, None):
        answered = answer(text, sampling.service if sampling else "nobody")
        for operation in (*OPERATIONS, "unnamed"):
            if kept(answered, operation) != meant(jaeger, sampling, operation):
                yield sampling, operation


@given(jaegers(strategies), st.lists(samplings(strategies), max_size=3))
def test_a_check_speaks_wherever_jaeger_would_do_something_else(jaeger, declared):
    """Whatever is declared: it is what a service gets, or a check says so."""
    errors = [finding for finding in findings(fleet(*declared, jaeger=jaeger)) if finding.severity == "error"]
    assert errors or not list(misread(jaeger, declared))


@given(jaegers(shares), st.lists(samplings(shares), max_size=3, unique_by=lambda each: each.service))
def test_probabilities_are_always_right(jaeger, declared):
    """Probabilities alone, each service once: no error, and each service gets what was declared for it."""
    assert {"sampling/zero"} >= {finding.id for finding in findings(fleet(*declared, jaeger=jaeger))}
    assert [] == list(misread(jaeger, declared))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ({"type": "probabilistic"}, ("probability", 0)),
        ({}, ("probability", 0.001)),
        ({"type": "const", "param": 1}, ("probability", 0.001)),
        ({"type": "ratelimiting", "param": 0.9}, ("rate", 0)),
        (
            {
                "type": "probabilistic",
                "param": 0.5,
                "operation_strategies": [{"operation": "GET /", "type": "ratelimiting", "param": 5}],
            },
            ("probability", 0.5),
        ),
    ],
)
def test_the_oracle_falls_into_the_traps_of_jaeger(text, expected):
    """It would be no judge if it read the file more kindly than Jaeger does."""
    document = json.dumps({"service_strategies": [{"service": "core", **text}]})
    assert expected == kept(answer(document, "core"), "GET /")

"""What is claimed of all checks of sampling; what they say is in examples/sampling.yaml."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jaeger_oracle import answer, kept
from sampled_fleets import files, findings, fleet

from examples_as_definitions import found_in, of, title
from watchwright import Jaeger, Probabilistic, RateLimiting, Sampling


def one(*args, **kwargs):
    return fleet(Sampling("core", *args, **kwargs))


@pytest.mark.parametrize("example", of("sampling"), ids=title)
def test_a_finding_names_its_object_and_says_what_to_do(example, repository):
    """The subject is the path of the sampling, or the platform's Jaeger; the hint is never empty."""
    found = next(each for each in found_in(repository, example, example.bad) if each.id == example.id)
    assert re.match("[a-z]+ / sampling of |platform / jaeger$", found.subject)
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

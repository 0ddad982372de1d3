"""What a real Jaeger makes of the rendered sampling: `.tools/**/jaeger`, or one on the PATH."""

import contextlib
import json
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from jaeger_oracle import answer
from real_jaeger import started, validated, wait, written
from sampled_fleets import findings, fleet, shipped

from watchwright import Jaeger, RateLimiting, Sampling, TraceLink

LINK = TraceLink(key="order.id", url="https://grafana/d/orders?id=#{order.id}", text="Order")

SAMPLED = {
    "probabilities": fleet(
        Sampling("quantacirc-core", 0.25, operations={"POST /simulate": 1, "Ränder zählen": 1e-5}),
        Sampling("quantacirc-gateway", 0.3),
        checkout=[Sampling("checkout", 1, operations={"GET /health": 0.5})],
        jaeger=Jaeger(version="2.0", default=0.1, operations={"GET /health": 0}, links=[LINK]),
    ),
    "rate limits": fleet(
        Sampling("billing", RateLimiting(2**15 - 1)),
        Sampling("quantacirc-core", RateLimiting(5)),
        Sampling("quantacirc-gateway", 0.0625, operations={"GET /": 0}),
        jaeger=Jaeger(version="2.0", default=RateLimiting(2)),
    ),
    "nothing": fleet(jaeger=Jaeger(version="2.0")),
}


@contextlib.contextmanager
def running(binary, folder):
    """Jaeger from the rendered folder; yields the URL of its sampling."""
    with started(binary, folder) as (process, addresses):
        url = f"http://{addresses['extensions.remote_sampling.http']}/sampling"
        wait(process, lambda: answers(url), folder / "log")
        yield url


def answers(url):
    with contextlib.suppress(URLError, ConnectionError):
        return bool(get(url, "anybody"))
    return False


def get(url, service):
    with urlopen(f"{url}?service={quote(service)}", timeout=5) as response:  # noqa: S310 - loopback
        return json.load(response)


def served(url, service):
    """The answer in the oracle's words, or the status of a refusal."""
    try:
        return read(get(url, service))
    except HTTPError as error:
        return error.code


def read(response):
    """Jaeger's answer in the oracle's words; older ones leave out what is zero."""
    answered = {}
    if (found := response.get("probabilisticSampling")) is not None:
        answered["probability"] = found.get("samplingRate", 0)
    if (found := response.get("rateLimitingSampling")) is not None:
        answered["rate"] = found.get("maxTracesPerSecond", 0)
    if found := response.get("operationSampling"):
        answered["rest"] = found.get("defaultSamplingProbability", 0)
        answered["operations"] = {
            each["operation"]: each["probabilisticSampling"].get("samplingRate", 0)
            for each in found.get("perOperationStrategies", [])
        }
    return answered


@pytest.mark.parametrize("name", SAMPLED)
def test_jaeger_takes_the_rendered_configuration(jaeger, tmp_path, name):
    """`jaeger validate` takes the configuration for the oldest version, whatever version it is itself."""
    assert [] == findings(SAMPLED[name])
    result = validated(jaeger, written(SAMPLED[name], tmp_path))
    assert 0 == result.returncode, result.stderr


def test_jaeger_that_reloads_takes_the_newer_configuration_too(jaeger, tmp_path):
    """The newer options are read, or refused by name by a Jaeger that is older than the declared one."""
    result = validated(jaeger, written(fleet(jaeger=Jaeger(version="2.13")), tmp_path))
    if result.returncode:
        assert "reload_interval" in result.stderr
        assert "default_sampling_probability" in result.stderr
        pytest.skip("this jaeger is older than 2.3, and refuses the options that came with it")


@pytest.mark.parametrize("name", SAMPLED)
def test_jaeger_serves_what_was_declared(jaeger, tmp_path, name):
    """Started from the rendered folder, it answers for each service, and for one nobody names, as the oracle does."""
    assert {} == misunderstood(jaeger, written(SAMPLED[name], tmp_path))


def test_jaeger_serves_what_this_repository_declares(jaeger, tmp_path):
    """For every service and operation of its systems."""
    sampled = shipped("2.0")
    assert [] == findings(sampled)
    assert {} == misunderstood(jaeger, written(sampled, tmp_path))


def misunderstood(binary, folder):
    """What Jaeger answers for a service where the oracle says something else, with both."""
    text = (folder / "sampling.json").read_text(encoding="utf-8")
    services = [each["service"] for each in json.loads(text)["service_strategies"]]
    with running(binary, folder) as url:
        both = {each: (answer(text, each), read(get(url, each))) for each in [*services, "nobody"]}
    assert "Failed to parse" not in (folder / "log").read_text()
    return {service: each for service, each in both.items() if each[0] != each[1]}


TRAPS = {
    "nothing": {},
    "operations-only": {"operation_strategies": [{"operation": "GET /", "type": "probabilistic", "param": 1}]},
    "unknown-type": {"type": "const", "param": 1},
    "no-parameter": {"type": "probabilistic"},
    "above-one": {"type": "probabilistic", "param": 2},
    "operation-with-rate": {
        "type": "probabilistic",
        "param": 0.5,
        "operation_strategies": [
            {"operation": "GET /", "type": "ratelimiting", "param": 5},
            {"operation": "POST /", "param": 1},
            {"operation": "PUT /", "type": "probabilistic", "param": 1},
        ],
    },
    "rate-and-operations": {
        "type": "ratelimiting",
        "param": 5,
        "operation_strategies": [{"operation": "GET /", "type": "probabilistic", "param": 1}],
    },
}
# a rate-limited service inherits operations only in newer ones, so these stand beside a default without any
RATES = {
    "cut-to-nothing": {"type": "ratelimiting", "param": 0.9},
    "cut": {"type": "ratelimiting", "param": 3.5},
    "greatest": {"type": "ratelimiting", "param": 32767},
}
HEALTH = {"operation": "GET /health", "type": "probabilistic", "param": 0}


@pytest.mark.parametrize("inherited", [{}, {"operation_strategies": [HEALTH]}], ids=["alone", "with a default"])
def test_the_oracle_is_right_about_the_traps(jaeger, tmp_path, inherited):
    """Files that we never write, with what the checks refuse: Jaeger falls into each trap as the oracle says."""
    traps = TRAPS if inherited else TRAPS | RATES
    entries = [{"service": service, **each} for service, each in traps.items()]
    entries += [{"service": "twice", "type": "probabilistic", "param": share} for share in (0.9, 0.1)]
    text = json.dumps(
        {"default_strategy": {"type": "probabilistic", "param": 0.2, **inherited}, "service_strategies": entries}
    )
    folder = written(SAMPLED["nothing"], tmp_path)
    (folder / "sampling.json").write_text(text)
    with running(jaeger, folder) as url:
        for service in [*traps, "twice", "nobody"]:
            assert answer(text, service) == read(get(url, service)), service


def test_a_rate_limit_that_older_versions_cannot_answer_is_refused(jaeger, tmp_path):
    """Above 32767 a Jaeger that answers by way of Thrift fails for the service, and newer ones serve the number."""
    sampled = fleet(Sampling("core", RateLimiting(32768)), jaeger=Jaeger(version="2.0"))
    assert ["sampling/rate"] == [finding.id for finding in findings(sampled)]
    with running(jaeger, written(sampled, tmp_path)) as url:
        assert served(url, "core") in ({"rate": 32768}, 500)

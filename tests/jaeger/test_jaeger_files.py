"""The files of the platform's Jaeger."""

import json
from decimal import Decimal

import pytest
import yaml
from sampled_fleets import CHECKS, files, findings, fleet

from watchwright import DefinitionError, Jaeger, Probabilistic, RateLimiting, Sampling, TraceLink
from watchwright.backends import jaeger as backend
from watchwright.finding import checks

EXAMPLE = """\
{
  "default_strategy": {
    "type": "probabilistic",
    "param": 0.1,
    "operation_strategies": [
      {
        "operation": "GET /health",
        "type": "probabilistic",
        "param": 0
      }
    ]
  },
  "service_strategies": [
    {
      "service": "quantacirc-core",
      "type": "probabilistic",
      "param": 0.25,
      "operation_strategies": [
        {
          "operation": "POST /simulate",
          "type": "probabilistic",
          "param": 1
        },
        {
          "operation": "Ränder zählen",
          "type": "probabilistic",
          "param": 0.00001
        }
      ]
    },
    {
      "service": "quantacirc-gateway",
      "type": "probabilistic",
      "param": 0.3
    }
  ]
}
"""


def example():
    core = Sampling("quantacirc-core", 0.25, operations={"Ränder zählen": 1e-5, "POST /simulate": 1.0})
    gateway = Sampling("quantacirc-gateway", 0.1 + 0.2 - 5.551115123125783e-17)
    return fleet(gateway, billing=[core], jaeger=Jaeger(default=0.1, operations={"GET /health": 0}))


def test_services_of_all_systems_are_written_in_the_order_of_their_names():
    """The sampling file of an example, to the byte: numbers as typed, operations sorted, text readable."""
    assert EXAMPLE == files(example())["jaeger/sampling.json"]
    assert [] == findings(example())


def test_rate_limits_are_written_as_jaeger_names_them():
    """A rate limit is `ratelimiting`, with a whole number."""
    written = json.loads(files(fleet(Sampling("core", RateLimiting(5))))["jaeger/sampling.json"])
    assert [{"service": "core", "type": "ratelimiting", "param": 5}] == written["service_strategies"]


def test_a_fleet_that_samples_nothing_still_has_its_jaeger():
    """The platform has a Jaeger, whoever uses it."""
    written = files(fleet())
    assert ["jaeger/jaeger.yaml", "jaeger/sampling.json", "jaeger/ui.json"] == sorted(written)
    assert {
        "default_strategy": {"type": "probabilistic", "param": 0.001},
        "service_strategies": [],
    } == json.loads(written["jaeger/sampling.json"])


@pytest.mark.parametrize(
    ("typed", "written"),
    [(0.1, "0.1"), (Decimal("0.30"), "0.3"), (1, "1"), (1.0, "1"), (1e-7, "0.0000001"), (Decimal("1E+1"), "10")],
)
def test_numbers_are_what_was_typed(typed, written):
    """No float's tail and no exponent; equal numbers look alike."""
    assert f'"param": {written}\n' in files(fleet(Sampling("core", Probabilistic(typed))))["jaeger/sampling.json"]


def test_each_line_of_a_service_leads_to_its_definition():
    """The lines of a strategy belong to it, and the lines between to nobody."""
    sampling = next(each for each in backend.render(example()) if each.path == "jaeger/sampling.json")
    subjects = [origin and origin.subject for origin in map(sampling.origin, range(1, sampling.text.count("\n") + 1))]
    core, gateway = "billing / sampling of quantacirc-core", "quantacirc / sampling of quantacirc-gateway"
    assert [None, *["platform / jaeger"] * 11, None, *[core] * 17, *[gateway] * 5, None, None] == subjects


def test_the_whole_configuration_leads_to_the_platform():
    """Each line of the other two files belongs to the platform's Jaeger."""
    for artifact in backend.render(example()):
        if artifact.path != "jaeger/sampling.json":
            lines = artifact.text.count("\n")
            assert {"platform / jaeger"} == {artifact.origin(line).subject for line in range(1, lines + 1)}


def configuration(version, **changes):
    return yaml.safe_load(files(fleet(jaeger=Jaeger(version=version, **changes)))["jaeger/jaeger.yaml"])


def test_the_folder_is_self_contained():
    """The paths in the configuration are files beside it."""
    extensions = configuration("2.13")["extensions"]
    paths = [extensions["remote_sampling"]["file"]["path"], extensions["jaeger_query"]["ui"]["config_file"]]
    assert paths == ["./sampling.json", "./ui.json"]
    assert {"jaeger/sampling.json", "jaeger/ui.json"} < set(files(fleet()))


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("2.0", {"path": "./sampling.json"}),
        ("2.2", {"path": "./sampling.json"}),
        ("2.3", {"path": "./sampling.json", "reload_interval": "30s", "default_sampling_probability": 0.001}),
        ("2.20", {"path": "./sampling.json", "reload_interval": "30s", "default_sampling_probability": 0.001}),
    ],
)
def test_a_version_is_given_only_options_that_it_reads(version, expected):
    """An older Jaeger refuses to start with an option that it does not know; 2.20 is newer than 2.3."""
    assert expected == configuration(version)["extensions"]["remote_sampling"]["file"]


@pytest.mark.parametrize(
    ("typed", "written"),
    [("30s", "30s"), ("5m", "5m"), ("1d", "24h"), ("1h30m", "1h30m"), ("90s", "1m30s"), ("0s", "0s")],
)
def test_the_reload_interval_is_a_duration_of_go(typed, written):
    """Go knows no days; and 0 is never."""
    assert written == configuration("2.13", reload=typed)["extensions"]["remote_sampling"]["file"]["reload_interval"]


def test_memory_is_limited_before_anything_else():
    """The limiter can refuse only what nobody before it holds."""
    read = configuration("2.13")
    assert ["memory_limiter", "batch"] == read["service"]["pipelines"]["traces"]["processors"]


def test_whatever_the_service_uses_is_defined():
    """Each extension, receiver, processor and exporter that is named has its section, and no section is idle."""
    read = configuration("2.13")
    pipeline = read["service"]["pipelines"]["traces"]
    for kind in ("receivers", "processors", "exporters"):
        assert set(pipeline[kind]) == set(read[kind])
    assert set(read["service"]["extensions"]) == set(read["extensions"])


def test_only_the_configuration_carries_a_header():
    """YAML has comments, JSON has none."""
    written = files(fleet())
    assert written["jaeger/jaeger.yaml"].startswith("# Generated by watchwright from systems/.")
    assert written["jaeger/sampling.json"].startswith("{\n")
    assert written["jaeger/ui.json"].startswith("{\n")


def test_links_lead_from_traces_to_dashboards():
    """A link on a tag has its key, a link on the whole trace has none; no key but those Jaeger's UI reads."""
    order = TraceLink(key="order.id", url="https://grafana/d/orders?var-id=#{order.id}", text="Order #{order.id}")
    trace = TraceLink(type="traces", url="https://grafana/explore?id=#{traceID}", text="Logs")
    read = json.loads(files(fleet(jaeger=Jaeger(links=[order, trace])))["jaeger/ui.json"])
    assert {"dependencies", "search", "linkPatterns"} == set(read)
    assert [
        {
            "type": "tags",
            "key": "order.id",
            "url": "https://grafana/d/orders?var-id=#{order.id}",
            "text": "Order #{order.id}",
        },
        {"type": "traces", "url": "https://grafana/explore?id=#{traceID}", "text": "Logs"},
    ] == read["linkPatterns"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Sampling("", 1), "a sampling names the service whose traces it samples, got ''"),
        (lambda: Sampling("core", "0.5"), "a number is wanted, got '0.5'"),
        (lambda: Sampling("core", True), "a number is wanted, got True"),
        (lambda: Sampling("core", 1, operations={"": 1}), "an operation is the name of a span, got ''"),
        (lambda: Jaeger(version="1.76"), "a Jaeger version is written \"2.13\", got '1.76'"),
        (lambda: Jaeger(reload="often"), "`reload` of Jaeger must be a duration, got `often`"),
        (lambda: TraceLink(url="u", text="t"), "a link of type `tags` needs a `key`"),
        (lambda: TraceLink(type="traces", key="k", url="u", text="t"), "a link of type `traces` has no `key`"),
        (
            lambda: TraceLink(type="span", key="k", url="u", text="t"),
            "`type` of TraceLink must be one of process, tags, logs, traces, got 'span'",
        ),
    ],
)
def test_what_no_context_could_excuse_is_refused(make, message):
    """A constructor says what it wants and what it got."""
    with pytest.raises(DefinitionError) as refused:
        make()
    assert message == refused.value.message


def test_every_check_of_sampling_and_of_jaeger_is_tested():
    """The table of checks in these tests is all there is."""
    registered = {check.id for check in checks() if check.id.startswith(("sampling/", "jaeger/"))}
    assert len(CHECKS) == len(registered)

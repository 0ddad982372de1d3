"""What starts Prometheus: each argument arrives as it was written, whoever reads the file."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from watchwright import DefinitionError, Job, Platform, System
from watchwright.backends.services import render, systemd_quoted
from watchwright.discovery import Static
from watchwright.grafana import JaegerSource, PrometheusSource, Provisioning
from watchwright.lower.fleet import lower
from watchwright.lower.operator import in_pod
from watchwright.model.environment import Environment
from watchwright.prometheus import Container, Operator, RemoteWrite, Shards, Systemd
from workbench import ROOT, SHOP, Repository

STRANGE = {
    "web.external-url": "https://x/?a=b%20c&d=$HOME;e",
    "web.page-title": 'the "best" $(Prometheus)\\n',
    "web.enable-lifecycle": "",
}
MAIN = ["--config.file=/etc/prometheus/prometheus.yml"]
GIVEN = [
    "--storage.tsdb.retention.time=30d",
    "--storage.tsdb.retention.size=50GB",
    "--web.enable-lifecycle",
    "--web.external-url=https://x/?a=b%20c&d=$HOME;e",
    '--web.page-title=the "best" $(Prometheus)\\n',
]


def files(**words: object) -> dict[str, str]:
    """What is rendered for a small system on a platform, by path."""
    platform = Platform(**words)  # type: ignore[arg-type] # by name
    system = System("shop", owner="sales", jobs=[Job("shop", Static(["a:1"]))])
    return {each.path: each.text for each in render(lower([system], platform, Environment()).fleet)}


# systemd ------------------------------------------------------------------------------------------------


def started(drop_in: str) -> list[str]:
    """
    The arguments that systemd starts a service with, as its manual tells.

    systemd.syntax(7) joins lines; systemd.service(5), "Command lines", has quotes, escapes, `%%` and `$$`.
    """
    joined = drop_in.replace("\\\n", " ")
    commands = [line.removeprefix("ExecStart=") for line in joined.splitlines() if line.startswith("ExecStart=")]
    assert commands[0] == ""  # it empties the list of the unit's own file
    return [_expanded(word) for word in _words(commands[1])]


def _words(text: str) -> list[str]:
    found, word, quote, place = [], None, "", 0
    while place < len(text):
        char = text[place]
        if char == "\\":
            escaped = text[place + 1]
            assert escaped in "\\\"'ntabfrvs", f"systemd refuses the escape \\{escaped}"
            word = (word or "") + {"n": "\n", "t": "\t", "s": " "}.get(escaped, escaped)
            place += 1
        elif quote:
            quote, word = ("", word) if char == quote else (quote, (word or "") + char)
        elif char in "\"'" and word is None:
            quote, word = char, ""
        elif char in " \t":
            found, word = ([*found, word], None) if word is not None else (found, None)
        else:
            assert char not in "\"'", "a quote within a word"
            word = (word or "") + char
        place += 1
    assert not quote, "a quote is not closed"
    return [*found, *([word] if word is not None else [])]


def _expanded(word: str) -> str:
    pieces = re.findall(r"%%|\$\$|[^%$]+|.", word, re.DOTALL)
    assert not {"%", "$"} & set(pieces), f"systemd expands something in {word!r}"
    return "".join({"%%": "%", "$$": "$"}.get(piece, piece) for piece in pieces)


def test_a_drop_in_starts_prometheus_with_its_flags() -> None:
    """Whatever is in them."""
    made = files(
        started_by=[Systemd(data="/var/lib/prometheus")], retention="30d", retention_size="50GB", flags=STRANGE
    )

    assert ["rules/prometheus.service.d/watchwright.conf"] == list(made)
    assert ["/usr/bin/prometheus", *MAIN, "--storage.tsdb.path=/var/lib/prometheus", *GIVEN] == started(*made.values())


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1))
def test_any_argument_arrives_as_it_was_written(argument: str) -> None:
    """Quotes, backslashes, percent signs and dollars among them."""
    assert ["/bin/x", argument] == started(f"ExecStart=\nExecStart=/bin/x {systemd_quoted(argument)}\n")


def test_systemd_takes_the_drop_in(tmp_path: Path) -> None:
    """Its own judge, where it is there."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze on PATH")
    made = files(started_by=[Systemd(binary="/bin/true")], flags=STRANGE)
    (tmp_path / "prometheus.service.d").mkdir()
    (tmp_path / "prometheus.service").write_text("[Unit]\nDescription=x\n[Service]\nExecStart=/bin/false\n")
    (tmp_path / "prometheus.service.d/watchwright.conf").write_text(*made.values())

    command = ["systemd-analyze", "verify", "--man=no", str(tmp_path / "prometheus.service")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    if "prometheus.service" not in done.stderr and done.returncode:
        pytest.skip(f"systemd-analyze does not run here: {done.stderr[:200]}")
    assert (0, "") == (done.returncode, done.stderr)


def test_a_shard_is_started_with_its_own_configuration() -> None:
    """On a machine of its own, so in a file of its own."""
    made = files(
        started_by=[Systemd()], shards=Shards({"eu": ["a:1", "b:1"], "us": ["c:1"]}, owner="x"), keep=["cluster"]
    )

    expected = ["prometheus", "prometheus-shard-eu-0", "prometheus-shard-eu-1", "prometheus-shard-us-0"]
    assert [f"rules/{name}.service.d/watchwright.conf" for name in expected] == list(made)
    assert [f"--config.file=/etc/prometheus/{name}.yml" for name in expected] == [
        started(text)[1] for text in made.values()
    ]


@pytest.mark.parametrize(
    "words",
    [
        {"binary": "prometheus"},
        {"binary": "/opt/$VERSION/prometheus"},
        {"folder": "etc"},
        {"data": "/var/\nlib"},
        {"unit": "prometheus.service"},
        {"unit": "../x"},
    ],
)
def test_what_systemd_could_not_start_is_refused(words: dict[str, str]) -> None:
    with pytest.raises(DefinitionError):
        Systemd(**words)  # type: ignore[arg-type] # by name


# Kubernetes ---------------------------------------------------------------------------------------------


def in_container(argument: str) -> str:
    """An argument as kubelet hands it on: third_party/forked/golang/expansion/expand.go, without variables set."""
    assert not re.search(r"(?<!\$)(\$\$)*\$\(", argument), f"kubelet expands something in {argument!r}"
    return argument.replace("$$", "$")


def test_a_patch_gives_a_container_its_arguments() -> None:
    made = files(started_by=[Container()], retention="30d", retention_size="50GB", flags=STRANGE)
    patch = yaml.safe_load(made["rules/prometheus.container.yml"])

    assert {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "prometheus"}} == {
        key: value for key, value in patch.items() if key != "spec"
    }
    (container,) = patch["spec"]["template"]["spec"]["containers"]
    assert "prometheus" == container["name"]
    assert [*MAIN, "--storage.tsdb.path=/prometheus", *GIVEN] == list(map(in_container, container["args"]))


@given(st.text())
def test_kubelet_expands_nothing(argument: str) -> None:
    assert argument == in_container(in_pod(argument))


def test_the_operator_has_fields_of_its_own() -> None:
    """And takes a flag as a further argument where it has none; it reloads Prometheus by itself."""
    flags = {**STRANGE, "query.max-samples": "1000", "query.timeout": "1m", "enable-feature": "promql-per-step-stats"}
    made = files(
        started_by=[Operator()],
        retention="30d",
        retention_size="50GB",
        flags=flags,
        external_labels={"cluster": "main"},
    )

    assert {
        "scrapeInterval": "30s",
        "scrapeTimeout": "10s",
        "evaluationInterval": "30s",
        "externalLabels": {"cluster": "main"},
        "retention": "30d",
        "retentionSize": "50GB",
        "enableFeatures": ["promql-per-step-stats"],
        "externalUrl": "https://x/?a=b%20c&d=$$HOME;e",
        "query": {"maxSamples": 1000, "timeout": "1m"},
        "additionalArgs": [{"name": "web.page-title", "value": 'the "best" $$(Prometheus)\\n'}],
    } == yaml.safe_load(made["rules/prometheus.operator.yml"])["spec"]


def test_nothing_is_rendered_where_nothing_is_said() -> None:
    assert {} == files(retention="30d", flags=STRANGE)


@pytest.mark.parametrize(
    "words",
    [
        {
            "provisioning": Provisioning(
                [PrometheusSource("Prometheus", "http://p:9090"), JaegerSource("J", "http://j:1")]
            )
        },
        {"remote_write": [RemoteWrite("https://mimir.example/push", exemplars=True)]},
    ],
)
def test_exemplars_that_lead_somewhere_are_kept(words: dict[str, object]) -> None:
    """Prometheus forgets them unless a flag says otherwise."""
    made = files(started_by=[Systemd()], **words)

    assert "--enable-feature=exemplar-storage" in started(*made.values())
    assert "--enable-feature=exemplar-storage" not in started(*files(started_by=[Systemd()]).values())


def test_what_the_page_on_prometheus_says_can_be_rendered(repository: Repository) -> None:
    """Word for word, and without a finding."""
    page = (ROOT / "docs/prometheus.md").read_text("utf-8")
    example = page.partition("```python\n")[2].partition("```")[0]
    repository.write("systems/shop.py", SHOP)
    repository.write("systems/platform.py", example)

    result = repository.run("render", "--no-verify")

    assert (0, 0) == (result.exit_code, result.stderr.count("warning")), result.stderr
    assert {"container.yml", "operator.yml"} <= {path.partition("prometheus.")[2] for path in repository.files()}

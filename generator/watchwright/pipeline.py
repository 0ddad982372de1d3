"""The way the data goes: load, lower, check, backends. What comes out is in memory; nothing is written here."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import entry_points

import attrs

from watchwright import checks
from watchwright.backends.artifact import Artifact, Backend, artifacts
from watchwright.config import Config
from watchwright.finding import Finding
from watchwright.load import load
from watchwright.lower.fleet import lower
from watchwright.lower.plan import Fleet
from watchwright.model.environment import Environment

_BACKENDS = ("prometheus", "grafana", "jaeger")


@attrs.frozen
class Built:
    """What the definitions amount to: fleets and artifacts of each environment, and every finding, accepted or not."""

    fleets: tuple[Fleet, ...]
    artifacts: tuple[Artifact, ...]
    findings: tuple[Finding, ...]


def build(config: Config, only: str | None = None) -> Built:
    """
    Everything up to the artifacts, for each environment of the repository or for one.

    With several environments each output folder holds one folder an environment.
    """
    names = config.environments or ("",)
    fleets: list[Fleet] = []
    made: list[Artifact] = []
    findings: dict[Finding, None] = {}
    for name in names:
        if only is None or name == only:
            fleet, outputs, found = _environment(config, Environment(name=name, names=config.environments))
            fleets += fleet
            made += [_placed(artifact, name if len(names) > 1 else "") for artifact in outputs]
            findings.update(dict.fromkeys(found))
    return Built(tuple(fleets), tuple(made), tuple(sorted(findings, key=lambda each: each.order)))


def _environment(config: Config, environment: Environment) -> tuple[list[Fleet], tuple[Artifact, ...], list[Finding]]:
    loaded = load(config.systems, environment)
    if not loaded.systems:
        return [], (), loaded.findings
    lowered = lower(loaded.systems, loaded.platform, environment)
    findings = [*loaded.findings, *lowered.findings, *checks.run(lowered.fleet)]
    outputs, refused = artifacts(_render(lowered.fleet))
    return [lowered.fleet], outputs, [*findings, *refused]


def _render(fleet: Fleet) -> Iterator[Artifact | Finding]:
    for backend in _backends():
        yield from backend(fleet)


def _backends() -> Iterator[Backend]:
    for name in _BACKENDS:
        yield import_module(f"watchwright.backends.{name}").render
    for plugin in entry_points(group="watchwright.backends"):
        yield plugin.load()


def _placed(artifact: Artifact, environment: str) -> Artifact:
    """`rules/prometheus.yml` as `rules/staging/prometheus.yml`."""
    if not environment:
        return artifact
    folder, _, rest = artifact.path.partition("/")
    return attrs.evolve(artifact, path=f"{folder}/{environment}/{rest}")

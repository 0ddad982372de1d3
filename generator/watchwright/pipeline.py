"""The way the data goes: load, lower, check, backends. What comes out is in memory; nothing is written here."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import entry_points

import attrs

from watchwright import checks
from watchwright.backends.artifact import Artifact, Backend, artifacts
from watchwright.backends.output_path import collisions, malformed, placed_in
from watchwright.backends.prometheus import rule_file
from watchwright.checks.environments import across
from watchwright.config import Config
from watchwright.finding import Finding
from watchwright.load import load
from watchwright.lower.fleet import lower
from watchwright.lower.fleet import slo_rules as lower_slo_rules
from watchwright.lower.plan import Fleet
from watchwright.lower.runbooks import NOTES, folder
from watchwright.model.environment import Environment

BACKENDS = ("prometheus", "services", "grafana", "provisioning", "jaeger", "runbooks")


@attrs.frozen
class Rendered:
    """One environment: its fleet, and the files that it amounts to."""

    fleet: Fleet
    artifacts: tuple[Artifact, ...]


@attrs.frozen
class Built:
    """What the definitions amount to in each environment, and every finding, accepted or not."""

    environments: tuple[Rendered, ...]
    findings: tuple[Finding, ...]

    @property
    def artifacts(self) -> tuple[Artifact, ...]:
        """The files of all environments."""
        return tuple(artifact for rendered in self.environments for artifact in rendered.artifacts)


def build(config: Config, only: str | None = None) -> Built:
    """
    Everything up to the artifacts, for each environment of the repository or for one.

    With several environments each output folder holds one folder an environment.
    """
    names = config.environments or ("",)
    environments: list[Rendered] = []
    findings: dict[Finding, None] = {}
    for name in names:
        if only is None or name == only:
            rendered, found = _environment(config, name)
            environments += rendered
            findings.update(dict.fromkeys(found))
    built = Built(tuple(environments), ())
    findings.update(dict.fromkeys(across(each.fleet for each in environments)))
    findings.update(dict.fromkeys((*malformed(built.artifacts, ()), *collisions(built.artifacts))))
    return attrs.evolve(built, findings=tuple(sorted(findings, key=lambda each: each.order)))


def _environment(config: Config, name: str) -> tuple[list[Rendered], list[Finding]]:
    environment = Environment(name=name, names=config.environments)
    loaded = load(config.systems, environment, config.root)
    if not loaded.systems:
        return [], loaded.findings
    lowered = lower(loaded.systems, loaded.platform, environment, _notes(config, environment))
    outputs, refused = artifacts(_render(lowered.fleet))
    enveloped, unsaid = artifacts(_envelopes(lowered.fleet, outputs))
    outputs = (*outputs, *enveloped)
    findings = [*loaded.findings, *lowered.findings, *checks.run(lowered.fleet), *refused, *unsaid]
    placed = tuple(attrs.evolve(each, path=placed_in(environment.folder, each.path)) for each in outputs)
    return [Rendered(lowered.fleet, placed)], findings


def slo_rules(
    config: Config, environment: str | None, system: str | None, backfill: int | None = None
) -> tuple[list[Artifact], list[Finding], list[str]]:
    """
    The rules of all SLOs, or of one system's, of one environment: a file for each of its groups' intervals.

    With findings, and the names of all systems.

    *backfill* leaves of them what one pass over the past records.
    """
    name = environment or next(iter(config.environments), "")
    chosen = Environment(name=name, names=config.environments)
    loaded = load(config.systems, chosen, config.root)
    systems = [each for each in loaded.systems if system in (None, each.name)]
    made: list[Artifact] = []
    findings = list(loaded.findings)
    for each, files, found in lower_slo_rules(systems, loaded.platform, chosen, backfill):
        made += [rule_file(each, file) for file in files]
        findings += found
    return made, findings, sorted(each.name for each in loaded.systems)


def _notes(config: Config, environment: Environment) -> frozenset[str]:
    """The pages that people wrote beside rendered runbooks."""
    runbooks = config.output / folder(environment)
    pages = (file for file in runbooks.rglob(f"*{NOTES}") if file.is_file())
    return frozenset(page.relative_to(runbooks).as_posix() for page in pages)


def _render(fleet: Fleet) -> Iterator[Artifact | Finding]:
    for backend in _backends():
        yield from backend(fleet)


def _envelopes(fleet: Fleet, made: tuple[Artifact, ...]) -> Iterator[Artifact | Finding]:
    """What is made of finished files; they are left alone."""
    if fleet.platform.cluster is not None:
        from watchwright.backends import kubernetes  # noqa: PLC0415 - not paid for where there is no cluster

        yield from kubernetes.render(fleet, made)


def _backends() -> Iterator[Backend]:
    for name in BACKENDS:
        yield import_module(f"watchwright.backends.{name}").render
    for plugin in entry_points(group="watchwright.backends"):
        yield plugin.load()

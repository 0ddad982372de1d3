"""The way the data goes: load, lower, check, backends. What comes out is in memory; nothing is written here."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import entry_points

import attrs

from watchwright import checks
from watchwright.backends.artifact import Artifact, Backend, artifacts
from watchwright.backends.output_path import collisions, malformed
from watchwright.config import Config
from watchwright.finding import Finding
from watchwright.load import load
from watchwright.lower.fleet import lower
from watchwright.lower.plan import Fleet
from watchwright.lower.runbooks import FOLDER, NOTES
from watchwright.model.environment import Environment

BACKENDS = ("prometheus", "grafana", "jaeger", "runbooks")


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
            rendered, found = _environment(config, name, folder=name if len(names) > 1 else "")
            environments += rendered
            findings.update(dict.fromkeys(found))
    built = Built(tuple(environments), ())
    findings.update(dict.fromkeys((*malformed(built.artifacts, ()), *collisions(built.artifacts))))
    return attrs.evolve(built, findings=tuple(sorted(findings, key=lambda each: each.order)))


def _environment(config: Config, name: str, folder: str) -> tuple[list[Rendered], list[Finding]]:
    environment = Environment(name=name, names=config.environments)
    loaded = load(config.systems, environment, config.root)
    if not loaded.systems:
        return [], loaded.findings
    lowered = lower(loaded.systems, loaded.platform, environment, _notes(config, folder))
    outputs, refused = artifacts(_render(lowered.fleet))
    findings = [*loaded.findings, *lowered.findings, *checks.run(lowered.fleet), *refused]
    return [Rendered(lowered.fleet, tuple(_placed(artifact, folder) for artifact in outputs))], findings


def _notes(config: Config, folder: str) -> frozenset[str]:
    """The pages that people wrote beside rendered runbooks."""
    runbooks = config.output / _in_environment(FOLDER, folder)
    return frozenset(file.relative_to(runbooks).as_posix() for file in runbooks.rglob(f"*{NOTES}"))


def _render(fleet: Fleet) -> Iterator[Artifact | Finding]:
    for backend in _backends():
        yield from backend(fleet)


def _backends() -> Iterator[Backend]:
    for name in BACKENDS:
        yield import_module(f"watchwright.backends.{name}").render
    for plugin in entry_points(group="watchwright.backends"):
        yield plugin.load()


def _placed(artifact: Artifact, environment: str) -> Artifact:
    """`rules/prometheus.yml` as `rules/staging/prometheus.yml`."""
    return attrs.evolve(artifact, path=_in_environment(artifact.path, environment)) if environment else artifact


def _in_environment(path: str, environment: str) -> str:
    folder, _, rest = path.partition("/")
    return f"{folder}/{environment}/{rest}" if environment else path

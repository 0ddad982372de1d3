"""Fleets that sample, as short as a test wants them."""

import attrs

from watchwright import Jaeger, Platform, System
from watchwright.backends import jaeger as backend
from watchwright.checks import jaeger as running
from watchwright.checks import sampling
from watchwright.load import load
from watchwright.lower.fleet import lower
from watchwright.model.environment import Environment
from workbench import ROOT

CHECKS = (
    sampling.probability,
    sampling.zero,
    sampling.rate,
    sampling.operation_rate,
    sampling.rate_ineffective,
    sampling.duplicate_service,
    sampling.pattern,
    sampling.reload,
    running.tuning,
    running.version,
    running.retry,
    running.consumers,
    running.credentials,
    running.tls,
    running.link,
)


def fleet(*samplings, jaeger=None, **systems):
    """A fleet of the system `quantacirc` with these samplings, and of further systems by name."""
    systems = {"quantacirc": samplings, **systems}
    lowered = lower(
        [System(name, owner="platform", sampling=each) for name, each in systems.items()],
        Platform(jaeger=jaeger or Jaeger()),
        Environment("production"),
    )
    assert not lowered.findings
    return lowered.fleet


def shipped(version):
    """The systems of this repository, as a Jaeger of that version samples them."""
    loaded = load(ROOT / "systems", Environment(), ROOT)
    platform = attrs.evolve(loaded.platform, jaeger=attrs.evolve(loaded.platform.jaeger, version=version))
    return lower(loaded.systems, platform, Environment(), whole=False).fleet


def files(sampled):
    """The text of each rendered file by its path."""
    return {artifact.path: artifact.text for artifact in backend.render(sampled)}


def findings(sampled):
    """What every check of sampling and of Jaeger says."""
    return [finding for check in CHECKS for finding in check(sampled)]

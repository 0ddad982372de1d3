"""The simulated platform exposes what the definition declares, and skips collections as the platform does."""

from __future__ import annotations

import pytest
from prometheus_client import generate_latest

from simulators.agi_production import Simulation
from simulators.agi_production.simulation import share
from watchwright.config import read
from watchwright.model.exposition import Family, parse
from watchwright.model.metric import Histogram
from watchwright.pipeline import build
from workbench import ROOT

PODS = Simulation.TARGETS[:2]
HOUR = 3600


@pytest.mark.parametrize(
    ("errors", "score", "load", "expected"),
    [
        (0.011, 0.1, 0.1, 1.0),
        (0.01, 0.81, 0.1, 1.0),
        (0.01, 0.1, 0.91, 1.0),
        (0.01, 0.8, 0.9, 0.1),
        (0.0, 0.1, 0.71, 0.1),
        (0.0, 0.51, 0.1, 0.1),
        (0.01, 0.5, 0.7, 0.01),
        (0.0, 0.0, 0.0, 0.01),
    ],
)
def test_all_is_exported_or_a_tenth_or_a_hundredth(errors: float, score: float, load: float, expected: float) -> None:
    assert expected == share(errors=errors, score=score, load=load)


def test_in_calm_one_collection_in_a_hundred_is_exported_and_the_others_answer_with_nothing() -> None:
    run = Simulation(troubles={"calm": 0})
    exported = []
    for second in range(0, 2 * HOUR, 10):
        run.advance(second)
        for target in PODS:
            assert run.answers(target)
            exported.append(run.exports(target))
            assert exported[-1] == bool(list(run.samples(target)))

    assert 0.005 < sum(exported) / len(exported) < 0.02


def test_it_exposes_the_declared_metrics_and_no_others() -> None:
    """Names, labels and buckets, of pods and hosts."""
    plan = next(plan for plan in build(read(ROOT)).environments[0].fleet.plans if plan.system.name == "agi-production")
    declared = {metric.name: metric for metric in plan.metrics if metric.name.startswith(("agi_", "node_"))}
    families = exposed(Simulation())

    assert sorted(name for name in declared if name.startswith("agi_")) == sorted(
        name for name in families if name.startswith("agi_")
    )
    for name in families.keys() & declared.keys():
        assert {label.name for label in declared[name].labels} == set(families[name].labels), name
        if isinstance(metric := declared[name], Histogram):
            assert [float(bound) for bound in metric.buckets] == [float(bound) for bound in families[name].bounds]


def exposed(run: Simulation) -> dict[str, Family]:
    """What all targets expose, of one that exports."""
    run.advance(42 * 60)  # the batch of each hour
    text = "".join(generate_latest(run.registry(target)).decode() for target in (PODS[0], run.TARGETS[2]))
    return {family.name: family for family in parse(text) if not family.name.endswith("_created")}


def test_the_same_seed_is_the_same_run() -> None:
    first, second, other = (list(run.samples(PODS[0])) for run in map(_later, (1, 1, 2)))

    assert first == second
    assert first != other


def _later(seed: int) -> Simulation:
    run = Simulation(seed=seed)
    run.advance(42 * 60)
    return run

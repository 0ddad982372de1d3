"""The simulated QuantaCirc exposes what the definition declares, and what a client of Prometheus makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from simulators.quantacirc import COMPONENTS, TROUBLES, Application, Simulation
from watchwright.config import read
from watchwright.model.exposition import Family, parse
from watchwright.model.metric import Counter, Gauge, Histogram, Info, Metric
from watchwright.pipeline import build
from workbench import ROOT

HOUR = 3600
CORE = ("quantacirc_lyapunov_potential", "quantacirc_contraction_factor", "quantacirc_convergence_rate")


@pytest.fixture(scope="module")
def declared() -> dict[str, Metric]:
    """The metrics that the definition of QuantaCirc declares, by name."""
    plans = build(read(ROOT)).environments[0].fleet.plans
    return {metric.name: metric for plan in plans if plan.system.name == "quantacirc" for metric in plan.metrics}


def exposed(simulation: Simulation) -> dict[str, Family]:
    text = "".join(simulation.exposition(component).decode() for component in COMPONENTS)
    return {family.name: family for family in parse(text) if not family.name.endswith("_created")}


def values(simulation: Simulation, name: str, component: str = "core") -> dict[tuple[str, ...], float]:
    """The samples of a name by the values of their labels."""
    found = (sample for sample in simulation.samples(component) if sample.name == name)
    return {tuple(sample.labels.values()): sample.value for sample in found}


def after(seconds: float, **run: Any) -> Simulation:
    simulation = Simulation(**run)
    simulation.advance(seconds)
    return simulation


def test_it_exposes_the_declared_metrics_and_no_others(declared: dict[str, Metric]) -> None:
    """Names, labels and buckets; after a violation, which is the first use of that counter."""
    families = exposed(after(HOUR, troubles={"closure violation": 600}))

    assert sorted(declared) == sorted(families)
    for name, metric in declared.items():
        assert {label.name for label in metric.labels} == set(families[name].labels), name
        if isinstance(metric, Histogram):
            assert [float(bound) for bound in metric.buckets] == [float(bound) for bound in families[name].bounds], name


def test_its_types_are_the_declared_ones(declared: dict[str, Metric]) -> None:
    """Info is a gauge in the text format; the cost is declared as what it is, and exposed as a gauge."""
    families = exposed(after(HOUR))
    types: dict[type[Metric], str] = {Counter: "counter", Gauge: "gauge", Histogram: "histogram", Info: "gauge"}

    for name, metric in declared.items():
        expected = "gauge" if name == "quantacirc_llm_cost_usd" else types[type(metric)]
        assert expected == families[name].type, name


def test_values_of_labels_are_declared_and_reserved_ones_left_out(declared: dict[str, Metric]) -> None:
    simulation = after(2 * HOUR)
    samples = [sample for component in COMPONENTS for sample in simulation.samples(component)]

    for name, metric in declared.items():
        for label in (label for label in metric.labels if label.values):
            found = {sample.labels[label.name] for sample in samples if sample.name == name}
            assert found <= set(label.values) - set(label.reserved), name


def test_the_same_seed_gives_the_same_run_and_another_another() -> None:
    """Also where nobody looks on between, and to the byte: created timestamps and the phase's come from its clock."""
    first, second, other = after(HOUR), Simulation(), after(HOUR, seed=2)
    for moment in range(0, HOUR + 1, 600):
        second.advance(moment)

    for component in COMPONENTS:
        assert first.exposition(component) == second.exposition(component)
        assert first.exposition(component) != other.exposition(component)


def test_before_the_first_record_gauges_read_zero_and_there_is_no_phase() -> None:
    simulation = Simulation()

    assert {(name, 0) for name in CORE} == {(name, values(simulation, name)[()]) for name in CORE}
    assert {(): 1} == values(simulation, "quantacirc_optimization_phase_info")
    assert {} == values(simulation, "quantacirc_energy_total")


def test_the_phase_has_a_new_timestamp_at_each_record_and_one_series() -> None:
    simulation = after(600, epoch=HOUR)
    earlier = values(simulation, "quantacirc_optimization_phase_info")
    simulation.advance(610)

    assert {("exploration", "1970-01-01T01:10:00+00:00"): 1} == earlier
    assert {("exploration", "1970-01-01T01:10:10+00:00"): 1} == values(simulation, "quantacirc_optimization_phase_info")


@pytest.mark.parametrize(("spelling", "phases"), [("words", ["exploration", "exploitation"]), ("letters", ["A", "B"])])
def test_a_run_spells_its_phases_one_way(spelling: str, phases: list[str]) -> None:
    found = [
        next(iter(values(after(minutes * 60, spelling=spelling), "quantacirc_optimization_phase_info")))[0]
        for minutes in (89, 91)
    ]

    assert phases == found


def test_the_impact_on_energy_has_no_sum_for_its_first_bound_is_negative() -> None:
    names = {sample.name for sample in after(600).samples("agents")}

    assert "quantacirc_agent_energy_impact_count" in names
    assert "quantacirc_agent_energy_impact_sum" not in names
    assert "quantacirc_agent_execution_duration_seconds_sum" in names


def test_a_first_violation_is_a_series_that_starts_at_one() -> None:
    troubles = {"closure violation": 600.0}

    assert {} == values(after(590, troubles=troubles), "quantacirc_closure_violations_total")
    assert {("monotonic",): 1} == values(after(600, troubles=troubles), "quantacirc_closure_violations_total")


def test_a_process_that_starts_again_has_lost_its_children() -> None:
    before, away, back = (after(seconds, troubles={"agents restart": 600}) for seconds in (590, 600, 650))

    assert before.answers("agents")
    assert not away.answers("agents")
    assert back.answers("agents")
    assert len(list(before.samples("agents"))) > len(list(back.samples("agents"))) > 0


def test_a_new_run_begins_high_again() -> None:
    before, again = (after(seconds, troubles={"restart": HOUR}) for seconds in (HOUR - 10, HOUR + 60))

    assert values(before, "quantacirc_lyapunov_potential")[()] < 1.5
    assert values(again, "quantacirc_lyapunov_potential")[()] > 3.9


def test_parts_make_up_the_energy() -> None:
    simulation = after(HOUR)

    total = sum(values(simulation, "quantacirc_energy_components").values())
    assert pytest.approx(total) == values(simulation, "quantacirc_energy_total")["total",]


def test_cost_grows_by_about_eighty_cents_an_hour() -> None:
    assert 0.6 < sum(values(after(HOUR), "quantacirc_llm_cost_usd", "llm").values()) < 1.0


def test_a_trouble_of_one_component_leaves_the_others_as_they_were() -> None:
    """Each throws dice of its own, so that an alert that fires is the trouble's."""
    healthy = after(1200)
    for trouble in TROUBLES:
        troubled = after(1200, troubles={trouble: 600})

        other = [each for each in COMPONENTS if healthy.exposition(each) != troubled.exposition(each)]
        assert len(other) <= 1, trouble


def test_a_failed_request_to_a_model_costs_nothing() -> None:
    application = Application(0)
    application.record_llm_usage("north", "m", prompt_tokens=9, completion_tokens=9, cost=1, success=False)

    names = {sample.name for metric in application.registry("llm").collect() for sample in metric.samples}
    assert {"quantacirc_llm_requests_total", "quantacirc_llm_requests_created"} == names

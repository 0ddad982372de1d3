"""
How healthy a memory is: green, yellow or red, by component and over all, for each model.

Health follows from what the memory does, so that the board can say which input made it red. Reports write healthy,
warning and critical for the same three.
"""

from watchwright import Instant, Quantity, Words, apart, percent, ratio, record
from watchwright.health import Component, Health, Input
from watchwright.units import GiB, ms, s

from .._process import cpu_seconds, memory
from .metrics import (
    errors,
    evictions,
    gpu_capacity,
    gpu_memory,
    gpu_use,
    reconstruction_duration,
    retrieval_duration,
    retrievals,
    stores,
)
from .performance import EFFICIENCY, ERRORS, LATENCY, MODEL, PROCESS, efficiency, error_ratio, latency, throughput
from .severities import ERROR

# Limits, each with its reason: where it turns yellow; red are CMR's own, where it has some ----------------------

FEW = 0.2 / s  # requests, where usual are 150: of less nothing is judged, and one in twenty of them are three at least
YELLOW_LATENCY = 75 * ms  # a request: one in twenty takes 47 ms, usually
YELLOW_STEP = 10 * ms  # a retrieval or a reconstruction: five times the usual 2 ms
YELLOW_EFFICIENCY = 75 * percent  # half-way from the least that is usual, 80 % of cache hits, to red
YELLOW_ERRORS = 1 * percent  # ten times the usual
YELLOW_EVICTIONS = 10 * percent  # of what is stored; 3 %, usually
RED_EVICTIONS = 90 * percent  # the buffer is full: each state that comes evicts another

CORES = 8  # what a model is granted
MEMORY = 16 * GiB  # likewise; beyond it the kernel ends the process
FILLING = 80 * percent, 95 * percent  # bursts take a tenth more
BUSY = 90 * percent, 99 * percent  # a GPU is there to be used; where it is never idle passes queue
RESOURCES = {"cpu": FILLING, "memory": FILLING, "gpu": BUSY, "gpu_memory": FILLING}

# Recorded series ------------------------------------------------------------------------------------------

step_durations = record(
    "instance_component:cmr_step_duration_seconds:p95_rate5m",
    apart(
        "component",
        {
            "retrieval": retrieval_duration.quantile(0.95, over="5m", by=PROCESS),
            "reconstruction": reconstruction_duration.quantile(0.95, over="5m", by=PROCESS),
        },
    ),
)
eviction_ratio = record(
    "instance:cmr_evictions:ratio_rate5m",
    ratio(evictions, stores.where(result="stored"), over="5m", by=PROCESS),
)
component_errors = record(
    "instance_component:cmr_errors:ratio_rate5m",
    apart(
        "component",
        {
            name: ratio(errors.where(component=name), done, over="5m", by=PROCESS)
            for name, done in {
                "memory_buffer": stores,
                "retrieval": retrievals,
                "reconstruction": reconstruction_duration.count,
            }.items()
        },
    ),
)
used = record(
    "instance_resource:cmr_resource_use:ratio5m",
    apart(
        "resource",
        {
            "cpu": cpu_seconds.where(job="cmr-model").rate("5m").max(by=PROCESS) / CORES,
            "memory": memory.where(job="cmr-model").max(by=PROCESS) / MEMORY,
            "gpu": gpu_use.avg_over_time("5m").max(by=PROCESS),
            "gpu_memory": (gpu_memory / gpu_capacity).max(by=PROCESS),
        },
    ),
)

# Components -------------------------------------------------------------------------------------------------


def _judged(value: Words) -> Instant:
    return value & (throughput > FEW).on(*PROCESS)


def _efficient(name: str, what: str) -> Input:
    value = _judged(efficiency.where(efficiency=what))
    return Input(name, value, yellow=YELLOW_EFFICIENCY, red=EFFICIENCY)


def _quick(component: str) -> Input:
    value = _judged(step_durations.where(component=component))
    return Input("latency", value, yellow=YELLOW_STEP, red=LATENCY)


def _right(component: str) -> Input:
    value = _judged(component_errors.where(component=component))
    return Input("errors", value, yellow=YELLOW_ERRORS, red=ERRORS)


def _taken(resource: str, yellow: Quantity, red: Quantity) -> Input:
    return Input(resource, used.where(resource=resource), yellow=yellow, red=red)


health = Health(
    [
        Component(
            "memory_buffer",
            [
                _efficient("captures", "capture"),
                _efficient("storage", "storage"),
                Input("evictions", _judged(eviction_ratio), yellow=YELLOW_EVICTIONS, red=RED_EVICTIONS),
                _right("memory_buffer"),
            ],
        ),
        Component(
            "retrieval",
            [
                _efficient("hits", "cache"),
                _efficient("quality", "retrieval"),
                _quick("retrieval"),
                _right("retrieval"),
            ],
        ),
        Component(
            "reconstruction",
            [
                _efficient("quality", "reconstruction"),
                _quick("reconstruction"),
                _right("reconstruction"),
            ],
        ),
        Component(
            "requests",
            [
                Input("latency", _judged(latency), yellow=YELLOW_LATENCY, red=LATENCY),
                Input("errors", _judged(error_ratio), yellow=YELLOW_ERRORS, red=ERRORS),
            ],
        ),
        Component("resources", [_taken(resource, *limits) for resource, limits in RESOURCES.items()]),
    ],
    by=PROCESS,
)

health_red = health.alert(
    "HealthRed",
    for_="1m",
    severity=ERROR,
    example=MODEL,
    check_first=[
        "Which input is red? The panel *What makes it yellow or red* names it, and its board shows since when.",
        "Which turned yellow first? What follows is often its consequence: a slow GPU makes everything late.",
        "Is it one model, or all of them? All of them at once were asked something new, or were released.",
    ],
)

alerts = [health_red]

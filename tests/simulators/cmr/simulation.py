"""Two models with their memories and their monitor on a clock of their own: the same seed, the same run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from random import Random
from typing import ClassVar

from simulators.clockwork import TICK, Clockwork, Target, Trouble, between, day, events, of_them
from simulators.cmr.observed import Near, Took
from simulators.cmr.process import GPU, LAYERS, Model, Monitor
from simulators.cmr.trouble import TROUBLES, Memory

_MODELS = ("gpu-0:8000", "gpu-1:8000")
_REQUESTS = 150 * 60  # a minute, in the mean of a day
_BATCH = 8  # sequences in a forward pass, each with a request to the memory
_OFFERED = 75 / (150 * 0.9)  # of what was captured: states that say nothing new are not worth a place
_RETRIEVED, _RECONSTRUCTED = 200 / 150, 75 / 150  # for each request
_SHARE = {"4": 1 / 3, "6": 2 / 3}  # of the captures, by layer
_CAPACITY = {"4": 667, "6": 1_333}  # states
_USUAL = 1_500  # of them, in a buffer that has filled up
_STATE = 30_000  # bytes
_GIB = 2**30
_SAMPLES = 120  # of a collection, from both models


class Simulation(Clockwork[Model | Monitor, Memory]):
    """A run of CMR; most of its troubles are those of the first model."""

    TARGETS: ClassVar[tuple[Target, ...]] = (
        *(Target(job="cmr-model", instance=instance) for instance in _MODELS),
        Target(job="cmr-monitor", instance="cmr-monitor:8000"),
    )
    TROUBLES: ClassVar[Mapping[str, Trouble]] = TROUBLES
    HEALTH: ClassVar[Memory] = Memory()

    def begins(self, target: Target) -> Model | Monitor:
        """A process as it starts: a buffer is empty, and the GPU's memory is taken at once."""
        if target.job == "cmr-monitor":
            return Monitor()
        model = Model()
        model.gpu_allocations.labels(GPU).inc(40)
        model.gpu_capacity.labels(GPU).set(24 * _GIB)
        for layer, capacity in _CAPACITY.items():
            model.capacity.labels(layer).set(capacity)
        return model

    def tick(self, target: Target, process: Model | Monitor, conditions: Memory, dice: Random) -> None:
        """What happens from one step to the next."""
        if isinstance(process, Monitor):
            _watch(process, conditions, dice)
            return
        here = conditions if conditions.everywhere or target.instance == _MODELS[0] else self.HEALTH
        busy = here.busy * self._asked(dice)
        asked = events(dice, busy * _REQUESTS)
        _answer(process, asked, here, dice)
        _remember(process, asked, here, dice)
        _recall(process, asked, here, dice)
        _take(process, busy, here, dice)

    def _asked(self, dice: Random) -> float:
        # by day a little more than at night, and now and then ten seconds of much more
        burst = 1.3 if dice.random() < 0.02 else 1.0
        return burst * day(self.epoch + self.now, least=0.85) / 0.925 * between(0.8, dice.gauss(1, 0.05), 1.2)


def _answer(model: Model, asked: int, here: Memory, dice: Random) -> None:
    """Requests, and the forward passes that they are part of."""
    failed = of_them(dice, asked, here.failing)
    model.requests.labels("error").inc(failed)
    model.requests.labels("success").inc(asked - failed)
    model.request.observe(dice, asked, Took(here.request, 0.45))
    model.forward.observe(dice, round(asked / _BATCH), Took(here.forward, 0.15))


def _remember(model: Model, asked: int, here: Memory, dice: Random) -> None:
    """What is captured and stored, layer by layer."""
    for layer, share in _SHARE.items():
        tried = round(asked * share / Memory().captured)
        captured = of_them(dice, tried, here.captured)
        offered = of_them(dice, captured, _OFFERED)
        stored = of_them(dice, offered, here.stored)
        left = round(model.held[layer] * (1 - here.aged))
        evicted = of_them(dice, stored, here.evicted)
        evicted += max(0, left + stored - evicted - _CAPACITY[layer])
        for counter, done, undone, what in (
            (model.captures, captured, tried - captured, ("captured", "failed")),
            (model.stores, stored, offered - stored, ("stored", "refused")),
        ):
            counter.labels(layer, what[0]).inc(done)
            counter.labels(layer, what[1]).inc(undone)
        model.evictions.labels(layer).inc(evicted)
        model.hook.observe(dice, tried, Took(0.0018, 0.25), layer)
        model.capture.observe(dice, captured, Took(0.0014, 0.25), layer)
        model.held[layer] = left + stored - evicted
        model.entries.labels(layer).set(model.held[layer])
    model.size.set(_STATE * sum(model.held.values()) + dice.gauss(0, 50_000))
    model.errors.labels("memory_buffer").inc(of_them(dice, asked, 0.0002))
    conflicts = events(dice, here.conflicts)
    if conflicts:
        model.conflicts.labels(LAYERS[0]).inc(conflicts)


def _recall(model: Model, asked: int, here: Memory, dice: Random) -> None:
    """What is retrieved and reconstructed: a buffer that is still filling up has little to find."""
    retrieved = round(asked * _RETRIEVED)
    hits = of_them(dice, retrieved, here.hits * min(1.0, sum(model.held.values()) / (0.9 * _USUAL)))
    model.retrievals.labels("hit").inc(hits)
    model.retrievals.labels("miss").inc(retrieved - hits)
    model.retrieval.observe(dice, retrieved, Took(here.retrieval))
    model.retrieval_quality.observe(dice, hits, Near(here.retrieval_quality))
    model.errors.labels("retrieval").inc(of_them(dice, retrieved, here.failing_retrievals))
    for layer, share in _SHARE.items():
        reconstructed = round(asked * share * _RECONSTRUCTED)
        model.reconstruction.observe(dice, reconstructed, Took(here.reconstruction, 0.2), layer)
        model.reconstruction_quality.observe(dice, reconstructed, Near(here.reconstruction_quality), layer)
        model.errors.labels("reconstruction").inc(of_them(dice, reconstructed, 0.0002))


def _take(model: Model, busy: float, here: Memory, dice: Random) -> None:
    """What the process takes of the machine."""
    model.cpu.inc(max(0.0, TICK * (here.cpu * math.sqrt(busy) + dice.gauss(0, 0.1))))
    model.memory.set(here.memory + dice.gauss(0, 2e7))
    model.gpu_use.labels(GPU).set(between(0.0, here.gpu * busy + dice.gauss(0, 0.02), 1.0))
    model.gpu_memory.labels(GPU).set(here.gpu_memory + dice.gauss(0, 1e7))
    model.gpu_allocations.labels(GPU).inc(events(dice, 0.1))


def _watch(monitor: Monitor, conditions: Memory, dice: Random) -> None:
    """The monitor's own pipeline."""
    collections = round(TICK * conditions.collections)
    samples = collections * _SAMPLES
    invalid = of_them(dice, samples, conditions.invalid)
    monitor.samples.labels("invalid").inc(invalid)
    monitor.samples.labels("stored").inc(samples - invalid)
    monitor.processing.observe(dice, collections, Took(conditions.processing))
    monitor.storage.observe(dice, collections, Took(conditions.storage))
    for severity, a_minute in conditions.raised.items():
        monitor.alerts.labels(severity).inc(events(dice, a_minute))
    monitor.cpu.inc(TICK * abs(dice.gauss(0.04, 0.005)))
    monitor.memory.set(120e6 + dice.gauss(0, 1e6))

"""What the memory and its model take: CPU, GPU and memory, and how much of what they are granted is left."""

from watchwright import Dashboard, Quantity, Query, Row, Stat, Threshold, TimeSeries

from ..._process import cpu_seconds, memory
from ..._shared import RATE, at_a_glance
from ..health import FILLING, RESOURCES, health_red, used
from ..metrics import buffer_size, gpu_allocations, gpu_capacity, gpu_memory, gpu_use
from .variables import HERE, instance

GPU = "GPU {gpu} of {instance}"


def _limits(yellow: Quantity, red: Quantity) -> list[Threshold]:
    return [Threshold(yellow, "yellow"), Threshold(red)]


def _used(title: str, resource: str) -> Stat:
    shown = used.where(resource=resource, **HERE)
    return Stat(title, shown, decimals=0, thresholds=_limits(*RESOURCES[resource]))


board = Dashboard(
    "Resources",
    [
        at_a_glance(
            [health_red],
            _used("CPU", "cpu"),
            _used("Memory", "memory"),
            _used("GPU", "gpu"),
            _used("GPU memory", "gpu_memory"),
            Stat("Size of the buffer", buffer_size.where(**HERE), decimals=0),
        ),
        Row(
            "How much of it is taken?",
            [
                TimeSeries(
                    "Taken of what is granted",
                    Query(used.where(**HERE), legend="{resource} of {instance}"),
                    min=0,
                    max=1,
                    width=24,
                    thresholds=_limits(*FILLING),
                    description="CPU and GPU in the mean of 5 minutes. From the limits on it makes health yellow and "
                    "red; a GPU may be busier than memory may be full.",
                )
            ],
        ),
        Row(
            "The process",
            [
                TimeSeries("CPU", Query(cpu_seconds.where(**HERE).rate(RATE), legend="{instance}"), min=0,
                           description="100 % are one core; eight are granted."),
                TimeSeries(
                    "Memory",
                    [
                        Query(memory.where(**HERE), legend="{instance}"),
                        Query(buffer_size.where(**HERE), legend="the buffer of it"),
                    ],
                    min=0,
                    description="The buffer takes about 45 MB.",
                ),
            ],
        ),
        Row(
            "The GPU",
            [
                TimeSeries("GPU", Query(gpu_use.where(**HERE), legend=GPU), min=0, max=1),
                TimeSeries(
                    "GPU memory",
                    [
                        Query(gpu_memory.where(**HERE), legend=GPU),
                        Query(gpu_capacity.where(**HERE), legend=f"there is on {GPU}"),
                    ],
                    min=0,
                ),
                TimeSeries(
                    "GPU allocations",
                    Query(gpu_allocations.where(**HERE).rate(RATE), legend=GPU),
                    description="In a steady state there are next to none: all memory is taken at the start.",
                    width=24,
                ),
            ],
        ),
    ],
    description="What the memory and its model take, and how much is left.",
    variables=[instance],
)  # fmt: skip

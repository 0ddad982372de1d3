"""What a run lives on: messages, language models, CPU, memory, connections, and its own metrics."""

from watchwright import Alert, Case, Gauge, Instant, Unit, any_of, percent, ratio, record
from watchwright.units import GiB, usd

from .._shared import up
from .convergence import CORE, HERE, LIVE, RUN, phase_now, total_energy
from .metrics import (
    connections,
    contraction,
    convergence_rate,
    cpu,
    energy,
    llm_cost,
    llm_requests,
    memory,
    messages,
    model,
    potential,
    provider,
    topic,
)

# Limits, each with its reason ---------------------------------------------------------------------------

FAILING_TOPIC = 5 * percent  # the bus delivers each message three times at most
FAILING_MODEL = 5 * percent  # ten times what providers promise to fail: falling back to another one pays
COST_A_DAY = 48 * usd  # what the budget grants for all models together
TOO_FAST = COST_A_DAY / 24 * 3  # in one hour: at three times the even pace the day's budget is gone in 8 hours
BUSY_CPU = 90 * percent  # agents share the rest, and their durations grow
MEMORY_LIMIT = 8 * GiB  # of the container
LITTLE_MEMORY = MEMORY_LIMIT * 0.9  # a state of the largest problem takes some 500 MiB more
OPEN = Unit("connections")
POOLS = {"nats": 256 * OPEN, "database": 100 * OPEN, "llm_provider": 64 * OPEN}  # the sizes of a process's pools
BUSY_POOL = 80 * percent  # a burst of proposals takes a tenth of a pool

# Recorded series ------------------------------------------------------------------------------------------

message_failure_ratio = record(
    "topic:quantacirc_message_failures:ratio_rate5m",
    ratio(messages.where(status=["error", "timeout"]), messages, over="5m", by=[topic]),
)
llm_error_ratio = record(
    "provider_model:quantacirc_llm_errors:ratio_rate10m",
    ratio(llm_requests.where(status="error"), llm_requests, over="10m", by=[provider, model]),
)
llm_spent = record(
    "system:quantacirc_llm_cost_usd:increase1h",
    # what a model's first request cost is lost, and no page comes of a Prometheus that has just begun to look
    llm_cost.increase("1h").sum(),
)
pool_use = record(
    "instance_connection_type:quantacirc_active_connections:use",
    any_of(*(connections.where(connection_type=pool, **LIVE) / size for pool, size in POOLS.items())),
)


def vanished(metric: Gauge, **labels: str) -> Instant:
    """The series of a metric that were there within the last hour, and are not now, with its name as a label."""
    series = metric.where(**labels)
    return series.range("1h").last_over_time().unless(series).labelled(metric=metric.name)


gone = any_of(
    vanished(contraction),
    vanished(potential),
    vanished(convergence_rate),
    vanished(energy, component="total") & phase_now.max(by=RUN).on(*RUN),  # both come with a record
    vanished(cpu, component="system"),
    vanished(memory, component="system", type="total"),
)
busy_cpu = cpu.where(component="system", **LIVE)
used_memory = memory.where(component="system", type="total", **LIVE)

# Alerts ---------------------------------------------------------------------------------------------------

BUS = {"job": "quantacirc-messaging", "instance": "m:8000"}
proposals_topic = messages.where(topic="proposals", **BUS)
large = llm_requests.where(provider="acme", model="large", job="quantacirc-llm", instance="l:8000")
LARGE = {"provider": "acme", "model": "large"}

message_failures = Alert(
    "MessageFailures",
    expr=message_failure_ratio.where(**HERE) > FAILING_TOPIC,
    for_="10m",
    severity="page",
    summary="{value} of the messages on {topic} fail",
    description="More than one message in twenty on {topic} ended in an error or a timeout for 10 minutes; what "
    "fails three times is lost.",
    check_first=[
        "Errors or timeouts? The panel *Messages* tells. Timeouts mean a slow consumer, errors a broken one.",
        "Are connections to NATS near their limit? Then consumers cannot come back.",
        "Do all topics fail? Then it is the bus itself.",
    ],
    tests=[
        Case(
            "errors and timeouts together fire",
            given={
                proposals_topic.where(status="success"): "0+90x40 3600+90x30",
                proposals_topic.where(status="error"): "0+4x40 160x30",
                proposals_topic.where(status="timeout"): "0+3x40 120x30",
            },
            fires={"9m": [], "20m": [{"topic": "proposals"}], "60m": []},
        ),
        Case(
            "a few errors are silent",
            given={
                proposals_topic.where(status="success"): "0+96x40",
                proposals_topic.where(status="error"): "0+4x40",
            },
            fires={"30m": []},
        ),
        Case(
            "a topic without traffic is silent",
            given={proposals_topic.where(status="error"): "7x40"},
            fires={"30m": []},
        ),
        Case(
            "a restart is no failure",
            given={
                proposals_topic.where(status="success"): "0+90x20 stale _x1 0+90x40",
                proposals_topic.where(status="error"): "70x20 stale _x2 1x40",
            },
            fires={"22m": [], "35m": []},
        ),
    ],
)
llm_errors = Alert(
    "LLMErrors",
    expr=llm_error_ratio > FAILING_MODEL,
    for_="10m",
    severity="ticket",
    summary="{value} of the requests to {model} of {provider} fail",
    description="More than one request in twenty to {model} of {provider} failed for 10 minutes; agents wait.",
    check_first=[
        "Does the provider's status page say anything? Then switch agents to another provider.",
        "Is it the quota? The log of the llm component has the provider's own code for each error.",
        "Do all models of the provider fail? Then suspect the key, or the network.",
    ],
    tests=[
        Case(
            "a tenth of errors fires, and resolves",
            given={large.where(status="success"): "0+9x80", large.where(status="error"): "0+1x40 40x40"},
            fires={"9m": [], "14m": [LARGE], "60m": []},
        ),
        Case(
            "one in fourteen fires",
            given={large.where(status="success"): "0+13x40", large.where(status="error"): "0+1x40"},
            fires={"25m": [LARGE]},
        ),
        Case(
            "one in thirty is silent",
            given={large.where(status="success"): "0+29x40", large.where(status="error"): "0+1x40"},
            fires={"30m": []},
        ),
        Case("a model that never failed is silent", given={large.where(status="success"): "0+9x40"}, fires={"30m": []}),
        Case("a model that nobody asks is silent", given={large.where(status="error"): "9x40"}, fires={"30m": []}),
    ],
)
cost_too_fast = Alert(
    "LLMCostTooFast",
    expr=llm_spent > TOO_FAST,
    for_="15m",
    severity="ticket",
    summary="Language models cost {value} in the last hour",
    description="At this pace the 48 USD that a day may cost are gone within 8 hours.",
    check_first=[
        "Which model is it? The panel *Cost* on *System health* tells, and *Requests* whether it is asked more often.",
        "Did requests get longer? See *Tokens of a request*: a prompt with the whole state costs ten times as much.",
        "Does an agent retry without end? Then AgentFailures fires, or soon will.",
    ],
    tests=[
        Case(
            "nine dollars an hour fire, and resolve",
            given={llm_cost.where(**LARGE, instance="l:8000"): "0+0.15x90 13.6x60"},
            fires={"10m": [], "80m": [{}], "148m": []},
        ),
        Case(
            "a first request that is dear is silent",
            given={llm_cost.where(**LARGE, instance="l:8000"): "_x10 20x90"},
            fires={"40m": [], "90m": []},
        ),
        Case(
            "four dollars an hour are silent",
            given={llm_cost.where(**LARGE, instance="l:8000"): "0+0.0667x120"},
            fires={"90m": [], "118m": []},
        ),
        Case(
            "two models cost together",
            given={
                llm_cost.where(provider="acme", model="large", instance="l:8000"): "0+0.07x120",
                llm_cost.where(provider="acme", model="small", instance="l:8000"): "0+0.05x120",
            },
            fires={"118m": [{}]},
        ),
        Case(
            "a restart does not count what was spent before",
            given={llm_cost.where(**LARGE, instance="l:8000"): "30+0.03x60 stale 0+0.03x60"},
            fires={"70m": [], "118m": []},
        ),
        Case(
            "one dear request waits a quarter of an hour",
            given={llm_cost.where(**LARGE, instance="l:8000"): "0x30 8x90"},
            fires={"35m": [], "44m": [], "48m": [{}], "100m": []},
        ),
    ],
)
cpu_high = Alert(
    "CPUHigh",
    expr=busy_cpu > BUSY_CPU,
    for_="15m",
    severity="ticket",
    summary="{instance} uses {value} of its CPU",
    description="The CPU has been above 90 % for 15 minutes: agents wait for each other, and their durations grow.",
    check_first=[
        "Do executions get longer? If not, the CPU is well used, and the limit too low.",
        "Does one agent work more than others? The panel *Executions* tells.",
        "Give the process more CPU, or fewer agents at once.",
    ],
    tests=[
        Case(
            "above ninety for a quarter of an hour fires",
            given={busy_cpu.where(**CORE): "50x5 95x30 50x5"},
            fires={"18m": [], "22m": [{**CORE, "component": "system"}], "38m": []},
        ),
        Case("eighty-five is busy, and silent", given={busy_cpu.where(**CORE): "85x40"}, fires={"35m": []}),
        Case("a peak is silent", given={busy_cpu.where(**CORE): "50x5 100x10 50x20"}, fires={"14m": [], "30m": []}),
        Case("a process that goes away resolves it", given={busy_cpu.where(**CORE): "95x20 stale"},
             fires={"18m": [{**CORE, "component": "system"}], "22m": []}),
    ],
)  # fmt: skip
memory_high = Alert(
    "MemoryHigh",
    expr=used_memory > LITTLE_MEMORY,
    for_="15m",
    severity="ticket",
    summary="{instance} uses {value} of memory, of 8 GiB",
    description="Above its limit the process is killed, and the run starts anew from its last state.",
    check_first=[
        "Does it grow without end? Then it leaks: restart it between two iterations, and keep a profile of the heap.",
        "Did it grow in one step? A larger problem was loaded: give it more, or split it.",
    ],
    tests=[
        Case(
            "more than nine tenths of the limit for a quarter of an hour fire",
            given={used_memory.where(**CORE): "4e9x5 7.9e9x30 4e9x5"},
            fires={"18m": [], "22m": [{**CORE, "component": "system", "type": "total"}], "38m": []},
        ),
        Case("seven gigabytes are silent", given={used_memory.where(**CORE): "7e9x40"}, fires={"35m": []}),
        Case(
            "a peak is silent", given={used_memory.where(**CORE): "4e9x5 8e9x10 4e9x20"}, fires={"14m": [], "30m": []}
        ),
    ],
)
connections_high = Alert(
    "ConnectionsHigh",
    expr=pool_use > BUSY_POOL,
    for_="10m",
    severity="ticket",
    summary="{value} of the connections to {connection_type} are in use",
    description="When they are gone, {instance} waits for one, and messages and executions with it.",
    check_first=[
        "Do connections grow while traffic does not? Then they leak: the log names who opened them.",
        "Does traffic grow? Then raise the limit on both sides.",
    ],
    tests=[
        Case(
            "nine tenths of a pool fire, each by its own size",
            given={
                connections.where(connection_type="nats", **CORE): "100x5 230x20 100x5",
                connections.where(connection_type="database", **CORE): "50x5 90x20 50x5",
                connections.where(connection_type="llm_provider", **CORE): "8x30",
            },
            fires={
                "13m": [],
                "17m": [{**CORE, "connection_type": "nats"}, {**CORE, "connection_type": "database"}],
                "28m": [],
            },
        ),
        Case(
            "two thirds are silent",
            given={
                connections.where(connection_type="nats", **CORE): "170x30",
                connections.where(connection_type="database", **CORE): "66x30",
                connections.where(connection_type="llm_provider", **CORE): "42x30",
            },
            fires={"25m": []},
        ),
        Case(
            "an open pool without a reading is silent",
            given={connections.where(connection_type="nats", **CORE): "100x5 stale"},
            fires={"20m": []},
        ),
    ],
)


metric_gone = Alert(
    "MetricGone",
    expr=gone & up.eq(1).on(*RUN),
    for_="10m",
    severity="ticket",
    summary="{instance} no longer exposes {metric}",
    description="The process answers, but without {metric}, so alerts on it are silent. This one falls silent an hour "
    "after the metric went away.",
    check_first=[
        "Was the process restarted? Some metrics come with the first record of a run: has the run recorded anything?",
        "Was it released lately? Then the metric may have been renamed: its name is fixed, roll the release back.",
        "Does `metric_relabel` of its job drop it?",
    ],
    tests=[
        Case(
            "λ that goes away fires after ten minutes, and is silent an hour later",
            given={up.where(**CORE): "1x120", contraction.where(**CORE): "0.9x10 stale"},
            fires={"19m": [], "23m": [{**CORE, "metric": contraction.name}], "75m": []},
        ),
        Case(
            "a target that does not answer is for another alert",
            given={up.where(**CORE): "1x10 0x60", potential.where(**CORE): "2x10 stale"},
            fires={"40m": []},
        ),
        Case("what was never there is not missed", given={up.where(**CORE): "1x60"}, fires={"40m": []}),
        Case(
            "a short gap is silent",
            given={up.where(**CORE): "1x60", total_energy.where(**CORE): "20x10 stale _x7 30x40"},
            fires={"17m": [], "25m": []},
        ),
        Case(
            "several are told apart",
            given={
                up.where(**CORE): "1x60",
                busy_cpu.where(**CORE): "20x10 stale",
                used_memory.where(**CORE): "4e9x10 stale",
            },
            fires={
                "25m": [
                    {**CORE, "metric": cpu.name, "component": "system"},
                    {**CORE, "metric": memory.name, "component": "system", "type": "total"},
                ]
            },
        ),
    ],
)

alerts = [message_failures, llm_errors, cost_too_fast, cpu_high, memory_high, connections_high, metric_gone]

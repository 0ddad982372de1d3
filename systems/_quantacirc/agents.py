"""Whether agents work, and whether what they propose verifies; what is recorded of it, and the alerts."""

from watchwright import Alert, Case, percent, ratio, record
from watchwright.units import s

from .._shared import SEVERAL, up
from .convergence import HERE
from .metrics import agent_name, execution_duration, executions, verification_type, verifications

# Limits, each with its reason ---------------------------------------------------------------------------

FAILING_AGENT = 10 * percent  # one in ten: retries still hide less than that
SLOW_AGENT = 60 * s  # the scheduler gives up at 300 s; a bucket ends at 60, so the quantile is sharp there
FAILING_VERIFICATION = 10 * percent  # what is refused is worked out again: above it, agents mostly repeat themselves

# Recorded series ------------------------------------------------------------------------------------------

agents_up = up.where(job="quantacirc-agents").eq(1)
agent_failure_ratio = record(
    "agent_name:quantacirc_agent_failures:ratio_rate30m",  # an execution may take 5 minutes, so few end in less
    ratio(executions.where(result="failure"), executions, over="30m", by=[agent_name]),
)
recent_failures = record(
    "agent_name:quantacirc_agent_failures:events30m",
    executions.where(result="failure").events("30m").sum(by=[agent_name]),
)
agent_duration = record(
    "agent_name:quantacirc_agent_execution_duration_seconds:p90_rate10m",
    execution_duration.quantile(0.9, over="10m", by=[agent_name]),
)
recent_executions = record(
    "system:quantacirc_agent_executions:events5m",
    # 0 where nobody has executed anything yet, and empty where no agent's process answers
    (executions.where(job="quantacirc-agents").events("5m").sum() | 0 * agents_up.max()) & agents_up.max(),
)
recent_results = record(
    "verification_type_result:quantacirc_verification_results:events30m",
    verifications.where(result=["fail", "timeout"]).events("30m").sum(by=[verification_type, "result"]),
)
verification_failure_ratio = record(
    "verification_type:quantacirc_verification_failures:ratio_rate30m",
    ratio(verifications.where(result="fail"), verifications, over="30m", by=[verification_type]),
)
verification_timeout_ratio = record(
    "verification_type:quantacirc_verification_timeouts:ratio_rate30m",
    ratio(verifications.where(result="timeout"), verifications, over="30m", by=[verification_type]),
)

# Alerts ---------------------------------------------------------------------------------------------------

AGENTS = {"job": "quantacirc-agents", "instance": "a:8000"}
agents_answer = up.where(**AGENTS)
planner = executions.where(agent_name="planner", **AGENTS)
types = verifications.where(verification_type="types", job="quantacirc-verification", instance="v:8000")
planner_took = execution_duration.where(agent_name="planner", **AGENTS).bucket

agent_failures = Alert(
    "AgentFailures",
    expr=(agent_failure_ratio.where(**HERE) > FAILING_AGENT) & (recent_failures > SEVERAL).on(agent_name),
    for_="10m",
    severity="page",
    summary="Agent {agent_name} fails {value} of its executions",
    description="More than a tenth of the executions of {agent_name} in half an hour ended in an error, and three at "
    "least. One that took no action counts as done.",
    check_first=[
        "Do all agents fail? Then look below them: message bus, database, language models (*System health*).",
        "Does one agent fail? Its log names the error of each execution.",
        "Was the agent released lately? Roll it back; the run goes on with the others.",
    ],
    tests=[
        Case(
            "a fifth of failures fires, skipped executions count as done",
            given={planner.where(result="failure"): "0+12x40 480x30", planner.where(result="skipped"): "0+48x70"},
            fires={"9m": [], "14m": [{"agent_name": "planner"}], "69m": []},
        ),
        Case(
            "slow executions that all fail fire, though none ends for minutes",
            given={planner.where(result="failure"): "_x6 1x5 2x5 3x5 4x5 5x5 6x5 7x20"},
            fires={"15m": [], "36m": [{"agent_name": "planner"}]},
        ),
        Case(
            "two failures are too few to tell",
            given={planner.where(result="failure"): "0x10 1x4 2x40"},
            fires={"20m": [], "30m": []},
        ),
        Case(
            "three are enough",
            given={planner.where(result="failure"): "0x10 1x4 2x4 3x40"},
            fires={"33m": [{"agent_name": "planner"}]},
        ),
        Case(
            "what another cluster counts is for its own alerts",
            given={
                agent_failure_ratio.where(agent_name="planner", cluster="eu"): "0.5x40",
                planner.where(result="failure"): "0+1x40",
                planner.where(result="success"): "0+99x40",
            },
            fires={"30m": []},
        ),
        Case(
            "a few failures are silent",
            given={planner.where(result="failure"): "0+8x40", planner.where(result="success"): "0+92x40"},
            fires={"30m": []},
        ),
        Case("no failure ever is silent", given={planner.where(result="success"): "0+60x40"}, fires={"30m": []}),
        Case(
            "a restart is no failure",
            given={
                planner.where(result="failure"): "50x20 stale _x2 1x40",
                planner.where(result="success"): "0+50x20 stale _x1 0+50x40",
            },
            fires={"22m": [], "35m": [], "50m": []},
        ),
    ],
)
agent_slow = Alert(
    "AgentSlow",
    expr=agent_duration > SLOW_AGENT,
    for_="10m",
    severity="ticket",
    summary="A tenth of the executions of {agent_name} take longer than {value}",
    description="A tenth of the executions took more than a minute, for 10 minutes; after five minutes the scheduler "
    "gives one up.",
    check_first=[
        "Does it wait for a language model? Compare with *Language models* on *System health*.",
        "Is the CPU at its limit? Agents share it with verification.",
        "Did the size of the problem grow? Then the limit is to be raised, with its reason.",
    ],
    tests=[
        Case(
            "a fifth of executions beyond a minute fires, and resolves",
            given={
                planner_took.where(le="10"): "0+8x30 240+10x30",
                planner_took.where(le="60"): "0+8x30 240+10x30",
                planner_took.where(le="300"): "0+10x60",
                planner_took.where(le="+Inf"): "0+10x60",
            },
            fires={"9m": [], "14m": [{"agent_name": "planner"}], "58m": []},
        ),
        Case(
            "one in twenty is silent",
            given={
                planner_took.where(le="10"): "0+10x40",
                planner_took.where(le="60"): "0+19x40",
                planner_took.where(le="300"): "0+20x40",
                planner_took.where(le="+Inf"): "0+20x40",
            },
            fires={"30m": []},
        ),
        Case(
            "half a minute is silent",
            given={
                planner_took.where(le="10"): "0+1x40",
                planner_took.where(le="60"): "0+19x40",
                planner_took.where(le="300"): "0+20x40",
                planner_took.where(le="+Inf"): "0+20x40",
            },
            fires={"30m": []},
        ),
        Case(
            "an agent that does not work is not slow",
            given={planner_took.where(le="60"): "0x40", planner_took.where(le="+Inf"): "9x40"},
            fires={"30m": []},
        ),
        Case(
            "an eighth beyond a minute fires, whatever the rest takes",
            given={
                planner_took.where(le="10"): "0+88x40",
                planner_took.where(le="60"): "0+88x40",
                planner_took.where(le="300"): "0+100x40",
                planner_took.where(le="+Inf"): "0+100x40",
            },
            fires={"25m": [{"agent_name": "planner"}]},
        ),
    ],
)
no_agent = Alert(
    "NoAgentWorking",
    expr=recent_executions.eq(0),
    for_="10m",
    severity="page",
    summary="No agent has executed anything for a quarter of an hour",
    description="Agents answer when they are scraped, and do nothing: the run stands still. Where none answers, the "
    "alert on their targets fires instead.",
    check_first=[
        "Does the scheduler hand out work? Messages on its topic should still be processed (*System health*).",
        "Is the run paused, or at its end? Then silence this alert until the next.",
        "Do agents wait for a lock? The log of the core names who holds it.",
    ],
    tests=[
        Case(
            "agents that answer and do nothing fire",
            given={agents_answer: "1x90", planner.where(result="success"): "0+5x30 150x30 150+5x30"},
            fires={"30m": [], "43m": [], "48m": [{}], "75m": []},
        ),
        Case(
            "agents that never did anything fire after ten minutes",
            given={agents_answer: "1x30"},
            fires={"9m": [], "11m": [{}]},
        ),
        Case(
            "first executions are work",
            given={
                agents_answer: "1x30",
                planner.where(result="success"): "_x2 1x28",
                planner.where(result="skipped"): "_x7 1x23",
                planner.where(result="failure"): "_x12 1x18",
            },
            fires={"11m": [], "16m": []},
        ),
        Case(
            "slow work is work",
            given={agents_answer: "1x60", planner.where(result="skipped"): "0x7 1x7 2x7 3x7 4x7 5x7 6x7"},
            fires={"20m": [], "40m": []},
        ),
        Case("where no agent answers it is for others to say", given={agents_answer: "0x30"}, fires={"25m": []}),
        Case(
            "what a short run pushed is not the agents' work",
            given={
                agents_answer: "1x30",
                executions.where(
                    agent_name="planner", result="success", job="quantacirc-run", instance="batch"
                ): "0+5x30",
            },
            fires={"12m": [{}]},
        ),
        Case("where no target is known it is silent", given=[], fires={"25m": []}),
    ],
)


def _verification_cases(result: str) -> list[Case]:
    failed, passed = types.where(result=result), types.where(result="pass")
    fires = [{"verification_type": "types"}]
    return [
        Case(
            "a fifth of all fires, and resolves",
            given={failed: "0+1x60 60x60", passed: "0+4x120"},
            fires={"6m": [], "25m": fires, "115m": []},
        ),
        Case("one in twelve is silent", given={failed: "0+1x60", passed: "0+11x60"}, fires={"40m": []}),
        Case("one in seven fires", given={failed: "0+1x60", passed: "0+6x60"}, fires={"40m": fires}),
        Case(
            "the fourth of an hour waits ten minutes",
            given={failed: "0x10 4x60", passed: "0x70"},
            fires={"12m": [], "18m": [], "23m": fires, "45m": []},
        ),
        Case("two are too few to tell", given={failed: "0x10 2x60", passed: "0+0.1x70"}, fires={"25m": [], "35m": []}),
        Case("three are enough", given={failed: "0x10 3x60", passed: "0+0.1x70"}, fires={"25m": fires}),
        Case("a type that never did is silent", given={passed: "0+5x60"}, fires={"50m": []}),
    ]


verification_failing = Alert(
    "VerificationFailing",
    expr=(verification_failure_ratio > FAILING_VERIFICATION)
    & (recent_results.where(result="fail") > SEVERAL).on(verification_type),
    for_="10m",
    severity="ticket",
    summary="{value} of the verifications of {verification_type} fail",
    description="Of what agents proposed in the last half hour, verification refused more than a tenth as wrong.",
    check_first=[
        "Do proposals of one agent fail? The log of verification names the proposal and its agent.",
        "Do all types fail since the same time? Then suspect the release of the verifier.",
        "Are closure rules violated as well? Then go on with the runbook of ClosureViolation.",
    ],
    tests=_verification_cases("fail"),
)
verification_timeouts = Alert(
    "VerificationTimeouts",
    expr=(verification_timeout_ratio > FAILING_VERIFICATION)
    & (recent_results.where(result="timeout") > SEVERAL).on(verification_type),
    for_="10m",
    severity="ticket",
    summary="{value} of the verifications of {verification_type} run out of time",
    description="Verification could not decide about more than a tenth of what agents proposed in the last half hour.",
    check_first=[
        "Is the verifier's CPU at its limit? Its share is on *System health*.",
        "Does one type run out of time alone? Then its solver is stuck: restart it.",
    ],
    tests=_verification_cases("timeout"),
)

alerts = [agent_failures, agent_slow, no_agent, verification_failing, verification_timeouts]

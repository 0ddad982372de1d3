"""Whether a run converges: closure, λ, Φ, energy and phases; what is recorded of them, and the alerts."""

import math

from watchwright import Alert, Case, Instant, percent, record

from .._shared import up
from .metrics import contraction, convergence_rate, energy, phase, potential, violations

# Limits, each with its reason ---------------------------------------------------------------------------

BURST = 5  # violations of one rule type in ten minutes: no longer an odd proposal, the closure is broken
LOST = 1  # λ at 1 or above is the definition of not contracting
STALLED_RATE = 0.001  # per iteration: at this pace halving the energy takes some 700 iterations
HIGH_ENERGY = 100  # converged runs settle one to two orders of magnitude below it
RISE = 0.05  # of Φ in ten minutes: several times the noise of the estimator
TARGET = 0.1  # Φ at which a run counts as converged: two e-folds below where exploration usually ends
NEW_RUN = 2  # times what Φ was: a run only lowers it, so one that doubled it within an hour is another run
TIME_TO_TARGET = 4 * 3600  # seconds: the longest that a run may still take, and be there within a working day
GROWTH = 10 * percent  # of the energy in half an hour: exploration climbs by less before it turns
LONGEST_PHASE = "12h"  # exploration ends after hours, and exploitation ends with the run
FLAPPING = 6  # changes of phase in an hour: a run changes once, and once more if it falls back

RUN = ["job", "instance"]  # one process, one run at a time

# The states of short runs stay at the push gateway as they ended: alerts look at the core that runs
LIVE = {"job": "quantacirc-core"}
contraction_now = contraction.where(**LIVE)
potential_now = potential.where(**LIVE)
rate_now = convergence_rate.where(**LIVE)
total_energy = energy.where(component="total", **LIVE)
phase_now = phase.where(**LIVE)
# Other clusters, which federation brings, have alerts of their own
HERE = {"cluster": ""}

# Recorded series ------------------------------------------------------------------------------------------

recent_violations = record(
    "rule_type:quantacirc_closure_violations:events10m",
    violations.events("10m").sum(by=["rule_type"]),
)
potential_rise = record(
    "instance:quantacirc_lyapunov_potential:rise10m",
    # it reads 0 before the first record of a run: a rise from there is none
    (potential_now - potential_now.offset("10m")) & (potential_now.min_over_time("10m") > 0),
)


def forecast(over: str) -> Instant:
    """Where Φ will be: a run that contracts lowers it by the same factor each hour, so its logarithm is a line."""
    return (potential_now > 0).ln().range(over, step="1m").apply("predict_linear", TIME_TO_TARGET).exp()


potential_forecast = record(
    "instance:quantacirc_lyapunov_potential:forecast4h",
    # nothing is said of a run younger than the hour it is judged by: it was there, and has not begun anew since
    forecast("1h")
    & (potential_now.offset("1h") > 0)
    & (potential_now.max_over_time("1h") < NEW_RUN * potential_now.offset("1h")),
)
energy_growth = record(
    "instance:quantacirc_energy:growth30m",
    (total_energy / (total_energy.offset("30m") > 0) - 1).max(by=RUN),
)
# over ten minutes: a few scrapes that fail do not begin a wait of hours anew
current_phase = phase_now.range("10m").last_over_time().max(by=[*RUN, "phase"])
exploring = record(
    "instance:quantacirc_optimization_phase:exploring",
    phase_now.where(phase=["A", "exploration"]).max(by=RUN) | 0 * phase_now.max(by=RUN),
)
phase_changes = record("instance:quantacirc_optimization_phase:changes1h", exploring.changes("1h"))

# Alerts ---------------------------------------------------------------------------------------------------

CORE = {"job": "quantacirc-core", "instance": "core:8000"}
core_violations = violations.where(rule_type="monotonic", instance="core:8000")
core_lambda = contraction.where(instance="core:8000")
core_rate = convergence_rate.where(instance="core:8000")
core_energy = energy.where(component="total", instance="core:8000")
core_potential = potential.where(instance="core:8000")
exploration = phase.where(phase="exploration", instance="core:8000")
exploitation = phase.where(phase="exploitation", instance="core:8000")


def _decay(start: float, *stretches: tuple[int, float]) -> str:
    """A sample each minute of a Φ that falls by a factor a minute: for each stretch its minutes and its rate."""
    samples = []
    for minutes, rate in stretches:
        for _ in range(minutes):
            samples.append(f"{start:.6f}")
            start *= math.exp(-rate)
    return " ".join(samples)


_LAST_CHANGE = (
    "What was deployed or reconfigured before it began? The marks on every board show when the phase changed."
)

closure_violation = Alert(
    "ClosureViolation",
    expr=recent_violations.where(**HERE) > 0,
    for_="1m",
    severity="ticket",
    summary="Closure rule {rule_type} was violated",
    description="{value} violations of {rule_type} in the last 10 minutes. Any one of them is worth knowing: a "
    "proposal got through that the Δ constraints should have refused.",
    check_first=[
        "Which agent made the proposal? The core's log names the rule and the agent for each violation.",
        "Was the proposal applied? Then roll it back: later proposals build on it.",
        "Is it the first of its rule type? Compare with the last release of the rule.",
    ],
    tests=[
        Case(
            "the first violation of a rule type fires, though its series starts at 1",
            given={core_violations: "_x10 1x60"},
            fires={"9m": [], "10m30s": [], "11m30s": [{"rule_type": "monotonic"}], "25m": []},
        ),
        Case(
            "the first violation after a restart fires",
            given={core_violations: "3x20 stale _x9 1x30"},
            fires={"20m": [], "33m": [{"rule_type": "monotonic"}], "45m": []},
        ),
        Case(
            "a violation that is 1 in a series known for long fires",
            given={core_violations: "3x90 4x30"},
            fires={"90m": [], "93m": [{"rule_type": "monotonic"}], "105m": []},
        ),
        Case(
            "the first violation after a restart fires, though the count is the same as before",
            given={core_violations: "1x20 stale _x9 1x30", up.where(**CORE): "1x70"},
            fires={"20m": [], "33m": [{"rule_type": "monotonic"}], "45m": []},
        ),
        Case(
            "a series that comes back with its target is no violation",
            given={core_violations: "1x20 stale _x9 1x30", up.where(**CORE): "1x20 0x9 1x40"},
            fires={"33m": [], "45m": []},
        ),
        Case(
            "what another cluster counts is for its own alerts",
            given={recent_violations.where(rule_type="monotonic", cluster="eu"): "3x20"},
            fires={"15m": []},
        ),
        Case(
            "a gap in scraping is no violation",
            given={core_violations: "3x20 stale _x20 3x30"},
            fires={"43m": [], "50m": []},
        ),
    ],
)
closure_burst = Alert(
    "ClosureViolationBurst",
    expr=recent_violations.where(**HERE) >= BURST,
    for_="1m",
    severity="page",
    summary="Closure rule {rule_type} is violated again and again",
    description="{value} violations of {rule_type} in the last 10 minutes: proposals no longer keep the closure.",
    check_first=[
        "Pause the run: each violation moves the state further from what was verified.",
        "Do all violations come from one agent? Take that agent out of the rota, and let the run go on.",
        "Do several rule types burst at once? Then suspect the rules' own release, not the agents.",
    ],
    tests=[
        Case(
            "five violations within ten minutes page",
            given={core_violations: "0x10 1+1x7 8x30"},
            fires={"12m": [], "18m": [{"rule_type": "monotonic"}], "35m": []},
        ),
        Case("four do not", given={core_violations: "0x10 1+1x3 4x30"}, fires={"14m": [], "18m": []}),
        Case(
            "five at once in a new series wait a minute, and page",
            given={core_violations: "_x10 5x30"},
            fires={"10m30s": [], "11m30s": [{"rule_type": "monotonic"}], "25m": []},
        ),
    ],
)
convergence_lost = Alert(
    "ConvergenceLost",
    expr=contraction_now >= LOST,
    for_="5m",
    severity="page",
    summary="λ is {value}: the run no longer contracts",
    description="The contraction factor of {instance} has been at 1 or above for 5 minutes. While it stays there, no "
    "number of iterations brings the run to its end.",
    check_first=[
        "Is Φ rising, too? Then the run diverges: pause it, and go on with the runbook of Divergence.",
        _LAST_CHANGE,
        "Which component of the energy grows? The panel *Energy* names it, and the agents that work on it.",
    ],
    tests=[
        Case(
            "λ at 1.02 fires after five minutes, λ of 0.98 is silent",
            given={core_lambda: "0.98x10 1.02x10 0.98x10"},
            fires={"10m": [], "14m": [], "17m": [CORE], "25m": []},
        ),
        Case("λ of exactly 1 does not contract either", given={core_lambda: "1x20"}, fires={"10m": [CORE]}),
        Case("before the first record λ reads 0", given={core_lambda: "0x20"}, fires={"15m": []}),
        Case(
            "how a short run ended is no news",
            given={contraction.where(job="quantacirc-run", instance="batch"): "1.1x20"},
            fires={"15m": []},
        ),
        Case(
            "a restart begins a new run, and the wait begins again",
            given={core_lambda: "1.02x3 stale _x1 0 1.02x4 0.9x10"},
            fires={"9m": [], "12m": [], "15m": []},
        ),
        Case(
            "a series that goes away resolves it", given={core_lambda: "1.02x10 stale"}, fires={"8m": [CORE], "14m": []}
        ),
    ],
)
convergence_stalled = Alert(
    "ConvergenceStalled",
    expr=(rate_now.abs() < STALLED_RATE)
    & (total_energy > HIGH_ENERGY).on(*RUN)
    & (rate_now.max_over_time("6h") > 0),  # it reads 0 until it is recorded for the first time
    for_="15m",
    severity="ticket",
    summary="The run makes no progress while its energy is high",
    description="The convergence rate of {instance} is {value} while the energy is above its usual end: the run is "
    "caught, and will not get out by itself.",
    check_first=[
        "Do agents still propose, and are their proposals accepted? See the board *Agents*.",
        "Is the phase exploitation, though the energy is high? It changed too early: send the run back to exploration.",
        "Does verification refuse what agents propose? See the panel *Failing verifications*.",
    ],
    tests=[
        Case(
            "no progress at high energy fires",
            given={core_rate: "0.2x10 0.0007x30 0.2x5", core_energy: "150x50"},
            fires={"20m": [], "27m": [CORE], "44m": []},
        ),
        Case(
            "no progress at low energy is convergence",
            given={core_rate: "0.0007x40", core_energy: "70x40"},
            fires={"30m": []},
        ),
        Case("slow progress is progress", given={core_rate: "0.0015x40", core_energy: "150x40"}, fires={"30m": []}),
        Case("falling back is no stall", given={core_rate: "-0.0015x40", core_energy: "150x40"}, fires={"30m": []}),
        Case(
            "before the first record nothing stalls",
            given={core_rate: "0x40", core_energy: "150x40"},
            fires={"30m": []},
        ),
        Case(
            "a restart begins again",
            given={core_rate: "0.0007x12 stale 0x2 0.0007x10", core_energy: "150x12 stale _x1 150x10"},
            fires={"12m": [], "24m": []},
        ),
    ],
)
divergence = Alert(
    "Divergence",
    expr=potential_rise > RISE,
    # as long as the window: the jump to the Φ of a new run, where nobody scraped the 0 between, has left it by then
    for_="10m",
    severity="page",
    summary="Potential Φ rises: the run diverges",
    description="Φ of {instance} rose by {value} in 10 minutes, and has been rising for as long; a stable run only "
    "lowers it.",
    check_first=[
        "Pause the run: its state gets worse with every iteration.",
        "Is λ at 1 or above? Then the step is too long for this state; go back to the last state with λ below 1.",
        "Is λ below 1? Then the estimate of Φ is wrong: compare it with the energy, which should rise as well.",
    ],
    tests=[
        Case(
            "a rising Φ fires, and a falling one resolves it",
            given={core_potential: "2x15 2+0.007x30 2.2-0.01x20"},
            fires={"30m": [], "37m": [CORE], "60m": []},
        ),
        Case(
            "the estimator's noise is silent", given={core_potential: "2x15 2+0.004x40"}, fires={"31m": [], "45m": []}
        ),
        Case(
            "a short rise is silent", given={core_potential: "2x15 2+0.02x6 2.1-0.02x30"}, fires={"24m": [], "28m": []}
        ),
        Case("a falling Φ is silent", given={core_potential: "5-0.1x30"}, fires={"30m": []}),
        Case(
            "a rise from the 0 of a run that has not recorded yet is silent",
            given={core_potential: "0x10 4-0.05x40"},
            fires={"12m": [], "18m": [], "30m": []},
        ),
        Case(
            "a run that starts anew at a higher Φ, its 0 unseen, is silent",
            given={core_potential: "1-0.01x30 4-0.05x40"},
            fires={"35m": [], "40m": [], "41m": [], "45m": []},
        ),
        Case(
            "a gap in scraping is no rise",
            given={core_potential: "2-0.01x20 _x12 1.6-0.01x20"},
            fires={"33m": [], "45m": []},
        ),
    ],
)
convergence_forecast = Alert(
    "ConvergenceForecast",
    expr=(potential_forecast > TARGET)
    # for a while after a restart the hour holds two runs; the last quarter of it has forgotten the older one
    & (forecast("15m") > TARGET).on(*RUN)
    & (potential_now > TARGET).on(*RUN),
    for_="15m",
    severity="ticket",
    summary="At this pace Φ is still at {value} in 4 hours",
    description="The run on {instance} will not bring Φ to its target of 0.1 within 4 hours, by the pace of the last "
    "hour and of the last 15 minutes.",
    check_first=[
        "Has it slowed down just now, or was it always slow? The panel *Φ and its forecast* tells.",
        "Is λ close to 1? Then the pace is that of the method: more time is all that helps.",
        "Do agents wait for language models or for verification? See *Agents* and *System health*.",
    ],
    tests=[
        Case(
            "a pace that leaves Φ above its target fires after an hour and a quarter",
            given=[(core_potential, "1x75 0.99x30 0.02x60")],
            fires={"59m": [], "70m": [], "78m": [CORE], "125m": []},
        ),
        Case(
            "a pace that reaches half the target is silent",
            # by 1.25 % a minute, from 1 to 0.05 in four hours
            given=[(core_potential, _decay(1, (120, 0.0125)))],
            fires={"61m": [], "90m": [], "118m": []},
        ),
        Case(
            "a pace that ends at one and a half times the target fires",
            given=[(core_potential, _decay(2, (120, 0.008)))],
            fires={"100m": [CORE]},
        ),
        Case(
            "nor is one that began anew within the hour",
            given=[(core_potential, _decay(1, (76, 0.01)) + " " + _decay(4, (70, 0.001)))],
            fires={"111m": [], "125m": []},
        ),
        Case("a young run is not judged", given={core_potential: "0x5 2x56"}, fires={"30m": [], "60m": []}),
        Case("a run that stands just above its target fires", given={core_potential: "0.15x90"}, fires={"80m": [CORE]}),
        Case("a converged run is silent", given={core_potential: "0.06x120"}, fires={"118m": []}),
        Case(
            "a converged run that rises a little is silent",
            given={core_potential: "0.06+0.0002x100"},
            fires={"80m": [], "98m": []},
        ),
        Case(
            "a slow quarter of an hour is silent while the hour was fast enough",
            given=[(core_potential, _decay(1.9, (70, 0.0125), (40, 0.006)))],
            fires={"100m": [], "108m": []},
        ),
        Case(
            "a slow hour is silent while the last quarter of it is fast enough",
            given=[(core_potential, _decay(2, (60, 0.007), (40, 0.0115)))],
            fires={"80m": [], "90m": []},
        ),
        Case(
            "a restart is silent while the new run keeps its pace",
            given=[(core_potential, _decay(4, (75, 0.0166)) + " " + _decay(4, (75, 0.0166)))],
            fires={"80m": [], "91m": [], "100m": [], "120m": [], "140m": []},
        ),
    ],
)
energy_rising = Alert(
    "EnergyRising",
    expr=energy_growth > GROWTH,
    for_="30m",  # as long as the window, for the same reason as that of Divergence
    severity="ticket",
    summary="The energy is {value} above that of half an hour ago",
    description="The total energy of {instance} has been rising for half an hour. Exploration climbs now and then, but "
    "not for that long.",
    check_first=[
        "Which component rises? The panel *Energy* tells, and *Energy impact* on *Agents* who raises it.",
        "Is Φ falling all the same? Then wait: the run trades energy between components.",
        _LAST_CHANGE,
    ],
    tests=[
        Case(
            "a rise of a sixth in half an hour fires",
            given={core_energy: "100x30 100+0.7x90 160x40"},
            fires={"70m": [], "90m": [CORE], "158m": []},
        ),
        Case("a rise of less than a tenth is silent", given={core_energy: "100x30 100+0.2x90"}, fires={"110m": []}),
        Case(
            "a run that starts anew at a high energy is silent",
            given={core_energy: "20x60 400-2x60"},
            fires={"75m": [], "89m": [], "91m": [], "120m": []},
        ),
        Case("a series that is new has not risen", given={core_energy: "_x20 400x60"}, fires={"60m": []}),
    ],
)
endless_phase = Alert(
    "PhaseNeverEnds",
    expr=current_phase,
    for_=LONGEST_PHASE,
    severity="ticket",
    summary="The run has been in phase {phase} for 12 hours",
    description="A run on {instance} explores for hours, not for half a day, and exploitation ends when it converges.",
    check_first=[
        "Does the energy still fall? Then the run is large, and needs the time.",
        "In exploration: is the energy at a level already? Then the condition of the change is never met.",
        "In exploitation: is Φ at its target? Then the run has converged, and nobody ended it.",
    ],
    tests=[
        Case(
            "a phase of more than twelve hours fires, and ends",
            given={exploration: "1x160 stale"},
            every="5m",
            fires={"11h55m": [], "12h10m": [{**CORE, "phase": "exploration"}], "13h35m": []},
        ),
        Case(
            "a change of phase begins anew",
            given={
                phase.where(phase="A", instance="core:8000"): "1x100 stale",
                phase.where(phase="B", instance="core:8000"): "_x101 1x130",
            },
            every="5m",
            fires={"12h10m": [], "18h": []},
        ),
        Case(
            "a scrape that fails does not begin the wait anew",
            given={exploration: "1x700 stale 1x40"},
            fires={"12h10m": [{**CORE, "phase": "exploration"}]},
        ),
        Case("without a phase there is none that lasts", given={core_lambda: "0x160"}, every="5m", fires={"13h": []}),
    ],
)
phase_flapping = Alert(
    "PhaseFlapping",
    expr=phase_changes >= FLAPPING,
    for_="1m",
    severity="ticket",
    summary="The run changed its phase {value} times in an hour",
    description="The run on {instance} goes to and fro between exploration and exploitation: each change throws away "
    "what the other phase has learnt.",
    check_first=[
        "Is the energy close to where the phase changes? Then widen the hysteresis between the two conditions.",
        "Does λ jump with each change? Then the step lengths of the two phases differ too much.",
    ],
    tests=[
        Case(
            "six changes in an hour fire, and an hour later it is over",
            given={
                exploration: "1x5 stale _x4 1x4 stale _x4 1x4 stale _x4 1x90",
                exploitation: "_x6 1x4 stale _x4 1x4 stale _x4 1x4 stale",
            },
            fires={"28m": [], "34m": [CORE], "100m": []},
        ),
        Case(
            "four changes do not",
            given={
                exploration: "1x5 stale _x4 1x4 stale _x4 1x90",
                exploitation: "_x6 1x4 stale _x4 1x4 stale",
            },
            fires={"34m": [], "50m": []},
        ),
        Case(
            "six at once wait a minute",
            given={
                phase.where(phase="A", instance="core:8000"): "1 stale 1 stale 1 stale 1x60",
                phase.where(phase="B", instance="core:8000"): "_ 1 stale 1 stale 1 stale",
            },
            fires={"6m30s": [], "7m30s": [CORE], "30m": [CORE]},
        ),
        Case(
            "a restart in another phase is one change",
            given={
                phase.where(phase="B", instance="core:8000"): "1x20 stale",
                phase.where(phase="A", instance="core:8000"): "_x25 1x60",
            },
            fires={"40m": []},
        ),
    ],
)

alerts = [closure_violation, closure_burst, convergence_lost, convergence_stalled, divergence, convergence_forecast,
          energy_rising, endless_phase, phase_flapping]  # fmt: skip

"""Which alerts each trouble of QuantaCirc fires: these, and no others."""

from __future__ import annotations

from collections.abc import Mapping

from simulators.quantacirc import JOBS, TROUBLES

#: The systems whose alerts are judged: nobody simulates the others.
SYSTEMS = ("quantacirc", "prometheus")

#: Fires always, so that its silence tells of a Prometheus that does not work.
ALWAYS = frozenset({"Watchdog"})

NONE: frozenset[str] = frozenset()
#: The alerts on what SLOs no longer count, where the trouble lasts for as long as they wait.
UNCOUNTED = {
    "agents": frozenset({"AgentSuccessAbsent"}),
    "messaging": frozenset({"MessageSuccessAbsent", "MessageLatencyAbsent"}),
    "llm": frozenset({"LlmRequestsAbsent"}),
}

EXPECTED: Mapping[str, frozenset[str]] = {
    "closure violation": frozenset({"ClosureViolation"}),
    "closure violations": frozenset({"ClosureViolation", "ClosureViolationBurst"}),
    "convergence lost": frozenset({"ConvergenceLost"}),
    "convergence stalled": frozenset({"ConvergenceStalled"}),
    "divergence": frozenset({"Divergence"}),
    "slow decay": frozenset({"ConvergenceForecast"}),
    "endless phase": frozenset({"PhaseNeverEnds"}),
    "flapping phase": frozenset({"PhaseFlapping"}),
    "energy rising": frozenset({"EnergyRising"}),
    "failing agent": frozenset({"AgentFailures"}),
    "slow agent": frozenset({"AgentSlow"}),
    "idle agents": frozenset({"NoAgentWorking"}),
    "failing verification": frozenset({"VerificationFailing"}),
    "late verification": frozenset({"VerificationTimeouts"}),
    "failing messages": frozenset({"MessageFailures"}),
    "failing model": frozenset({"LLMErrors"}),  # a young budget bears half an hour of it
    "costly models": frozenset({"LLMCostTooFast"}),
    "busy CPU": frozenset({"CPUHigh"}),
    "full memory": frozenset({"MemoryHigh"}),
    "many connections": frozenset({"ConnectionsHigh"}),
    "missing metric": frozenset({"MetricGone"}),
    **{f"silent {job}": frozenset({f"Quantacirc{job.title()}TargetsGone"}) | UNCOUNTED.get(job, NONE) for job in JOBS},
    "scrape gap": frozenset(),
    "restart": frozenset(),
    "agents restart": frozenset(),
}

assert set(TROUBLES) == set(EXPECTED)

"""Whether what is served was approved and is fair, and whether what the platform changes holds."""

from watchwright import Alert, Case, Instant, Words, record

from .metrics import fairness, model, model_info, safety_validations

# Limits, each with its reason -------------------------------------------------------------------------------

FAIRNESS = 0.8  # the four-fifths rule: 29 CFR 1607.4 (D)


def trained(updated: Words) -> Instant:
    """When the oldest version of each model was trained that a process still serves; 0 is of one that has none."""
    return updated.instant().ne(0).min(by=[model])


# Recorded series ------------------------------------------------------------------------------------------

unapproved = record(
    "model:x0tta6bl4_model_unapproved:count",
    model_info.where(approval=["pending", "refused"]).count(by=[model]) | 0 * model_info.count(by=[model]),
)
least_fair = record("model:x0tta6bl4_model_fairness:min", fairness.min(by=[model]))
rolled_back = record(
    "system:x0tta6bl4_safety_validations_rolled_back:increase15m",
    safety_validations.where(result="rolled_back").increase("15m").sum(),
)

# Alerts ---------------------------------------------------------------------------------------------------

OPTIMIZER = {"instance": "o-0:8000"}


def _served(approval: str, pod: str = "p-0:8000") -> Instant:
    return model_info.where(model="failures", version="2026.11.30", approval=approval, instance=pod)


def _fair(pod: str = "p-0:8000") -> Instant:
    return fairness.where(model="failures", instance=pod)


def _validated(result: str) -> Instant:
    return safety_validations.where(result=result, **OPTIMIZER)


unapproved_model = Alert(
    "UnapprovedModel",
    expr=unapproved > 0,
    for_="5m",
    severity="ticket",
    summary="{value} processes serve {model} without approval",
    description="A version of {model} is served that was refused, or that nobody has approved yet: nobody answers for "
    "what it decides. While it is loaded a version may be pending for a minute or two.",
    check_first=[
        "Refused, or pending? The table *Models* tells. What was refused goes at once: serve the version before.",
        "Pending? Who approves versions may simply be late: ask, and roll back if nobody answers.",
        "Do all processes serve it? The table *Models* counts them: one alone has loaded what others did not.",
    ],
    tests=[
        Case(
            "a pending version fires after five minutes, and resolves once it is approved",
            given={_served("pending"): "1x20 stale", _served("approved"): "_x21 1x20"},
            fires={"4m": [], "6m": [{"model": "failures"}], "24m": []},
        ),
        Case(
            "one process that serves what was refused is enough",
            given={_served("refused"): "_x10 1x30", _served("approved", "p-1:8000"): "1x40"},
            fires={"12m": [], "20m": [{"model": "failures"}]},
        ),
        Case(
            "a version that is pending while it is loaded is silent",
            given={_served("pending"): "_x10 1x2 stale", _served("approved"): "_x13 1x30"},
            fires={"13m": [], "25m": []},
        ),
        Case("what is approved is silent", given={_served("approved"): "1x30"}, fires={"25m": []}),
        Case("where nothing is served it is silent", given=[], fires={"25m": []}),
    ],
)
unfair_model = Alert(
    "UnfairModel",
    expr=least_fair < FAIRNESS,
    for_="30m",
    severity="ticket",
    summary="{model} is unfair: one group gets {value} of the rate of another",
    description="For half an hour the group with the least rate of favourable outcomes of {model} has had less than "
    "four fifths of the greatest group's.",
    check_first=[
        "Since when? If it began with a version, the table *Models* names it: serve the one before.",
        "Is the group small? A few outcomes make its rate: the bias report of the model says how many.",
        "Did those who are asked about change? Then the model was trained on others.",
    ],
    tests=[
        Case(
            "three quarters fire after half an hour, and resolve",
            given={_fair(): "0.75x50 0.9x20"},
            fires={"29m": [], "32m": [{"model": "failures"}], "55m": []},
        ),
        Case(
            "one process with an unfair version is enough",
            given={_fair(): "0.95x50", _fair("p-1:8000"): "0.5x50"},
            fires={"45m": [{"model": "failures"}]},
        ),
        Case("five sixths are silent", given={_fair(): "0.83x50"}, fires={"45m": []}),
        Case("a dip is silent", given={_fair(): "0.9x10 0.6x25 0.9x70"}, fires={"34m": [], "70m": []}),
        Case(
            "a model that goes away resolves it",
            given={_fair(): "0.5x50 stale"},
            fires={"45m": [{"model": "failures"}], "52m": []},
        ),
    ],
)
change_rolled_back = Alert(
    "ChangeRolledBack",
    expr=rolled_back > 0,
    for_="1m",
    severity="ticket",
    summary="Safety validation rolled back a change",
    description="What the platform had changed was undone, as it turned out not to be safe: validation should have "
    "refused it. It fires for a quarter of an hour.",
    check_first=[
        "Which change was it? The log of safety validation names it, and what it measured.",
        "Is all of it undone? Compare with the state before; what a loop changed since stays.",
        "Would the same loop do it again? Stop it until the check is there that would have refused.",
    ],
    tests=[
        Case(
            "one is enough, for a quarter of an hour",
            given={_validated("rolled_back"): "0x20 1x40"},
            fires={"20m": [], "21m30s": [], "22m30s": [{}], "40m": []},
        ),
        Case(
            "what passes or is refused is silent",
            given={
                _validated("passed"): "0+1x40",
                _validated("refused"): "0+1x40",
                _validated("rolled_back"): "0x40",
            },
            fires={"35m": []},
        ),
        Case(
            "a restart is none", given={_validated("rolled_back"): "3x20 stale _x2 0x30"}, fires={"25m": [], "40m": []}
        ),
    ],
)

alerts = [unapproved_model, unfair_model, change_rolled_back]

"""What can go wrong in x0tta6bl4, by name, and the alerts that tell of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import attrs

from simulators.clockwork import Conditions as Common
from simulators.clockwork import Trouble, silent

SERVICES = (
    "predictive-maintenance-service",
    "quantum-optimizer-service",
    "anomaly-analyzer-service",
    "autonomous-optimizer-service",
)
JOBS = tuple(f"x0tta6bl4-{name}" for name in (*SERVICES, "gateway", "books"))
SHARES = MappingProxyType(dict(zip(SERVICES, (0.4, 0.3, 0.2, 0.1), strict=True)))


@attrs.frozen(kw_only=True)
class Conditions(Common):
    """What holds at a moment; as it stands, all promises are kept."""

    shares: Mapping[str, float] = SHARES  # of the traffic
    failing: float = 0.0002  # of the quantum optimizer's answers
    slow: float = 0.0  # of the quantum optimizer's inferences, beyond their usual tail
    wrong_predictions: float = 0.02
    wrong_causes: float = 0.04
    false_positives: float = 0.02
    gain: float = 0.42  # the mean of optimisations
    by_platform: float = 0.72  # of all tasks
    age: float = 5.0  # hours that the model of the predictive service has at the beginning
    interrupted: float = 0.0  # of the updates of models
    repair: float = 1_900.0  # seconds, the median
    cost: float = 0.62  # of what it was
    missed: float = 0.0005  # of the checks of agreements
    rating: float = 0.85  # how many users give five stars; of the others half give four, half three
    approval: str = "approved"  # of the analyzer's model
    fairness: float = 0.93  # of the analyzer's model
    rolled_back: float = 0.0  # changes a minute
    overdue: int = 0  # maintenance tasks


# A ticket on a promise comes after so many minutes of it as its share of three hours is, and stays for half an hour. A
# value of a week is missed when what is bad outweighs what was good before, and reached again when that is made up for.
TROUBLES: Mapping[str, Trouble] = {
    "failing service": Trouble(
        description="The quantum optimizer fails a tenth of its requests.",
        minutes=15,
        changes={"failing": 0.1},
        fires=frozenset({"AiAvailabilityBurnPage"}),
    ),
    "slow model": Trouble(
        description="The quantum part keeps most optimisations waiting.",
        minutes=20,
        changes={"slow": 0.7},
        fires=frozenset({"AiInferenceBurnPage"}),
    ),
    "wrong judgements": Trouble(
        description="A model that was trained on the wrong month: failures are missed, causes wrong, anomalies false.",
        minutes=62,
        changes={"wrong_predictions": 1.0, "wrong_causes": 1.0, "false_positives": 1.0},
        fires=frozenset({"FailurePredictionsBurnTicket", "RootCausesBurnTicket", "FalsePositivesBurnTicket"}),
        health=5,
        after=34,
        step=30,
    ),
    "little gain": Trouble(
        description="Optimisations gain a tenth, and people do most of the work themselves.",
        minutes=20,
        changes={"gain": 0.08, "by_platform": 0.3},
        fires=frozenset({"OptimisationGainBurnTicket", "ManualWorkBurnTicket"}),
        health=5,
        after=60,
        step=30,
    ),
    "outdated model": Trouble(
        description="One process has missed the update of its model.",
        minutes=16,
        changes={"age": 27.0},
        fires=frozenset({"ModelUpdatesDailyBurnTicket"}),
        health=5,
        after=34,
        step=30,
    ),
    "interrupting updates": Trouble(
        description="While models are updated, nothing answers.",
        minutes=33,
        changes={"interrupted": 1.0},
        fires=frozenset({"ModelUpdatesSeamlessBurnTicket"}),
        health=5,
        after=34,
        step=30,
    ),
    "unhappy users": Trouble(
        description="Repairs take as long as they ever did, and users say what they think of it.",
        minutes=24,
        changes={"repair": 4_000.0, "rating": 0.45},
        fires=frozenset({"RepairTimeBurnTicket", "SatisfactionBurnTicket"}),
        health=5,
        after=65,
        step=30,
    ),
    "dear month": Trouble(
        description="The month will cost as much as before the platform.",
        minutes=16,
        changes={"cost": 1.0},
        fires=frozenset({"CostBurnTicket"}),
        health=5,
        after=34,
        step=30,
    ),
    "missed agreements": Trouble(
        description="Half of the checks of customers' agreements miss.",
        minutes=15,
        changes={"missed": 0.5},
        fires=frozenset({"SlaMetBurnPage"}),
    ),
    "other shares": Trouble(
        description="A route of the mesh sends half of what is the optimizer's to the analyzer.",
        minutes=25,
        changes={"shares": dict(zip(SERVICES, (0.4, 0.12, 0.38, 0.1), strict=True))},
        fires=frozenset({"TrafficOffShare"}),
        after=8,
    ),
    "unapproved model": Trouble(
        description="The analyzer serves a model that was refused.",
        minutes=10,
        changes={"approval": "refused"},
        fires=frozenset({"UnapprovedModel"}),
        after=5,
        health=10,
    ),
    "unfair model": Trouble(
        description="The analyzer's model favours one group.",
        minutes=40,
        changes={"fairness": 0.6},
        fires=frozenset({"UnfairModel"}),
        health=10,
        after=5,
        step=30,
    ),
    "changes rolled back": Trouble(
        description="What loops change has to be undone.",
        minutes=10,
        changes={"rolled_back": 1.0},
        fires=frozenset({"ChangeRolledBack"}),
    ),
    "overdue maintenance": Trouble(
        description="Nobody has begun two tasks that are due.",
        minutes=75,
        changes={"overdue": 2},
        fires=frozenset({"MaintenanceOverdue"}),
        health=5,
        step=30,
        after=5,
    ),
    **{
        f"silent {name}": Trouble(
            description=f"The pods of {name} are gone.",
            minutes=12,
            changes=silent(f"x0tta6bl4-{name}"),
            fires=frozenset({f"X0tta6bl4{name.title().replace('-', '')}TargetsGone"}),
        )
        for name in SERVICES
    },
    "silent gateway": Trouble(
        description="The gateway is gone, and with it the count of requests.",
        minutes=12,
        changes=silent("x0tta6bl4-gateway"),
        fires=frozenset({"X0tta6bl4GatewayTargetsGone", "AiAvailabilityAbsent"}),
    ),
    "silent books": Trouble(
        description="Nobody keeps the books.",
        minutes=20,
        changes=silent("x0tta6bl4-books"),
        fires=frozenset({"X0tta6bl4BooksTargetsGone", "SlaMetAbsent", "CostAbsent", "RepairTimeAbsent"}),
    ),
    "scrape gap": Trouble(description="No target answers for three minutes.", minutes=3, changes=silent(*JOBS)),
    "restart": Trouble(
        description="The predictive service starts again.", minutes=1, restarts=f"x0tta6bl4-{SERVICES[0]}"
    ),
    "gateway restart": Trouble(
        description="The gateway starts again, and counts from 0.", minutes=1, restarts="x0tta6bl4-gateway"
    ),
}

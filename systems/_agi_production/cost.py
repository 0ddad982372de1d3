"""What the platform costs, and whether that is within its budget."""

from itertools import accumulate

from watchwright import Alert, Case, record
from watchwright.units import days, minutes, usd

from .collection import CALM, CALM_TIMES, POD, latest
from .families import family_inferences
from .metrics import active_users, cost

# Limits, each with its reason ---------------------------------------------------------------------------

MONTH = 30 * days  # rolling: a month of the calendar swings at its beginning
BUDGET = 30_000 * usd  # in a month, as granted for all components together
EVEN_DAY = BUDGET / 30
FAST = 1.5  # times the even pace: at it a month's budget is gone in 20 days

# Recorded series ------------------------------------------------------------------------------------------

cost_rate = record(f"component:agi_cost_usd:rate{CALM}", cost.rate(CALM).sum(by=["component"]))
spent_in_a_day = record("system:agi_cost_usd:increase1d", cost.increase("1d").sum())
pace = cost_rate.sum()  # of three hours
spent_in_a_month = cost_rate.sum().range("30d", step="5m").sum_over_time() * (5 * minutes)

per_user = pace * (1 * days) / (latest(active_users).sum() > 0)
per_inference = pace / (family_inferences.sum() > 0)

# Alerts ---------------------------------------------------------------------------------------------------

accelerators = cost.where(component="accelerators", **POD)
storage = cost.where(component="storage", **POD)


def _spent(*paces: tuple[int, int]) -> str:
    """What a pod has counted each 25 minutes, at so many USD a day for so many of these times."""
    counted = accumulate((usd_a_day * 25 / 1440 for usd_a_day, times in paces for _ in range(times)), initial=0.0)
    return " ".join(f"{total:.2f}" for total in counted)


budget_burns = Alert(
    "BudgetBurnsTooFast",
    # of a day, for nights are cheap; and of three hours, so that it ends soon after its cause
    expr=(spent_in_a_day > EVEN_DAY * FAST) & (pace > EVEN_DAY * FAST / days).on(),
    for_="1h",
    severity="ticket",
    summary="The platform cost {value} in a day",
    description="A month may cost 30,000 USD, or 1,000 a day. At one and a half times that pace, which still goes on, "
    "the budget is gone ten days before the month.",
    check_first=[
        "Which component is it? See *Cost by component*.",
        "Did inferences become more, or dearer? *Cost of an inference* tells: more users may be good news.",
        "Accelerators: do pods idle that nobody scaled down? Compare with *Inferences* on *Performance*.",
    ],
    tests=[
        Case(
            "nine times the even pace fires an hour after a day and a half's money is gone, and resolves",
            given={accelerators: _spent((9000, 14), (1000, 12))},
            every=CALM_TIMES,
            fires={"3h": [], "4h50m": [], "5h25m": [{}], "10h": []},
        ),
        Case(
            "components cost together",
            given={accelerators: _spent((1200, 44)), storage: _spent((1200, 44))},
            every=CALM_TIMES,
            fires={"14h": [], "17h": [{}]},
        ),
        Case(
            "dear hours are silent, if the day was not dear",
            given={accelerators: _spent((9000, 8), (500, 16))},
            every=CALM_TIMES,
            fires={"4h": [], "5h": [], "9h": []},
        ),
        Case(
            "what was spent before a restart, or before anybody looked, is not counted again",
            given={accelerators: "20000x12 0x12"},
            every=CALM_TIMES,
            fires={"4h": [], "9h": []},
        ),
    ],
)

alerts = [budget_burns]

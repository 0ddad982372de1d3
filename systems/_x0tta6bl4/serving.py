"""Whether each AI service gets its share of the traffic."""

from watchwright import Alert, Case, Instant, any_of, percent, record, vector
from watchwright.units import s

from .metrics import destination, mesh_requests, requests
from .services import ANALYZER, AUTONOMOUS, DECLARED, PREDICTIVE, QUANTUM, SHARES

# Limits, each with its reason -------------------------------------------------------------------------------

OFF_SHARE = 50 * percent  # of the declared share, so that the smallest service is judged as the greatest
LITTLE_TRAFFIC = 1 / s  # below it, a few requests make the shares

# Recorded series ------------------------------------------------------------------------------------------

declared_share = record(
    "destination_service_name:x0tta6bl4_traffic:share_declared",
    any_of(*(vector(share).labelled(destination_service_name=name) for name, share in SHARES.items())),
)
traffic = record("system:istio_requests:rate5m", requests.rate("5m").sum())
service_traffic = record(
    "destination_service_name:istio_requests:rate5m",
    # a service that gets nothing may have no series at all: its traffic is 0, as long as any is counted
    (requests.rate("5m").sum(by=[destination]) | (0 * declared_share).on(destination)) & traffic.on(),
)
traffic_share = record(
    "destination_service_name:istio_requests:share_rate5m",
    service_traffic / (traffic > LITTLE_TRAFFIC).on().group_left(),
)
off_share = record(
    "destination_service_name:istio_requests:share_off_declared", (traffic_share / declared_share - 1).abs()
)

# The alert --------------------------------------------------------------------------------------------------

GATEWAY = {"instance": "gateway:15090"}
ALL_REQUESTS = 10_000  # a minute, in tests


def _answers(name: str) -> Instant:
    return mesh_requests.where(destination_service_name=name, response_code="200", **GATEWAY)


def _traffic(times: dict[str, float], minutes: int = 40) -> dict[Instant, str]:
    """Requests to each service: to some so many *times* their share, to the others what is left, in proportion."""
    taken = {name: SHARES[name] * many for name, many in times.items()}
    left = (1 - sum(taken.values())) / (1 - sum(SHARES[name] for name in times))
    return {
        _answers(name): f"0+{round(ALL_REQUESTS * taken.get(name, left * share))}x{minutes}"
        for name, share in SHARES.items()
    }


traffic_off_share = Alert(
    "TrafficOffShare",
    expr=off_share > OFF_SHARE,
    for_="15m",
    severity="ticket",
    summary="The traffic of {destination_service_name} is off its share by {value} of it",
    description=f"Requests are spread {DECLARED} over the services, and their sizes with it. One that gets half as "
    "much again is too small for it, and one that gets less than half is being avoided.",
    check_first=[
        "Which services get more, and which less? The panel *Shares of the traffic* tells.",
        "Does one of them fail? Callers go elsewhere, and the alerts on its availability say why.",
        "Did a route of the mesh change? Compare its weights with the declared shares.",
        "Do callers simply ask otherwise than they did? Then declare the new shares.",
    ],
    tests=[
        Case(
            "a share of a third instead of a fifth fires after a quarter of an hour",
            given=_traffic({ANALYZER: 1.65}),
            fires={"14m": [], "18m": [{"destination_service_name": ANALYZER}]},
        ),
        Case(
            "the smallest service is named when it gets nothing, though that is a tenth of the traffic",
            given=_traffic({AUTONOMOUS: 0}),
            fires={"35m": [{"destination_service_name": AUTONOMOUS}]},
        ),
        Case(
            "and when it gets much more than its tenth",
            given=_traffic({AUTONOMOUS: 1.7}),
            fires={"35m": [{"destination_service_name": AUTONOMOUS}]},
        ),
        Case(
            "two fifths more, or a third less, are silent",
            given=_traffic({AUTONOMOUS: 1.4, PREDICTIVE: 0.67}),
            fires={"35m": []},
        ),
        Case("the declared shares are silent", given=_traffic({}), fires={"35m": []}),
        Case(
            "a service that never got a request is named, too",
            given={name: counts for name, counts in _traffic({QUANTUM: 0}).items() if counts != "0+0x40"},
            fires={"30m": [{"destination_service_name": QUANTUM}]},
        ),
        Case(
            "what is none of the services has no part in the shares",
            given={**_traffic({}), _answers("console"): "0+10000x40"},
            fires={"35m": []},
        ),
        Case("a few requests make no share", given={_answers(PREDICTIVE): "0+50x40"}, fires={"35m": []}),
        Case("without traffic there are no shares", given=[], fires={"35m": []}),
        Case(
            "a restart of the gateway changes no share",
            given={name: f"{counts} stale _x1 {counts}" for name, counts in _traffic({}, minutes=20).items()},
            fires={"22m": [], "38m": []},
        ),
    ],
)

alerts = [traffic_off_share]

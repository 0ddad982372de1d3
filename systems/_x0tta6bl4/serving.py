"""Whether the AI services answer, how fast, and whether each gets its share of the traffic."""

from watchwright import Alert, Case, Instant, any_of, percent, ratio, record, regex, vector
from watchwright.units import ms, s

from .metrics import destination, inference_duration, mesh_requests, operation, requests
from .services import SERVICES

# Promises and limits, each with its reason ----------------------------------------------------------------

AVAILABILITY = 99.9 * percent  # promised, of all requests
FAILING = 10 * (100 * percent - AVAILABILITY)  # ten times what is promised: in three days the month's share is gone
INFERENCE = 100 * ms  # promised; meant of 99 inferences in 100, as a mean would hide the slow ones
SEVERAL = 2.5  # failed requests: one or two prove nothing, and increase() makes 2.1 of two, not 2.9
OFF_SHARE = 50 * percent  # of the declared share, so that the smallest service is judged as the greatest
LITTLE_TRAFFIC = 1 / s  # below it, a few requests make the shares

# Recorded series ------------------------------------------------------------------------------------------

failed = requests.where(response_code=regex("5.."))
failing_requests = record(
    "destination_service_name:istio_requests_failed:ratio_rate5m",
    ratio(failed, requests, over="5m", by=[destination]),
)
inference_latency = record(
    "operation:x0tta6bl4_inference_duration_seconds:p99_rate5m",
    inference_duration.quantile(0.99, over="5m", by=[operation]),
)
declared_share = record(
    "destination_service_name:x0tta6bl4_traffic:share_declared",
    any_of(*(vector(each.share).labelled(destination_service_name=name) for name, each in SERVICES.items())),
)
traffic = record("system:istio_requests:rate5m", requests.rate("5m").sum())
traffic_share = record(
    "destination_service_name:istio_requests:share_rate5m",
    # a service that gets nothing may have no series at all: its share is 0
    (requests.rate("5m").sum(by=[destination]) | (0 * declared_share).on(destination))
    / (traffic > LITTLE_TRAFFIC).on().group_left(),
)
off_share = record(
    "destination_service_name:istio_requests:share_off_declared", (traffic_share / declared_share - 1).abs()
)

# Alerts ---------------------------------------------------------------------------------------------------

PREDICTIVE, QUANTUM, ANALYZER, AUTONOMOUS = SERVICES
GATEWAY = {"instance": "gateway:15090"}


def _answers(name: str, code: int = 200) -> Instant:
    return mesh_requests.where(destination_service_name=name, response_code=str(code), **GATEWAY)


def _inferences(le: str) -> Instant:
    return inference_duration.where(operation="optimizeSystem", instance="quantum:8000").bucket.where(le=le)


def _traffic(*of_each: int) -> dict[Instant, str]:
    """Requests a minute for each service in the order declared."""
    return {_answers(name): f"0+{count}x40" for name, count in zip(SERVICES, of_each, strict=False)}


service_failing = Alert(
    "AIServiceFailing",
    expr=(failing_requests > FAILING) & (failed.increase("5m").sum(by=[destination]) > SEVERAL).on(destination),
    for_="5m",
    severity="page",
    summary="{destination_service_name} fails {value} of its requests",
    description="The gateway has seen more than one request in a hundred to {destination_service_name} fail for "
    "5 minutes. At this pace the failures that a month allows are used up in three days.",
    check_first=[
        "Do all services fail? Then suspect the gateway, or what they share: database and network.",
        "Was the service released lately? Roll it back.",
        "Are its pods ready? Without any, the gateway answers 503 by itself.",
        "Which operation fails? The panel *Failing operations* names it, and a trace of it the cause.",
    ],
    tests=[
        Case(
            "three in two hundred fire, by the service's name, and resolve",
            given={
                _answers(QUANTUM): "0+197x90",
                _answers(QUANTUM, 503): "0+3x30 90x60",
                _answers(PREDICTIVE): "0+400x90",
                _answers(PREDICTIVE, 500): "0+1x90",
            },
            fires={"4m": [], "9m": [{"destination_service_name": QUANTUM}], "60m": []},
        ),
        Case(
            "seven in a thousand are silent",
            given={_answers(QUANTUM): "0+993x40", _answers(QUANTUM, 503): "0+7x40"},
            fires={"30m": []},
        ),
        Case(
            "what callers do wrong is no failure of the service",
            given={_answers(QUANTUM): "0+90x40", _answers(QUANTUM, 404): "0+10x40"},
            fires={"30m": []},
        ),
        Case("a service that never failed is silent", given={_answers(QUANTUM): "0+60x40"}, fires={"30m": []}),
        Case("without traffic it is silent", given={_answers(QUANTUM, 503): "7x40"}, fires={"30m": []}),
        Case("where the gateway is not scraped it is silent", given=[], fires={"30m": []}),
        Case(
            "a restart of the gateway is no failure",
            given={
                _answers(QUANTUM): "0+600x20 stale _x1 0+600x30",
                _answers(QUANTUM, 503): "50x20 stale _x4 1x27",
            },
            fires={"22m": [], "28m": [], "35m": []},
        ),
        Case(
            "two failures in five minutes prove nothing, though there are few requests",
            given={
                _answers(QUANTUM): "0+0.25x200",
                _answers(QUANTUM, 503): "0+0.1x200",
            },
            every="15s",
            fires={"14m": [], "18m": [], "24m": [], "30m": []},
        ),
        Case(
            "a service that nobody asks much, and that fails nearly always, fires",
            given={_answers(QUANTUM): "7x100", _answers(QUANTUM, 503): "0+0.2x100"},
            every="15s",
            fires={"20m": [{"destination_service_name": QUANTUM}]},
        ),
        Case(
            "what is none of the four services has promised nothing",
            given={_answers("console"): "0+90x40", _answers("console", 500): "0+10x40"},
            fires={"30m": []},
        ),
    ],
)
inference_slow = Alert(
    "InferenceSlow",
    expr=inference_latency > INFERENCE,
    for_="10m",
    severity="ticket",
    summary="One in a hundred answers of {operation} takes longer than {value}",
    description="{operation} has been slower than the 100 ms promised for 10 minutes: its 99th percentile is {value}.",
    check_first=[
        "Did traffic grow beyond what was predicted? Compare on the panel *Predicted and actual load*.",
        "Is it a new version of the model? The table *Models* says what is served since when.",
        "Is the quantum part slow? Compare optimizeSystem with the other operations.",
    ],
    tests=[
        Case(
            "a fiftieth beyond the promise fires, and resolves",
            given={
                _inferences("0.1"): "0+98x30 2940+100x40",
                _inferences("0.15"): "0+100x70",
                _inferences("+Inf"): "0+100x70",
            },
            fires={"9m": [], "14m": [{"operation": "optimizeSystem"}], "60m": []},
        ),
        Case(
            "all just within the promise is silent",
            given={_inferences("0.075"): "0+1x40", _inferences("0.1"): "0+100x40", _inferences("+Inf"): "0+100x40"},
            fires={"30m": []},
        ),
        Case(
            "one slow answer in two hundred is silent",
            given={_inferences("0.1"): "0+199x40", _inferences("2.5"): "0+200x40", _inferences("+Inf"): "0+200x40"},
            fires={"30m": []},
        ),
        Case(
            "an operation that nobody asks for is not slow",
            given={_inferences("0.1"): "0x40", _inferences("0.15"): "9x40", _inferences("+Inf"): "9x40"},
            fires={"30m": []},
        ),
        Case(
            "after a restart the wait goes on only while it is slow",
            given={
                _inferences("0.1"): "0+98x6 stale 0+100x30",
                _inferences("0.15"): "0+100x6 stale 0+100x30",
                _inferences("+Inf"): "0+100x6 stale 0+100x30",
            },
            fires={"8m": [], "14m": [], "25m": []},
        ),
    ],
)
traffic_off_share = Alert(
    "TrafficOffShare",
    expr=off_share > OFF_SHARE,
    for_="15m",
    severity="ticket",
    summary="The traffic of {destination_service_name} is {value} more, or less, than its share",
    description="Requests are spread 40/30/20/10 over the services, and their sizes with it. One that gets half as "
    "much again is too small for it, and one that gets less than half is being avoided.",
    check_first=[
        "Which services get more, and which less? The panel *Shares of the traffic* tells.",
        "Does one of them fail? Callers go elsewhere, and AIServiceFailing says why.",
        "Did a route of the mesh change? Compare its weights with the declared shares.",
        "Do callers simply ask otherwise than they did? Then declare the new shares.",
    ],
    tests=[
        Case(
            "a share of 33 instead of 20 fires after a quarter of an hour",
            given=_traffic(3500, 2500, 3300, 700),
            fires={"14m": [], "18m": [{"destination_service_name": ANALYZER}]},
        ),
        Case(
            "the smallest service is named when it gets nothing, though that is a tenth of the traffic",
            given=_traffic(4300, 3400, 2300),
            fires={"35m": [{"destination_service_name": AUTONOMOUS}]},
        ),
        Case("and when it gets much more than its tenth", given=_traffic(3700, 2800, 1800, 1700),
             fires={"35m": [{"destination_service_name": AUTONOMOUS}]}),
        Case("two fifths more, or a third less, are silent", given=_traffic(2700, 3600, 2300, 1400),
             fires={"35m": []}),
        Case("the declared shares are silent", given=_traffic(4000, 3000, 2000, 1000), fires={"35m": []}),
        Case(
            "a service that never got a request is named, too",
            given={**_traffic(4000), _answers(ANALYZER): "0+2000x40", _answers(AUTONOMOUS): "0+1000x40"},
            fires={"30m": [{"destination_service_name": QUANTUM}]},
        ),
        Case(
            "what is none of the four services has no part in the shares",
            given={**_traffic(4000, 3000, 2000, 1000), _answers("console"): "0+10000x40"},
            fires={"35m": []},
        ),
        Case("a few requests make no share", given=_traffic(50), fires={"35m": []}),
        Case("without traffic there are no shares", given=[], fires={"35m": []}),
        Case(
            "a restart of the gateway changes no share",
            given={_answers(name): f"0+{round(each.share * 1e4)}x20 stale _x1 0+{round(each.share * 1e4)}x30"
                   for name, each in SERVICES.items()},
            fires={"22m": [], "45m": []},
        ),
    ],
)  # fmt: skip

alerts = [service_failing, inference_slow, traffic_off_share]

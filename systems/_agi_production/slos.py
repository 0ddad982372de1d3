"""
What the platform promises to its users, and what telemetry to those who run it.

Most collections are skipped, and series vanish for half an hour: nothing can be counted from one scrape to the next.
So promises are kept or broken by shares over three hours, which bear that, weighed by the traffic of these hours. Such
a share moves slowly: tickets alone burn on it, and no page. What is sudden pages in families.py.
"""

from watchwright import percent, ratio, record
from watchwright.slo import BurnAlert, ErrorRatio, Slo, Tier

from .collection import CALM, answers, collections, failed_collections
from .families import family_error_ratio, family_inferences, family_late
from .metrics import USUAL, family, requests

TWICE = 2  # the usual share of errors may fail: a promise is to be kept on a usual day, with room for a bad one

request_rate = record(
    f"system:agi_requests:rate{CALM}",
    requests.rate(CALM).sum() | 0 * answers.max(),  # none where nothing was exported: no promise is absent then
)
request_error_ratio = record(
    f"system:agi_request_errors:ratio_rate{CALM}",
    ratio(requests.where(status="error"), requests, over=CALM),
)

# The windows of a default ticket; but the share looks back three hours by itself, so that short ones need not
slowly = [BurnAlert("ticket", [Tier(over, short="30m", spends=10 * percent) for over in ("1d", "3d")])]

user_requests = Slo(
    "requests",
    title="Requests of users succeed",
    objective=99,  # an assistant that fails one request in a hundred is asked again, and not left
    sli=ErrorRatio(request_error_ratio, traffic=request_rate),
    alerts=slowly,
    check_first=["Do inferences fail as well? If not, requests fail before a model sees them: look at the gateway."],
)
inference_success = Slo(
    "inferences",
    title="Inferences succeed",
    objective=99,
    by=[family],
    objectives={
        name: round(100 * (1 - TWICE * usual.errors / usual.inferences), 4) for name, usual in USUAL.items()
    },
    sli=ErrorRatio(family_error_ratio, traffic=family_inferences),
    alerts=slowly,
    check_first=["Since when? *Errors against what is usual* on *Model families* tells, and what was released then."],
)  # fmt: skip
inference_latency = Slo(
    "inferences-in-time",
    title="Inferences take no more than twice the usual time",
    objective=95,  # FamilySlow says when one in ten takes longer: half of that is promised
    by=[family],
    sli=ErrorRatio(family_late, traffic=family_inferences),
    alerts=slowly,
    check_first=["Is one family slow, or all? *Latency against what is usual* on *Model families* tells."],
)
telemetry = Slo(
    "telemetry",
    title="Telemetry is collected",
    objective=99,  # a collector that fails now and then leaves a gap that nobody sees on a panel over 3 hours
    sli=ErrorRatio(failed_collections, traffic=collections),
    alerts=slowly,
    check_first=["Which collector fails? See *Failures of collectors* on *Telemetry*."],
)

slos = [user_requests, inference_success, inference_latency, telemetry]

"""What CMR promises to those who use its memory, and how much of it may fail."""

from watchwright.slo import Latency, Ratio, Slo

from .metrics import captures, forward_duration, reconstruction_quality, request_duration, requests, retrievals

request_success = Slo(
    "request-success",
    title="Requests to the memory succeed",
    objective=99.5,  # one in a thousand fails, usually; a model answers without its memory, so five times that is borne
    sli=Ratio(bad=requests.where(result="error"), total=requests),
    check_first=["Which component has the errors? The board *Errors* tells."],
)
request_latency = Slo(
    "request-latency",
    title="Requests to the memory are quick",
    objective=99,  # one in two thousand is later, usually
    sli=Latency(request_duration, below="100ms"),  # above it CMR calls itself slow
    check_first=["Is it one step of a request? *Health* names the component that is slow."],
)
forward_latency = Slo(
    "forward-latency",
    title="The memory does not hold the model up",
    objective=99,  # one pass in four hundred is later, usually
    sli=Latency(forward_duration, below="75ms"),  # half as long again as the usual 50 ms: what users see as stutter
    check_first=["Did hooks take longer? The board *Layers* tells what each adds to a pass; the rest is the model's."],
)
capture_success = Slo(
    "capture-success",
    title="States are captured",
    objective=90,  # 95 %, usually; a state that is missed is captured in another pass
    sli=Ratio(bad=captures.where(result="failed"), total=captures),
    check_first=["Is it one layer? The board *Layers* tells, and whether its hooks conflict."],
)
cache_hits = Slo(
    "cache-hits",
    title="What is asked for is in the memory",
    objective=75,  # 80 %, usually; half-way to the 70 % below which it costs more than it brings
    sli=Ratio(bad=retrievals.where(result="miss"), total=retrievals),
    check_first=["Do states leave too early? Compare evictions with what is stored, on the board *Layers*."],
)
reconstruction = Slo(
    "reconstruction-quality",
    title="Reconstructions come close",
    objective=95,  # one in two hundred does not, usually; answers become wrong before they become late
    # a bucket ends at CMR's least efficiency, 0.7
    sli=Ratio(bad=reconstruction_quality.bucket.where(le="0.7"), total=reconstruction_quality.count),
    check_first=["Is it since a new version of the model? Then states of the old one are still in the buffer."],
)

slos = [request_success, request_latency, forward_latency, capture_success, cache_hits, reconstruction]

"""
How Jaeger reads a sampling file and what an SDK makes of the answer, written down a second time.

After internal/sampling/samplingstrategy/file/provider.go of jaeger 2.20 and the per-operation sampler of
opentelemetry-go-contrib. It knows the text of the file and nothing of Watchwright.
"""

import json

UNKNOWN = 0.001


def answer(text, service):
    """The answer to `GET /sampling?service=...`: `probability` or `rate`, and `operations` with their `rest`."""
    strategies = json.loads(text)
    others = _service(strategies.get("default_strategy", {}))
    by_name = {each["service"]: each for each in strategies.get("service_strategies", [])}  # the last one wins
    if service not in by_name:
        return others
    return _merged(_service(by_name[service]), others)


def kept(answered, operation):
    """What an SDK does with a trace of an operation: `("probability", p)` or `("rate", n)`."""
    if "operations" in answered:  # preferred, whatever else the answer holds
        return "probability", answered["operations"].get(operation, answered["rest"])
    return next((kind, answered[kind]) for kind in ("probability", "rate") if kind in answered)


def _service(written):
    read = _strategy(written)
    if written.get("operation_strategies"):
        operations = [(each["operation"], _strategy(each)) for each in written["operation_strategies"]]
        read["operations"] = {name: each["probability"] for name, each in operations if "probability" in each}
        read["rest"] = read.get("probability", UNKNOWN)
    return read


def _strategy(written):
    number = written.get("param", 0)
    match written.get("type"):
        case "probabilistic":
            return {"probability": number}
        case "ratelimiting":
            return {"rate": int(number)}
    return {"probability": UNKNOWN}


def _merged(own, others):
    if "operations" not in others:
        return own
    if "operations" not in own:
        return {**own, "operations": others["operations"], "rest": own.get("probability", others["rest"])}
    return {**own, "operations": {**others["operations"], **own["operations"]}}

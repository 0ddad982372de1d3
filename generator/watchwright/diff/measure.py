"""What definitions cost on a Prometheus that runs: its answers to the rules' own expressions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from watchwright.diff.cost import Asked, Cost
from watchwright.finding import Failed, Finding, reports
from watchwright.model.label import one_of
from watchwright.query.printer import quote

_TIMEOUT = 60.0
_AT_ONCE = 50  # names in one query
_MINUTE = 60_000


@reports("diff/prometheus")
def unanswered(url: str, problem: str) -> Finding:
    """
    The Prometheus that costs were to be measured on does not answer, or says something else than expected.

    Give the address of its API, such as `http://localhost:9090`; it is asked for the series and samples of each rule,
    and nothing is changed there. Without it costs are estimated from what the definitions declare.
    """
    return Finding(f"`{url}` does not tell what rules cost: {problem}")


def measured(url: str, systems: Mapping[str, Asked], at: float | None = None) -> dict[str, Cost]:
    """The cost of each system on the server at an address, now or *at* a time in seconds; raises `Failed`."""
    if not re.match(r"https?://", url):
        raise Failed(unanswered(url, "the address of a server begins with http:// or https://"))
    when = {} if at is None else {"time": f"{at:.3f}"}
    return {name: _cost(url, asked, when) for name, asked in systems.items()}


def _cost(url: str, asked: Asked, when: Mapping[str, str]) -> Cost:
    recorded = samples = 0
    for record, expr, interval in asked["rules"]:
        data = _ask(url, query=expr, stats="all", **when)
        samples += data["stats"]["samples"]["totalQueryableSamples"] * _MINUTE // interval
        recorded += len(data["result"]) if record else 0
    return Cost(
        rules=len(asked["rules"]),
        groups=asked["groups"],
        exposed=sum(_counts(url, asked["exposed"], when)),
        recorded=recorded,
        samples=samples,
    )


def _counts(url: str, names: list[str], when: Mapping[str, str]) -> Iterator[int]:
    for first in range(0, len(names), _AT_ONCE):
        some = quote(one_of(names[first : first + _AT_ONCE]))
        for series in _ask(url, query=f"count({{__name__=~{some}}})", **when)["result"]:
            yield int(series["value"][1])


def _ask(url: str, **form: str) -> Any:
    try:
        request = Request(f"{url.rstrip('/')}/api/v1/query", urlencode(form).encode())  # noqa: S310 - its scheme is known
        with urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310 - as above
            return json.load(answer)["data"]
    except (URLError, HTTPException, TimeoutError, ConnectionError, ValueError, KeyError, TypeError) as error:
        raise Failed(unanswered(url, str(error))) from None

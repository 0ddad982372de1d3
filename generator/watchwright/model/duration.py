"""Durations as Prometheus writes them: `"90s"`, `"1h30m"`, `"7d"`."""

from __future__ import annotations

import re
from functools import lru_cache

from watchwright.model.error import DefinitionError
from watchwright.query.tree import Duration, Variable

# https://prometheus.io/docs/prometheus/latest/querying/basics/#time-durations: each unit once, largest first
_FORM = re.compile(r"(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?")
_DAY = 86_400_000
_LONGEST = 2**63 // 1_000_000  # Go counts nanoseconds in 64 bits
_UNITS = (365 * _DAY, 7 * _DAY, _DAY, 3_600_000, 60_000, 1_000, 1)
_VARIABLE = re.compile(r"\$(__rate_interval|__interval|__range|[A-Za-z_]\w*)")
_HINT = 'write it as Prometheus does: "30s", "5m", "1h30m", "7d"'


def milliseconds(text: str, what: str, *, zero: bool = False) -> int:
    """
    The length of a duration in milliseconds.

    *what* names the field in the message. Raises `DefinitionError` for anything Prometheus would not
    read, for a negative duration, and for zero unless *zero* allows it.
    """
    if not isinstance(text, str):
        msg = f"{what} must be a duration, got {text!r}"
        raise DefinitionError(msg, _HINT)
    if zero and text == "0":
        return 0
    length = _length(text)
    if length is None:
        msg = f"{what} must be a duration, got `{text}`"
        raise DefinitionError(msg, "a duration is never negative" if text.startswith("-") else _HINT)
    if length > _LONGEST:
        msg = f"{what} is longer than Prometheus can count, got `{text}`"
        raise DefinitionError(msg)
    if length == 0 and not zero:
        msg = f"{what} must be longer than nothing, got `{text}`"
        raise DefinitionError(msg, _HINT)
    return length


@lru_cache(maxsize=1024)  # a definition has a handful of them, and asks for each thousands of times
def _length(text: str) -> int | None:
    found = _FORM.fullmatch(text)
    if not text or found is None:
        return None
    return sum(int(number) * unit for number, unit in zip(found.groups(), _UNITS, strict=True) if number)


def query_duration(text: str, what: str) -> Duration:
    """A duration in an expression; panels may also use Grafana's variables, such as `$__rate_interval`."""
    variable = _VARIABLE.fullmatch(text) if isinstance(text, str) else None
    return Variable(variable[0]) if variable else milliseconds(text, what)


def optional(text: str | None, what: str, *, zero: bool = True) -> str | None:
    """The same text, once it is known to be a duration, or None."""
    if text is not None:
        milliseconds(text, what, zero=zero)
    return text

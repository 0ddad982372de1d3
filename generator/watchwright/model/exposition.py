"""Reads the families of an exposition: what a target answers on `/metrics`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import attrs

from watchwright.model.error import DefinitionError

_TYPES = ("counter", "gauge", "histogram", "summary", "untyped", "unknown", "info", "stateset")
_COMMENT = re.compile(r"# (HELP|TYPE) (\S+) ?(.*)")
_NUMBER = r"[+-]?(?:[0-9.]+(?:[eE][+-]?[0-9]+)?|Inf|NaN)"
_SAMPLE = re.compile(rf"([a-zA-Z_:][a-zA-Z0-9_:]*)(\{{.*\}})?\s+{_NUMBER}(?:\s+[0-9-.]+)?(?: #.*)?")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')
_BOUND = {"histogram": "le", "summary": "quantile"}


@attrs.define
class Family:
    """A metric as exposed: its label names in order, and the bounds of its buckets or its quantiles."""

    name: str
    help: str = ""
    type: str = "untyped"
    labels: dict[str, None] = attrs.field(factory=dict)
    bounds: dict[Decimal, None] = attrs.field(factory=dict)


def parse(text: str) -> Iterator[Family]:
    """Every family of *text*, in its order. Raises `DefinitionError` with the line that is no exposition."""
    families: dict[str, Family] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            _comment(line, families)
        elif sample := _SAMPLE.fullmatch(line):
            _sample(sample[1], sample[2] or "", families)
        else:
            msg = f"line {number} is no exposition: {line!r}"
            raise DefinitionError(msg)
    yield from families.values()


def _comment(line: str, families: dict[str, Family]) -> None:
    found = _COMMENT.match(line)
    if found is None:
        return
    family = families.setdefault(found[2], Family(found[2]))
    if found[1] == "HELP":
        family.help = found[3].replace("\\n", "\n").replace("\\\\", "\\")
    elif found[3] in _TYPES:
        family.type = found[3]


def _sample(name: str, labels: str, families: dict[str, Family]) -> None:
    family = _family(name, families)
    bound = _BOUND.get(family.type)
    for label, value in _LABEL.findall(labels):
        if label != bound:
            family.labels[label] = None
        elif value != "+Inf":
            family.bounds[Decimal(value)] = None


def _family(name: str, families: dict[str, Family]) -> Family:
    for suffix in ("_bucket", "_sum", "_count"):
        owner = families.get(name.removesuffix(suffix))
        if name.endswith(suffix) and owner is not None and owner.type in _BOUND:
            return owner
    return families.setdefault(name, Family(name))

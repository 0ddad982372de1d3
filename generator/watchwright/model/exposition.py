"""Reads the families of an exposition: what a target answers on `/metrics`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from decimal import Decimal

import attrs

from watchwright.model.error import DefinitionError

_TYPES = ("counter", "gauge", "histogram", "summary", "untyped", "unknown", "info", "stateset")
_COMMENT = re.compile(r"# (HELP|TYPE) (\S+) ?(.*)")
# as Go's ParseFloat reads it, but for hexadecimal digits
_NUMBER = r"[+-]?(?:[0-9.]+(?:[eE][+-]?[0-9]+)?|(?i:inf|infinity|nan))"
_QUOTED = r'"(?:[^"\\]|\\.)*+"'
# since Prometheus 3.0 a name may be any text, in quotes within the braces
_SAMPLE = re.compile(
    rf"[ \t]*(?:([a-zA-Z_:][a-zA-Z0-9_:]*)[ \t]*)?(\{{.*\}})?\s*(?<=[\s}}]){_NUMBER}(?:\s+[0-9-.]+)?\s*(?:#.*)?"
)
_NAME = re.compile(rf"\{{\s*({_QUOTED})\s*[,}}]")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*|"(?:[^"\\]|\\.)*+")\s*=\s*"((?:[^"\\]|\\.)*+)"')
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
    # a line ends with its \n alone: labels and help may hold whatever else Python takes for an end
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            _comment(line.strip(), families)
        elif not _is_sample(line.rstrip("\r"), families):
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


def _is_sample(line: str, families: dict[str, Family]) -> bool:
    """Whether it is a sample; its family then has its labels, and its bound."""
    found = _SAMPLE.fullmatch(line)
    if found is None:
        return False
    labels = found[2] or ""
    quoted = None if found[1] else _NAME.match(labels)
    name = found[1] or (quoted[1][1:-1] if quoted else "")
    family = _family(name, families) if name else None
    return family is not None and all(_is_label(label, value, family) for label, value in _LABEL.findall(labels))


def _is_label(label: str, value: str, family: Family) -> bool:
    if label != _BOUND.get(family.type):
        family.labels[label.strip('"')] = None
        return True
    if not re.fullmatch(_NUMBER, value):
        return False
    bound = float(value)
    if math.isfinite(bound):
        # as it was written: 0.1 is not what a float of it is
        family.bounds[Decimal(value)] = None
    return not math.isnan(bound)


def _family(name: str, families: dict[str, Family]) -> Family:
    for suffix in ("_bucket", "_sum", "_count"):
        owner = families.get(name.removesuffix(suffix))
        if name.endswith(suffix) and owner is not None and owner.type in _BOUND:
            return owner
    return families.setdefault(name, Family(name))

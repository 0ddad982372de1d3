"""
The fixed words and signs of PromQL that the printer and the parser share.

Source of all tables: `promql/parser/lex.go` and `generated_parser.y` of Prometheus 3.14, its
CHANGELOG.md for the versions, and promtool 2.42 for what is older.
"""

from __future__ import annotations

import re
from typing import Literal

import attrs

from watchwright.query.tree import COMPARISONS
from watchwright.query.version import Version

#: The higher binds the tighter.
PRECEDENCE = {
    "or": 1,
    "and": 2,
    "unless": 2,
    **dict.fromkeys(COMPARISONS, 3),
    "</": 3,
    ">/": 3,
    "+": 4,
    "-": 4,
    "*": 5,
    "/": 5,
    "%": 5,
    "atan2": 5,
    "^": 6,
}
#: A sign binds as `*` does: `-a ^ b` is `-(a ^ b)`, and `-a * b` is `(-a) * b`.
UNARY_PRECEDENCE = 5
#: `^` alone groups from the right.
RIGHT_ASSOCIATIVE = frozenset({"^"})

#: Operators that trim native histograms.
TRIMS = frozenset({"</", ">/"})
TRIMS_SINCE: Version = (3, 11)


@attrs.frozen(order=False, slots=True)
class Aggregator:
    """An aggregation operator, and the kind of its first argument if it takes two."""

    parameter: Literal["", "scalar", "string"] = ""
    since: Version | None = None
    experimental: bool = False


AGGREGATORS = {
    **dict.fromkeys(("avg", "count", "group", "max", "min", "stddev", "stdvar", "sum"), Aggregator()),
    **dict.fromkeys(("topk", "bottomk", "quantile"), Aggregator("scalar")),
    "count_values": Aggregator("string"),
    "limitk": Aggregator("scalar", (2, 54), experimental=True),
    "limit_ratio": Aggregator("scalar", (2, 54), experimental=True),
}

#: Words of the language, in any case of letters, and the version that made them so. Where they
#: stand for a metric or a label they are names all the same, but for the two sets below.
KEYWORDS: dict[str, Version] = {
    **dict.fromkeys(("and", "or", "unless", "atan2"), (2, 0)),
    **{name: of.since or (2, 0) for name, of in AGGREGATORS.items()},
    **dict.fromkeys(("offset", "by", "without", "on", "ignoring", "group_left", "group_right", "bool"), (2, 0)),
    **dict.fromkeys(("start", "end"), (2, 25)),
    "step": (3, 6),
    "range": (3, 12),
    "anchored": (3, 7),
    "smoothed": (3, 7),
    "max_of": (3, 13),
    "min_of": (3, 13),
    "inf": (2, 0),
    "nan": (2, 0),
}
#: Keywords that the grammar does not take for a metric's name.
NOT_METRICS = frozenset({"bool", "on", "ignoring", "group_left", "group_right", "atan2", "inf", "nan"})
#: Keywords that the grammar does not take for a label's name in a grouping.
NOT_LABELS = frozenset({"without", "inf", "nan"})

#: The kinds of token that may be names.
NAME_KINDS = frozenset({"name", "metric", "fill", "fill_left", "fill_right", *KEYWORDS})

#: Since then any UTF-8 text is a name, where it stands in quotes.
QUOTED_NAMES_SINCE: Version = (3, 0)

METRIC_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")

#: The flags of the server behind which parts of the language hide.
FUNCTIONS_FLAG = "promql-experimental-functions"
DURATIONS_FLAG = "promql-duration-expr"
RANGES_FLAG = "promql-extended-range-selectors"
FILL_FLAG = "promql-binop-fill-modifiers"
FLAGS = (FUNCTIONS_FLAG, DURATIONS_FLAG, RANGES_FLAG, FILL_FLAG)

#: Milliseconds, largest unit first: https://github.com/prometheus/common/blob/main/model/time.go
DURATION_UNITS = (
    ("y", 365 * 86_400_000),
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
)

"""What random expressions are made of: texts, patterns, numbers, moments, functions; the awkward ones rarely."""

from __future__ import annotations

from decimal import Decimal

from simulated import EPOCH

from watchwright.query.functions import FUNCTIONS, Function

VERSIONS = ((2, 42), (3, 14))
MINUTE = 60_000
WINDOWS = [30_000, *[MINUTE * minutes for minutes in (1, 2, 5, 5, 5, 10, 10, 20, 60)]]
SHIFTS = [
    MINUTE,
    MINUTE,
    5 * MINUTE,
    5 * MINUTE,
    17 * MINUTE,
    -MINUTE,
    -10 * MINUTE,
    20 * MINUTE,
    180 * MINUTE,
]
MOMENTS = [Decimal(EPOCH + second) for second in (600, 600, 3_000, 3_000, 3_601, 4_230, 4_230, 7_200, -100, 9_000)]
NUMBERS = [
    "0", "0", "0", "1", "1", "-1", "0.5", "0.1", "0.9", "2", "2.5", "3", "5", "9", "10", "60", "-40", "100", "1e9",
    "0.999", "1.001", "-0.001", "1000000", "1700000000",
]  # fmt: skip
RARE_NUMBERS = ["NaN", "Infinity", "-Infinity", "1e300", "1e-300", "-5"]
SHARES = ["0", "0.5", "0.5", "0.9", "0.99", "1"]
RARE_SHARES = ["-1", "1.5", "95", "NaN", "Infinity"]
POOL = [
    "job",
    "instance",
    "code",
    "method",
    "queue",
    "path",
    "le",
    "kind",
    "zone",
    "version",
    "branch",
    "new",
    "__name__",
]
TEXTS = ["", "shop", "i0", "200", "503", "main", "typo", "é", "a b", "$1", "-"]
PATTERNS = [
    ".*", ".+", "i.", "i[01]", "i0|i1", "5..", "[^x]+", "4.*|5.*", "200|404|500|503", "typo|nothing", "|hi", "x{,2}", "[^x]",
    "(?i)GET", "(GET|POST)", "\\d+", "\\w*", "a\\.b|aa", "a.b", ".", "[[:alpha:]]+", "[^[:digit:]]*", "z(0|1)", "\\.\\*",
    "two.lines", "(?s)two.lines", "main|dev", "s.*\"", "\\$cash", "a+?", "(?:i0)?", "[a-z\\\\]*", "", "\\pL+", "(?:2..|4..)",
]  # fmt: skip
REPLACEMENTS = ["", "x", "$1", "${1}", "$1-$1", "$0", "fixed", "$$1", "200", "i0", "$2"]
GROUPS = [
    "(.*)",
    "(.+)",
    ".*",
    "i(.)",
    "(.).*",
    "(2..)|(4..)",
    "typo",
    "",
    "(.*)_total",
    "two(.)lines",
    "(i0|i1)",
    "([a-z]+)",
]
NO_PATTERNS = ["(", "a**", "[z-a]", "x{1001}", "\\8", "(?<x", "a)", "\\"]
OF_WINDOWS = [
    each for each in FUNCTIONS.values() if each.arguments[-1:] == ("matrix",) or each.arguments[:1] == ("matrix",)
]
KEEPING = ["min", "max", "avg", "sum", "sum", "sum", "count", "group", "stddev", "stdvar"]


def usable(function: Function) -> bool:
    """Whether both servers take the function, without a flag."""
    return all(function.exists_in(version) and not function.needs_flag_in(version) for version in VERSIONS)


RANGED = [each for each in OF_WINDOWS if usable(each)]
PLAIN = [
    each
    for each in FUNCTIONS.values()
    if usable(each) and each.arguments[:1] == ("vector",) and each.result == "vector"
]
CALENDAR = ["hour", "minute", "month", "year", "day_of_week", "day_of_month", "day_of_year", "days_in_month"]

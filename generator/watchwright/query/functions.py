"""
Every function of PromQL: what it takes, what it returns, since when, and in which unit.

Sources: `promql/parser/functions.go` of Prometheus 3.14 for arguments and results, its CHANGELOG.md
for versions, https://prometheus.io/docs/prometheus/latest/querying/functions/ for meaning.
"""

from __future__ import annotations

from typing import Literal

import attrs

from watchwright.query.version import Version

#: What an expression evaluates to, as Prometheus has it: an instant vector is a `vector`, a range vector a `matrix`.
Kind = Literal["scalar", "vector", "matrix", "string"]

#: How Prometheus' own messages and documentation call the kinds.
KIND_WORDS: dict[Kind, str] = {
    "scalar": "a scalar",
    "vector": "an instant vector",
    "matrix": "a range vector",
    "string": "a string",
}

#: The unit of a function's result, from that of its first vector or scalar argument:
#: `same`; `per_second`; `squared`; `root`; `dimensionless`; `count`; `seconds`; `samples`, that of
#: the samples of a native histogram; `observed`, that of what a histogram observed; `observed_squared`;
#: `observed_sum`, observations added up; `unknown`.
UnitRule = Literal[
    "same", "per_second", "squared", "root", "dimensionless", "count", "seconds", "samples", "observed",
    "observed_squared", "observed_sum", "unknown",
]  # fmt: skip


@attrs.frozen(order=False, slots=True)
class Function:
    """
    A function's signature.

    Arguments after the `least` first ones may be left out. `most` is None where the last one may
    be repeated at will. `until` is the first version without it. An experimental function needs a
    flag on the server, until the version in `stable`. `limits` is the unit that scalar arguments are read in.
    """

    name: str
    arguments: tuple[Kind, ...]
    result: Kind
    unit: UnitRule
    least: int
    most: int | None
    since: Version | None = None
    until: Version | None = None
    experimental: bool = False
    stable: Version | None = None
    limits: Literal["", "same", "seconds", "observed"] = ""

    def exists_in(self, version: Version) -> bool:
        """Whether that version knows the function at all."""
        return (self.since is None or version >= self.since) and (self.until is None or version < self.until)

    def needs_flag_in(self, version: Version) -> bool:
        """Whether a server of that version runs it only with `promql-experimental-functions`."""
        return self.experimental and (self.stable is None or version < self.stable)


_KINDS: dict[str, Kind] = {"n": "scalar", "v": "vector", "r": "matrix", "s": "string"}


def _rows(signature: str, unit: UnitRule, names: str, **facts: object) -> dict[str, Function]:
    """Several functions alike; a signature is `arguments>result`, `?` marks optional ones, `*` a repeated one."""
    taken, result = signature.split(">")
    arguments = tuple(_KINDS[letter] for letter in taken if letter in _KINDS)
    least = sum(letter in _KINDS for letter in taken.partition("?")[0])
    known = {"least": least, "most": None if "*" in taken else len(arguments), **facts}
    return {
        name: Function(name, arguments, _KINDS[result], unit, **known)  # type: ignore[arg-type]  # a table's cells
        for name in names.split()
    }


FUNCTIONS: dict[str, Function] = {
    **_rows("v>v", "same", "abs ceil floor sort sort_desc"),
    **_rows("v>v", "dimensionless", "absent sgn exp ln log10 log2"),
    **_rows("v>v", "dimensionless", "sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh deg rad"),
    **_rows("v>v", "root", "sqrt"),
    **_rows("v>v", "seconds", "timestamp"),
    **_rows("v>v", "seconds", "start_timestamp", since=(3, 14), experimental=True),
    **_rows("v>n", "same", "scalar"),
    **_rows("n>v", "same", "vector"),
    **_rows("vnn>v", "same", "clamp", limits="same"),
    **_rows("vn>v", "same", "clamp_min clamp_max", limits="same"),
    **_rows("v?n>v", "same", "round", limits="same"),
    **_rows(">n", "dimensionless", "pi"),
    **_rows(">n", "seconds", "time"),
    **_rows(">n", "seconds", "start end step range", since=(3, 12), experimental=True),
    **_rows("nn>n", "same", "max_of min_of", since=(3, 13), experimental=True, limits="same"),
    **_rows("?v>v", "dimensionless", "days_in_month day_of_month day_of_week hour minute month year"),
    **_rows("?v>v", "dimensionless", "day_of_year", since=(2, 38)),
    **_rows("r>v", "per_second", "rate irate deriv"),
    **_rows("r>v", "same", "increase delta idelta"),
    **_rows("r>v", "same", "avg_over_time max_over_time min_over_time sum_over_time last_over_time stddev_over_time"),
    **_rows("r>v", "squared", "stdvar_over_time"),
    **_rows("r>v", "count", "changes resets count_over_time"),
    **_rows("r>v", "dimensionless", "absent_over_time present_over_time"),
    **_rows("nr>v", "same", "quantile_over_time"),
    **_rows("rn>v", "same", "predict_linear", limits="seconds"),
    **_rows("rnn>v", "same", "holt_winters", until=(3, 0)),
    **_rows("rnn>v", "same", "double_exponential_smoothing", since=(3, 0), experimental=True),
    **_rows("r>v", "same", "mad_over_time", since=(2, 49), experimental=True),
    **_rows("r>v", "same", "first_over_time", since=(3, 7), experimental=True, stable=(3, 14)),
    **_rows(
        "r>v",
        "seconds",
        "ts_of_max_over_time ts_of_min_over_time ts_of_last_over_time",
        since=(3, 5),
        experimental=True,
    ),
    **_rows("r>v", "seconds", "ts_of_first_over_time", since=(3, 7), experimental=True),
    **_rows("vssss>v", "same", "label_replace"),
    **_rows("vss?s*>v", "same", "label_join"),
    **_rows("v?s*>v", "same", "sort_by_label sort_by_label_desc", since=(2, 49), experimental=True),
    **_rows("v?v>v", "same", "info", since=(2, 55), experimental=True),
    **_rows("v>v", "samples", "histogram_count", since=(2, 40)),
    **_rows("v>v", "observed_sum", "histogram_sum", since=(2, 40)),
    **_rows("v>v", "observed", "histogram_avg", since=(2, 51)),
    **_rows("v>v", "observed", "histogram_stddev", since=(2, 47)),
    **_rows("v>v", "observed_squared", "histogram_stdvar", since=(2, 47)),
    **_rows("nnv>v", "dimensionless", "histogram_fraction", since=(2, 40), limits="observed"),
    **_rows("nv>v", "observed", "histogram_quantile"),
    # up to ten quantiles, of which only the first is in functions.go's list of arguments
    **_rows("vsn?n*>v", "observed", "histogram_quantiles", since=(3, 11), experimental=True, most=12),
}

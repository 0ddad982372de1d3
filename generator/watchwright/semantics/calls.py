"""What each function makes of the types of its arguments."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from watchwright.query.functions import FUNCTIONS
from watchwright.query.tree import Aggregation, Call, Matcher, Node, Number, Selector, Shifted, String, Window, walk
from watchwright.semantics import numbers as n
from watchwright.semantics.labels import NAME, NO_LABELS, Labels
from watchwright.semantics.numbers import ANYTHING, ANYTHING_OR_NAN, NOT_NEGATIVE, ONE, Numbers, between
from watchwright.semantics.types import Empty, Type
from watchwright.semantics.values import ABSENT, ANY, Values, only, takes
from watchwright.semantics.world import Samples

Rule = Callable[[Call, Sequence[Type]], Type]


def call(node: Call, given: Sequence[Type]) -> Type:
    """The type of a call, given those of its arguments."""
    rule = _RULES.get(node.function)
    if rule is not None:
        return rule(node, given)
    function = FUNCTIONS.get(node.function)
    return Type(function.result if function else "vector", numbers=ANYTHING_OR_NAN)


def _vector(
    of: Type, numbers: Numbers, samples: Samples | None = None, *, named: bool = False, buckets: bool = False
) -> Type:
    """A vector with the labels of another, and its emptiness."""
    labels = of.labels if named else of.labels.nameless()
    kept = of.buckets if buckets else ()
    return Type("vector", of.samples if samples is None else samples, labels, numbers, of.empty, kept)


def _derived(of: Type) -> Samples:
    return of.samples if of.samples in ("unknown", "histogram") else "gauge"


# Growth ---------------------------------------------------------------------------------------------------


def _grown(_node: Call, given: Sequence[Type]) -> Type:
    (of,) = given
    numbers = Numbers(low=0.0 if of.numbers.low >= 0 else -math.inf, nan=of.numbers.nan)
    samples: Samples = "rate" if of.samples in ("counter", "merged", "bucket") else _unrated(of)
    return _vector(of, numbers, samples, buckets=True)


def _unrated(of: Type) -> Samples:
    return of.samples if of.samples in ("histogram", "unknown") else "gauge"


def _moved(_node: Call, given: Sequence[Type]) -> Type:
    # a range of one, in which `predict_linear` looks far ahead, is multiplied by what may be infinite
    nan = any(each.numbers.nan for each in given) or any(not _is_finite(each.numbers) for each in given[1:])
    return _vector(given[0], Numbers(nan=nan), _derived(given[0]))


def _is_finite(numbers: Numbers) -> bool:
    return not math.isinf(numbers.low) and not math.isinf(numbers.high)


# Over time -------------------------------------------------------------------------------------------------


def _of_window(numbers: Callable[[Numbers], Numbers], samples: Samples | None = None, *, named: bool = False) -> Rule:
    def rule(_node: Call, given: Sequence[Type]) -> Type:
        return _vector(given[0], numbers(given[0].numbers), samples, named=named, buckets=samples is None)

    return rule


def _summed_over_time(_node: Call, given: Sequence[Type]) -> Type:
    return _vector(given[0], n.summed(given[0].numbers), "histogram" if given[0].samples == "histogram" else "gauge")


def _quantile_over_time(node: Call, given: Sequence[Type]) -> Type:
    inside = is_share(node.arguments[0])
    return _vector(given[1], n.averaged(given[1].numbers) if inside else ANYTHING_OR_NAN, _derived(given[1]))


def is_share(quantile: Node) -> bool:
    """Whether a quantile is asked for that lies within the samples."""
    return isinstance(quantile, Number) and quantile.value.is_finite() and 0 <= quantile.value <= 1


# Absence -----------------------------------------------------------------------------------------------------


def _absent(node: Call, given: Sequence[Type]) -> Type:
    empty: Empty = {"always": "never", "never": "always"}.get(given[0].empty, "maybe")  # type: ignore[assignment]
    return Type("vector", "truth", absent_labels(node.arguments[0]), ONE, empty)


def absent_labels(of: Node) -> Labels:
    """The labels that `absent` can tell: those that a selector settles by exactly one `=`."""
    pinned = isinstance(of, Shifted) and of.at is not None
    of = of.expr if isinstance(of, Shifted) else of
    of = of.vector if isinstance(of, Window) else of
    if not isinstance(of, Selector):
        return NO_LABELS
    by_label: dict[str, list[Matcher]] = {}
    for matcher in of.matchers:
        if matcher.label != NAME:
            by_label.setdefault(matcher.label, []).append(matcher)
    labels = {label: _settled(matchers) for label, matchers in by_label.items()}
    # whether the selector of an expression with `@` is still seen as one depends on the version
    return Labels({label: values | ABSENT if pinned else values for label, values in labels.items()})


def _settled(matchers: Sequence[Matcher]) -> Values:
    """What `absent` knows of a label from all the matchers on it: one `=` settles it, and two of them do not."""
    equal = [each.value for each in matchers if each.op == "="]
    if len(equal) != 1:
        return ABSENT
    value = ANY if "$" in equal[0] else only(equal[0])
    # a matcher that comes after the `=` takes the label away (`createLabelsForAbsentFunction` in promql/functions.go);
    # which one comes after is not said by the text, for the storage may sort them meanwhile
    return value if len(matchers) == 1 else value | ABSENT


# Labels ------------------------------------------------------------------------------------------------------


def _label_replace(node: Call, given: Sequence[Type]) -> Type:
    of = given[0]
    texts = [each.value if isinstance(each, String) else None for each in node.arguments[1:]]
    to, replacement, source, pattern = texts
    if to is None or replacement is None or source is None or pattern is None:
        return _relabelled(of, Labels({}, ANY))
    before = of.labels.of(to)
    after = _replaced(replacement, of.labels.of(source), pattern)
    return _relabelled(of, of.labels.put(to, _either(before, after, of.labels.of(source), pattern)))


def _replaced(replacement: str, source: Values, pattern: str) -> Values:
    """What the label gets where the pattern matches."""
    if "$" not in replacement.replace("$$", ""):
        return only(replacement.replace("$$", "$"))
    copied = replacement in ("$1", "${1}") and pattern in ("(.*)", "(.+)")
    return source if copied and "\n" not in source.listed else ANY


def _either(before: Values, after: Values, source: Values, pattern: str) -> Values:
    """A label that is not matched stays as it was."""
    matcher = Matcher("", "=~", pattern)
    if not source.but:
        verdicts = {takes(matcher, text) for text in source.listed}
        if verdicts <= {True}:
            return after
        if verdicts <= {False}:
            return before
    # only since Prometheus 3.0 does `.` take the end of a line
    every = pattern in (".*", "(.*)") and not source.but and not any("\n" in text for text in source.listed)
    return after if every else before | after


def _label_join(node: Call, given: Sequence[Type]) -> Type:
    to = node.arguments[1]
    return _relabelled(given[0], given[0].labels.put(to.value, ANY) if isinstance(to, String) else Labels({}, ANY))


def _relabelled(of: Type, labels: Labels) -> Type:
    buckets = of.buckets if labels.of("le") == of.labels.of("le") else ()  # a bound by another name is another bound
    return Type("vector", of.samples, labels, of.numbers, of.empty, buckets, of.narrowed)


def _with_info(_node: Call, given: Sequence[Type]) -> Type:
    of = given[0]
    return Type(
        "vector",
        of.samples,
        Labels({name: values | ANY if "" in values else values for name, values in of.labels.known.items()}, ANY),
        of.numbers,
        _not_never(of.empty),
    )


def _not_never(empty: Empty) -> Empty:
    return "maybe" if empty == "never" else empty


# Histograms --------------------------------------------------------------------------------------------------


def _histogram_quantile(node: Call, given: Sequence[Type]) -> Type:
    of = given[-1]
    quantile = node.arguments[0]
    labels = of.labels.without(["le"])
    empty = "always" if lacks_le(of) else _not_never(of.empty)
    if not of.buckets or not is_share(quantile):
        return Type("vector", "quantile", labels, ANYTHING_OR_NAN, empty)
    low, high = float(of.buckets[0]), float(of.buckets[-1])
    return Type("vector", "quantile", labels, between(min(low, 0.0), high, nan=True), empty)


def lacks_le(of: Type) -> bool:
    """Whether a vector holds buckets whose bounds are gone."""
    return of.samples not in ("histogram", "unknown") and of.labels.lacks("le")


def _histogram_fraction(node: Call, given: Sequence[Type]) -> Type:
    """Of classic histograms, too, since Prometheus 3.4 (#16095); before, nothing comes of them."""
    of = given[-1]
    empty = "always" if lacks_le(of) else _not_never(of.empty)
    # unlike for quantiles Prometheus mends no counts that are not cumulative
    share = of.samples == "histogram" or (of.buckets and of.numbers.low >= 0 and _is_cumulative(node.arguments[-1]))
    numbers = Numbers(0.0, 1.0, nan=True) if share else ANYTHING_OR_NAN
    return Type("vector", "ratio", of.labels.without(["le"]), numbers, empty)


def _is_cumulative(buckets: Node) -> bool:
    """Whether the buckets of a histogram are only selected, rated and added up."""
    return all(
        isinstance(each, Selector | Window | Shifted)
        or (isinstance(each, Call) and each.function in ("rate", "irate", "increase"))
        or (isinstance(each, Aggregation) and each.op == "sum")
        for each in walk(buckets)
    )


def _of_native(numbers: Numbers, samples: Samples) -> Rule:
    def rule(_node: Call, given: Sequence[Type]) -> Type:
        of = given[-1]
        # only native histograms are taken, and plain numbers fall out
        empty: Empty = "always" if of.samples not in ("histogram", "unknown") else _not_never(of.empty)
        return Type("vector", samples, of.labels.nameless(), numbers, empty)

    return rule


# Numbers -----------------------------------------------------------------------------------------------------


def _of_numbers(numbers: Callable[[Numbers], Numbers], samples: Samples | None = None) -> Rule:
    def rule(_node: Call, given: Sequence[Type]) -> Type:
        of = given[0]
        named = _vector(of, numbers(of.numbers), samples)
        return Type(
            of.kind, named.samples, named.labels, named.numbers, of.empty, of.buckets if samples is None else ()
        )

    return rule


def _clamp(node: Call, given: Sequence[Type]) -> Type:
    of, *limits = given
    least = limits[0].numbers if node.function != "clamp_max" else Numbers(-math.inf, -math.inf)
    most = limits[-1].numbers if node.function != "clamp_min" else Numbers(math.inf, math.inf)
    low = max(min(of.numbers.low, most.low), least.low)
    high = max(min(of.numbers.high, most.high), least.high)
    if low > high or any(each.numbers.nan for each in limits):
        return _vector(of, ANYTHING_OR_NAN, _derived(of))
    empty: Empty = _not_never(of.empty) if node.function == "clamp" else of.empty
    clamped = _vector(of, between(low, high, nan=of.numbers.nan), _derived(of))
    return Type("vector", clamped.samples, clamped.labels, clamped.numbers, empty)


def _sorted(_node: Call, given: Sequence[Type]) -> Type:
    of = given[0]
    return Type("vector", of.samples, of.labels, of.numbers, of.empty, of.buckets, of.narrowed)


def _scalar(_node: Call, given: Sequence[Type]) -> Type:
    numbers = given[0].numbers
    # NaN, too, where there is not exactly one series
    return Type(
        "scalar", given[0].samples, NO_LABELS, Numbers(numbers.low, numbers.high, numbers.zero, nan=True), "never"
    )


def _to_vector(_node: Call, given: Sequence[Type]) -> Type:
    return Type("vector", given[0].samples, NO_LABELS, given[0].numbers, "never")


def _lone(kind: str, numbers: Numbers, samples: Samples) -> Rule:
    return lambda node, given: Type(kind, samples, NO_LABELS, numbers, "never")  # type: ignore[arg-type]


def _calendar(low: int, high: float) -> Rule:
    numbers = between(float(low), float(high))

    def rule(_node: Call, given: Sequence[Type]) -> Type:
        if not given:
            return Type("vector", "gauge", NO_LABELS, numbers, "never")
        # what is no moment has an hour, too: Go makes some int64 of it; only its year is out of all bounds
        before_1970 = given[0].numbers.nan or given[0].numbers.low < 0
        return _vector(given[0], ANYTHING if before_1970 and high == math.inf else numbers, "gauge")

    return rule


def _always(numbers: Numbers) -> Callable[[Numbers], Numbers]:
    return lambda of: numbers


def _least_zero(of: Numbers) -> Numbers:
    return Numbers(low=0.0, nan=of.nan)


def _root(of: Numbers) -> Numbers:
    return Numbers(low=0.0, nan=of.nan or of.low < 0)


def _logarithm(of: Numbers) -> Numbers:
    return ANYTHING_OR_NAN if of.low < 0 or of.nan else ANYTHING


_RULES: dict[str, Rule] = {
    **dict.fromkeys(("rate", "irate", "increase"), _grown),
    **dict.fromkeys(
        ("delta", "idelta", "deriv", "predict_linear", "holt_winters", "double_exponential_smoothing"), _moved
    ),
    **dict.fromkeys(("last_over_time", "first_over_time"), _of_window(n.same, named=True)),
    **dict.fromkeys(("max_over_time", "min_over_time"), _of_window(n.same)),
    "avg_over_time": _of_window(n.averaged),
    "sum_over_time": _summed_over_time,
    "quantile_over_time": _quantile_over_time,
    "count_over_time": _of_window(_always(n.AT_LEAST_ONE), "count"),
    "present_over_time": _of_window(_always(ONE), "truth"),
    **dict.fromkeys(("changes", "resets"), _of_window(_always(NOT_NEGATIVE), "count")),
    **dict.fromkeys(("stddev_over_time", "stdvar_over_time", "mad_over_time"), _of_window(_least_zero, "gauge")),
    **dict.fromkeys(
        ("ts_of_max_over_time", "ts_of_min_over_time", "ts_of_last_over_time", "ts_of_first_over_time"),
        _of_window(_always(NOT_NEGATIVE), "timestamp"),
    ),
    **dict.fromkeys(("absent", "absent_over_time"), _absent),
    "label_replace": _label_replace,
    "label_join": _label_join,
    "info": _with_info,
    "histogram_quantile": _histogram_quantile,
    "histogram_count": _of_native(NOT_NEGATIVE, "gauge"),
    "histogram_fraction": _histogram_fraction,
    "histogram_avg": _of_native(ANYTHING_OR_NAN, "average"),
    "histogram_sum": _of_native(ANYTHING_OR_NAN, "gauge"),
    **dict.fromkeys(("histogram_stddev", "histogram_stdvar"), _of_native(ANYTHING_OR_NAN, "gauge")),
    **dict.fromkeys(("sort", "sort_desc", "sort_by_label", "sort_by_label_desc"), _sorted),
    "abs": _of_numbers(n.magnitude),
    **dict.fromkeys(("ceil", "floor"), _of_numbers(n.rounded)),
    "round": _of_numbers(_always(ANYTHING_OR_NAN)),
    "sgn": _of_numbers(_always(Numbers(-1.0, 1.0, nan=True)), "gauge"),
    "sqrt": _of_numbers(_root, "gauge"),
    "exp": _of_numbers(_least_zero, "gauge"),
    **dict.fromkeys(("ln", "log2", "log10"), _of_numbers(_logarithm, "gauge")),
    **dict.fromkeys(
        ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "deg", "rad"),
        _of_numbers(_always(ANYTHING_OR_NAN), "gauge"),
    ),
    **dict.fromkeys(("clamp", "clamp_min", "clamp_max"), _clamp),
    "timestamp": _of_numbers(_always(NOT_NEGATIVE), "timestamp"),
    "scalar": _scalar,
    "vector": _to_vector,
    "time": _lone("scalar", NOT_NEGATIVE, "timestamp"),
    "pi": _lone("scalar", n.exactly(math.pi), "gauge"),
    "hour": _calendar(0, 23),
    "minute": _calendar(0, 59),
    "month": _calendar(1, 12),
    "year": _calendar(1970, math.inf),
    "day_of_week": _calendar(0, 6),
    "day_of_month": _calendar(1, 31),
    "day_of_year": _calendar(1, 366),
    "days_in_month": _calendar(28, 31),
}

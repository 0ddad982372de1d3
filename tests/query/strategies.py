"""Any expression that is well typed and valid for a version, as trees."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from watchwright.query.functions import FUNCTIONS, Function
from watchwright.query.tree import (
    COMPARISONS,
    SET_OPERATORS,
    Aggregation,
    Binary,
    Call,
    Grouping,
    Matcher,
    Matching,
    Node,
    Number,
    Period,
    Selector,
    Shifted,
    String,
    Subquery,
    Unary,
    Window,
)
from watchwright.query.version import Version

_KEYWORD_NAMES = ["sum", "by", "offset", "and", "start", "or", "without", "unless", "avg", "topk"]
_METRICS = st.sampled_from(["up", "http_requests_total", "a:b:rate5m", "_x", *_KEYWORD_NAMES])
_LABELS = st.sampled_from(["job", "instance", "le", "_a", "by", "on", "group_left", "bool", "offset"])
#: Every character but lone surrogates, and the awkward ones often.
_TEXTS = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("\"'\\\n\t`{}\x00\x7f\ufffd\u200b"), max_size=8
)
_REGEXES = st.sampled_from(["a.*", "5..", "a|b", "[^x]+", "\\d+", "(?i)x", "x{2}", "\\.", "a+?", ".+"])

_FINITE = st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("-1e25"), max_value=Decimal("1e25"))
_NUMBERS = st.one_of(
    _FINITE,
    st.integers(-1000, 1000).map(Decimal),
    st.sampled_from(["1e-30", "1e300", "0.05", "-0.5", "Infinity", "-Infinity", "NaN"]).map(Decimal),
).map(Number)

_PERIODS = st.one_of(st.integers(1, 10**12), st.sampled_from([1, 1000, 60_000, 5_400_000, 86_400_000, 31_536_000_000]))


def _durations(version: Version) -> SearchStrategy[int | Node]:
    if version < (3, 14):
        return _PERIODS
    return st.one_of(_PERIODS, _PERIODS, _duration_expressions())


def _duration_expressions() -> SearchStrategy[Node]:
    leaves = st.one_of(
        st.integers(1, 10**9).map(Period),
        st.integers(1, 50).map(lambda number: Number(Decimal(number))),
        st.sampled_from([Call("step"), Call("range")]),
    )

    def combined(inner: SearchStrategy[Node]) -> SearchStrategy[Node]:
        return st.one_of(
            st.builds(Binary, st.sampled_from("+-*/%^"), inner, inner),
            st.builds(
                lambda name, left, right: Call(name, (left, right)), st.sampled_from(["max_of", "min_of"]), inner, inner
            ),
            inner.filter(lambda node: isinstance(node, Binary | Call)).map(lambda node: Unary("-", node)),
        )

    whole = st.recursive(leaves, combined, max_leaves=4)
    # alone, a literal is an ordinary duration
    return whole.filter(lambda node: not isinstance(node, Period | Number))


def _label_names(version: Version) -> SearchStrategy[str]:
    if version < (3, 0):
        return _LABELS
    return st.one_of(_LABELS, _LABELS, st.sampled_from(["a.b", "without", "inf", "é", 'q"x', "a b"]))


def _names(version: Version) -> SearchStrategy[str]:
    if version < (3, 0):
        return _METRICS
    return st.one_of(_METRICS, _METRICS, st.sampled_from(["my.metric", "bool", "NaN", "grüße", "a b"]))


def _matchers(version: Version) -> SearchStrategy[Matcher]:
    return st.one_of(
        st.builds(Matcher, _label_names(version), st.sampled_from(["=", "!="]), _TEXTS),
        st.builds(Matcher, _label_names(version), st.sampled_from(["=~", "!~"]), _REGEXES),
    )


def _selectors(version: Version) -> SearchStrategy[Node]:
    matchers = st.lists(_matchers(version), max_size=3).map(tuple)
    named = st.builds(Selector, _names(version), matchers)
    nameless = matchers.map(lambda some: Selector("", (Matcher("job", "=", "x"), *some)))
    return st.one_of(named, named, nameless)


def _shifted(inner: SearchStrategy[Node], version: Version) -> SearchStrategy[Node]:
    offsets = st.one_of(_PERIODS, _PERIODS.map(lambda length: -length), _durations(version))
    times = st.one_of(st.sampled_from(["start", "end"]), st.integers(-(10**9), 10**10).map(Decimal))
    both = st.builds(Shifted, inner, offsets, times)
    return st.one_of(
        st.builds(Shifted, inner, offsets),
        both,
        times.map(lambda at: at).flatmap(lambda at: inner.map(lambda node: Shifted(node, None, at))),
    )


def _maybe_shifted(inner: SearchStrategy[Node], version: Version) -> SearchStrategy[Node]:
    return st.one_of(inner, inner, _shifted(inner, version))


def _ranges(vectors: SearchStrategy[Node], version: Version) -> SearchStrategy[Node]:
    durations = _durations(version)
    windows = st.builds(Window, _selectors(version), durations)
    # `[step():1m]` is refused by Prometheus' lexer, which wants a literal before the colon
    subqueries = st.builds(Subquery, vectors, _PERIODS, st.none() | durations)
    return _maybe_shifted(st.one_of(windows, subqueries), version)


def _functions(version: Version, result: str) -> list[Function]:
    return [
        one
        for one in FUNCTIONS.values()
        if one.result == result and one.exists_in(version) and not one.needs_flag_in(version)
    ]


@st.composite
def _calls(draw: st.DrawFn, functions: list[Function], by_kind: dict[str, SearchStrategy[Node]]) -> Node:
    function = draw(st.sampled_from(functions))
    most = function.most if function.most is not None else len(function.arguments) + 2
    count = draw(st.integers(function.least, most))
    kinds = [function.arguments[min(i, len(function.arguments) - 1)] for i in range(count)]
    return Call(function.name, tuple(draw(by_kind[kind]) for kind in kinds))


@st.composite
def _matchings(draw: st.DrawFn, version: Version, op: str) -> Matching:
    names = _label_names(version)
    labels = draw(st.lists(names, max_size=3, unique=True))
    on = draw(st.booleans())
    group = "" if op in SET_OPERATORS else draw(st.sampled_from(["", "left", "right"]))
    include = draw(st.lists(names.filter(lambda name: name not in labels), max_size=2)) if group else []
    return Matching(tuple(labels), on, group, tuple(include))


@st.composite
def _operations(
    draw: st.DrawFn, vectors: SearchStrategy[Node], scalars: SearchStrategy[Node], version: Version
) -> Node:
    op = draw(st.sampled_from(["+", "-", "*", "/", "%", "^", "atan2", *sorted(COMPARISONS), *sorted(SET_OPERATORS)]))
    left_is_vector = draw(st.booleans())
    right_is_vector = not left_is_vector or draw(st.booleans()) or op in SET_OPERATORS
    if op in SET_OPERATORS:
        left_is_vector = True
    left = draw(vectors if left_is_vector else scalars)
    right = draw(vectors if right_is_vector else scalars)
    matching = draw(st.none() | _matchings(version, op)) if left_is_vector and right_is_vector else None
    return Binary(op, left, right, op in COMPARISONS and draw(st.booleans()), matching)


@st.composite
def _aggregations(
    draw: st.DrawFn, vectors: SearchStrategy[Node], scalars: SearchStrategy[Node], version: Version
) -> Node:
    op = draw(
        st.sampled_from(["sum", "avg", "count", "group", "stdvar", "topk", "bottomk", "quantile", "count_values"])
    )
    labels = st.lists(_label_names(version), max_size=3).map(tuple)
    grouping = draw(st.none() | st.builds(Grouping, labels, st.booleans()))
    parameter = None
    if op == "count_values":
        parameter = String("value")
    elif op in ("topk", "bottomk", "quantile"):
        parameter = draw(scalars)
    return Aggregation(op, draw(vectors), grouping, parameter)


def _signed(inner: SearchStrategy[Node]) -> SearchStrategy[Node]:
    return st.builds(Unary, st.sampled_from("+-"), inner.filter(lambda node: not isinstance(node, Number)))


def _scalar_operations(scalars: SearchStrategy[Node]) -> SearchStrategy[Node]:
    plain = st.builds(Binary, st.sampled_from("+-*/%^"), scalars, scalars)
    compared = st.builds(Binary, st.sampled_from(sorted(COMPARISONS)), scalars, scalars, st.just(True))
    return st.one_of(plain, compared)


def expressions(version: Version, max_leaves: int = 12) -> SearchStrategy[Node]:
    """Well-typed instant vectors that a Prometheus of that version takes without flags."""
    selectors = _maybe_shifted(_selectors(version), version)
    scalars: SearchStrategy[Node] = st.recursive(
        _NUMBERS | st.just(Call("time")), lambda inner: _scalar_operations(inner) | _signed(inner), max_leaves=3
    )

    def combined(vectors: SearchStrategy[Node]) -> SearchStrategy[Node]:
        some = scalars | vectors.map(lambda node: Call("scalar", (node,)))
        by_kind = {"vector": vectors, "scalar": some, "matrix": _ranges(vectors, version), "string": _TEXTS.map(String)}
        return st.one_of(
            _operations(vectors, some, version),
            _aggregations(vectors, some, version),
            _calls(_functions(version, "vector"), by_kind),
            _signed(vectors),
        )

    return st.recursive(selectors, combined, max_leaves=max_leaves)

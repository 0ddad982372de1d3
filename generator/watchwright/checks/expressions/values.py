"""Values that a label cannot have, or always has."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from watchwright.checks.expressions.problem import Context, Problem, expression
from watchwright.query.tree import Matcher, Selector
from watchwright.query.variables import NAME as VARIABLE
from watchwright.semantics.labels import NAME
from watchwright.semantics.values import ANY, Values, alternatives, narrowed, takes
from watchwright.semantics.world import Series


@expression("label/value", Selector)
def impossible(node: Selector, context: Context) -> Iterator[Problem]:
    """
    A matcher names a value that its label never has.

    With `=` or `=~` nothing matches and nothing is said: the alert never fires, the panel stays empty. With `!=` or
    `!~` it leaves nothing out. Mend the value, or add it to `values` of the `Label`.
    """
    for series, matcher, values in _judged(node, context):
        if matcher.label == "le" and series.buckets:
            continue
        never = [*_never(matcher, values, series)]
        for value in never:
            yield Problem(node, _says(node, matcher, value), _meant(matcher, value, values), value)
        if not never and narrowed(values, matcher).is_none and not _later(matcher, series):
            yield Problem(node, f"`{_text(matcher)}` leaves no value of `{matcher.label}` over", word=matcher.label)


@expression("histogram/no-bucket", Selector)
def no_bucket(node: Selector, context: Context) -> Iterator[Problem]:
    """
    A bound is none of the histogram's buckets.

    Observations are only counted up to the declared bounds: what lies between two of them cannot be told, and a `le`
    that is no bound selects nothing. Ask for one of the bounds, or give the histogram another.
    """
    for series, matcher, values in _judged(node, context):
        if matcher.label == "le" and series.buckets:
            for value in _never(matcher, values, series):
                bounds = ", ".join(f"{bound:f}" for bound in series.buckets)
                yield Problem(node, f"`{node.metric}` has no bucket `{value}`", f"its bounds are {bounds}", value)


@expression("label/reserved", Selector, severity="warning")
def reserved(node: Selector, context: Context) -> Iterator[Problem]:
    """
    A matcher takes only values that are reserved: declared for later, and exposed by nothing yet.

    Until something does, nothing matches. Wait with it, or move the value from `reserved` to `values`.
    """
    for series, matcher, values in _judged(node, context):
        later = series.reserved.get(matcher.label, frozenset())
        wanted = {value for value in later if takes(matcher, value)} - values.listed
        if matcher.op in ("=", "=~") and wanted and narrowed(values, matcher).is_none:
            listed = ", ".join(f"`{value}`" for value in sorted(wanted))
            yield Problem(
                node, f"`{matcher.label}` of `{node.metric}` is not {listed} yet, which is reserved", word=matcher.label
            )


@expression("label/idle-matcher", Selector, severity="warning")
def idle(node: Selector, context: Context) -> Iterator[Problem]:
    """
    A matcher takes every series there is: `=~".*"`, or a pattern of all the values that a label can have.

    It leaves nothing out, and a reader looks for what it does. Leave it out.
    """
    series = context.world.of(node.metric)
    for matcher in node.matchers:
        if matcher.label == NAME or (series is not None and matcher in series.scope) or VARIABLE.search(matcher.value):
            continue
        values = ANY if series is None else series.labels.of(matcher.label)
        if _takes_all(matcher, values) and not (series and series.labels.lacks(matcher.label)) and node.metric:
            yield Problem(node, f"`{_text(matcher)}` takes every series", "leave it out", matcher.label)


@expression("label/contradiction", Selector)
def contradiction(node: Selector, context: Context) -> Iterator[Problem]:
    """
    Two matchers of one selector exclude each other, so that nothing ever matches.

    A label has one value at a time: what is wanted is one matcher with `=~"a|b"`, or one of the two is a mistake.
    """
    series = context.world.of(node.metric)
    before: dict[str, tuple[Values, Matcher]] = {}
    for matcher in node.matchers:
        if VARIABLE.search(matcher.value):
            continue
        possible = ANY if series is None else series.labels.of(matcher.label)
        alone = narrowed(possible, matcher)
        values, other = before.get(matcher.label, (possible, matcher))
        both = narrowed(values, matcher)
        scoped = series is not None and any(each.label == matcher.label for each in series.scope)
        if both.is_none and not alone.is_none and not values.is_none and not scoped:
            yield Problem(node, f"`{_text(other)}` and `{_text(matcher)}` exclude each other", word=matcher.label)
        before[matcher.label] = (both, matcher)


def _judged(node: Selector, context: Context) -> Iterator[tuple[Series, Matcher, Values]]:
    """The matchers on labels that the series has, with what those can be. The scope's own labels are judged by it."""
    series = context.world.of(node.metric)
    if series is None:
        return
    scoped = {each.label for each in series.scope}
    for matcher in node.matchers:
        if matcher.label not in scoped and matcher.label != NAME and not VARIABLE.search(matcher.value):
            values = series.labels.of(matcher.label)
            if not series.labels.lacks(matcher.label):
                yield series, matcher, values


def _never(matcher: Matcher, values: Values, series: Series) -> Iterator[str]:
    """The values that a matcher names in vain."""
    later = series.reserved.get(matcher.label, frozenset())
    named = frozenset({matcher.value}) if matcher.op in ("=", "!=") else alternatives(matcher.value)
    if named is not None:
        yield from sorted(value for value in named if value not in values and value not in later and value)
    elif not values.but and all(takes(matcher, value) is (matcher.op == "!~") for value in values.listed | later):
        yield matcher.value


def _takes_all(matcher: Matcher, values: Values) -> bool:
    if matcher.op in ("=", "!~") or (matcher.op == "!=" and matcher.value):
        return False  # where it names what never is, `label/value` says so
    if matcher.op == "=~" and matcher.value in (".*", "(.*)"):
        return True
    return not values.but and len(values.listed) > 1 and all(takes(matcher, value) for value in values.listed)


def _says(node: Selector, matcher: Matcher, value: str) -> str:
    if value == matcher.value and matcher.op in ("=~", "!~") and alternatives(value) is None:
        return f"no value of `{matcher.label}` of `{node.metric}` matches `{value}`"
    return f"`{matcher.label}` of `{node.metric}` is never `{value}`"


def _meant(matcher: Matcher, value: str, values: Values) -> str:
    pattern = Matcher(matcher.label, "=~", value)
    if matcher.op in ("=", "!=") and any(takes(pattern, text) for text in values.listed):
        return f"`{matcher.op}` compares the text itself: write `{'=~' if matcher.op == '=' else '!~'}`"
    if matcher.op in ("=~", "!~") and any(text.startswith(value) for text in values.listed):
        return f"a pattern matches the whole value: `{value}.*`"
    return _others(value, values)


def _later(matcher: Matcher, series: Series) -> bool:
    return any(takes(matcher, text) is not False for text in series.reserved.get(matcher.label, ()))


#: A slip of the finger; of what is less alike, all values say more than a guess.
_CLOSE = 0.75


def _others(value: str, values: Values) -> str:
    if values.but:
        return "the label is never empty" if not value else ""
    known = sorted(each for each in values.listed if each)
    close = difflib.get_close_matches(value, known, 1, cutoff=_CLOSE)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"it is {', '.join(f'`{each}`' for each in known)}"


def _text(matcher: Matcher) -> str:
    return f'{matcher.label}{matcher.op}"{matcher.value}"'

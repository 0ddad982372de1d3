"""Labels, and what can be said of their values in a selector."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

import attrs

from watchwright.model.error import DefinitionError
from watchwright.model.typed import several, typed
from watchwright.query.tree import Matcher, MatchOp

# Go templates and by-clauses could take any UTF-8 name since 3.0; a declared label stays in the classic charset
LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def strings(what: str, values: Iterable[str]) -> tuple[str, ...]:
    """A tuple of texts; a lone text is refused, since it would be taken letter by letter."""
    if isinstance(values, str):
        msg = f"{what} takes a list, got the text {values!r}"
        raise DefinitionError(msg, f"write [{values!r}]")
    return several(values)


def _values(values: Iterable[str]) -> tuple[str, ...]:
    return strings("`values` of a label", values)


def _reserved(values: Iterable[str]) -> tuple[str, ...]:
    return strings("`reserved` of a label", values)


@attrs.frozen(order=False, field_transformer=typed)
class Label:
    """
    A label of a metric: its known values, or how many are expected.

    *values* are emitted today, *reserved* ones are declared for later: nothing may depend on them alone.
    Where the values cannot be known, *cardinality* says how many to expect. A *volatile* label changes
    with each update (a timestamp, a build id) and is dropped when scraping.
    """

    name: str
    values: tuple[str, ...] = attrs.field(default=(), converter=_values, kw_only=True)
    reserved: tuple[str, ...] = attrs.field(default=(), converter=_reserved, kw_only=True)
    cardinality: int | None = attrs.field(default=None, kw_only=True)
    volatile: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.name, str) or not LABEL_NAME.fullmatch(self.name):
            msg = f"a label name must be letters, digits and underscores, got {self.name!r}"
            raise DefinitionError(msg)
        both = sorted(set(self.values) & set(self.reserved))
        if both:
            msg = f"label `{self.name}`: {', '.join(both)} cannot be emitted and reserved at once"
            raise DefinitionError(msg)
        if self.cardinality is not None and self.cardinality < 1:
            msg = f"label `{self.name}`: cardinality must be at least 1, got {self.cardinality}"
            raise DefinitionError(msg)


LabelLike: TypeAlias = Label | str


def label_name(label: LabelLike) -> str:
    """The name of a label given as declared, or as text."""
    if not isinstance(label, Label | str):
        msg = f"a label is declared by Label(...) or named by a text, got {label!r}"
        raise DefinitionError(msg)
    return label.name if isinstance(label, Label) else label


def label_names(labels: Iterable[LabelLike], what: str = "labels") -> tuple[str, ...]:
    """The names of several labels; a lone label where a list belongs is refused."""
    if isinstance(labels, str | Label):
        name = label_name(labels)
        msg = f"{what} takes a list of labels, got {name!r}"
        raise DefinitionError(msg, f"write [{name!r}]")
    return tuple(label_name(label) for label in several(labels))


def plain_name(what: str, name: str) -> None:
    """Refuse what is no name of a label in PromQL without quotes."""
    if not LABEL_NAME.fullmatch(name):
        msg = f"{what} is the name of a label, got {name!r}"
        raise DefinitionError(msg, "letters, digits and underscores, and no digit first")


@attrs.frozen(order=False, field_transformer=typed)
class Pattern:
    """A condition on a label's value that is more than equality."""

    op: MatchOp
    value: str


def regex(pattern: str) -> Pattern:
    """`=~`: the whole value matches an RE2 pattern."""
    return Pattern("=~", pattern)


def not_(value: str | Pattern | Iterable[str]) -> Pattern:
    """`!=`, or `!~` of a pattern or of several values."""
    match value:
        case str():
            return Pattern("!=", value)
        case Pattern(op="=~"):
            return Pattern("!~", value.value)
        case Pattern():
            msg = "not_() of a negation says the same twice"
            raise DefinitionError(msg, "leave both out")
        case _:
            return Pattern("!~", one_of(value))


def one_of(values: Iterable[str]) -> str:
    """The RE2 pattern that matches any of *values* and nothing else; of none, it would match the empty text."""
    options = several(values)
    if not options:
        msg = "one of no values matches series without the label, and no others"
        raise DefinitionError(msg, "name at least one value")
    return "|".join(quote_regex(value) for value in options)


_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")


def quote_regex(text: str) -> str:
    """*text* with what RE2 gives a meaning escaped, as Go's regexp.QuoteMeta does."""
    return _SPECIAL.sub(r"\\\g<0>", text)


class Choice:
    """A variable of a dashboard, standing for a label's value that the reader chooses."""

    name: str


Value: TypeAlias = str | bool | Pattern | Choice | Iterable[str]


def matcher(label: LabelLike, op: Literal["=", "!=", "=~", "!~"], value: str) -> Matcher:
    """A matcher written out, for labels whose names are Python keywords or UTF-8."""
    if op not in ("=", "!=", "=~", "!~"):
        msg = f"a matcher is one of =, !=, =~, !~, got {op!r}"
        raise DefinitionError(msg)
    return Matcher(label_name(label), op, value)


def matchers(extra: Iterable[Matcher], labels: Mapping[str, Value]) -> tuple[Matcher, ...]:
    """The matchers of a `where(...)`, in the order they were written."""
    return (*extra, *(_matcher(name, value) for name, value in labels.items()))


def _matcher(name: str, value: Value) -> Matcher:
    match value:
        case bool():
            return Matcher(name, "=", str(value).lower())
        case str():
            return Matcher(name, "=", value)
        case Pattern():
            return Matcher(name, value.op, value.value)
        case Choice():
            return Matcher(name, "=~", f"${value.name}")
        case Iterable():
            options = strings(f"`{name}`", value)
            return Matcher(name, "=", options[0]) if len(options) == 1 else Matcher(name, "=~", one_of(options))
        case _:
            msg = f"label `{name}` is compared with a text, got {value!r}"
            raise DefinitionError(msg, f'write {name}="{value}"')

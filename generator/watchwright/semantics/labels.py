"""The labels of the series of a vector: which are certainly there, which may be, and what texts they can have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from watchwright.query.tree import Grouping, Matcher, Matching
from watchwright.semantics.values import ABSENT, ANY, Values, narrowed

NAME = "__name__"


class Labels:
    """
    What texts each label can have: those *known*, and *rest* for all others.

    *rest* is `ABSENT` where every label is declared, and `ANY` where others may be there. Never changed once made.
    """

    __slots__ = ("known", "rest")

    def __init__(self, known: Mapping[str, Values], rest: Values = ABSENT) -> None:
        self.known = known
        self.rest = rest

    def __repr__(self) -> str:
        return f"Labels({self.known!r}, {self.rest!r})"

    def of(self, label: str) -> Values:
        """The texts that a label can have."""
        return self.known.get(label, self.rest)

    def has(self, label: str) -> bool:
        """Whether every series has the label."""
        return "" not in self.of(label)

    def lacks(self, label: str) -> bool:
        """Whether no series has the label."""
        values = self.of(label)
        return not values.but and not values.listed - {""}

    @property
    def is_open(self) -> bool:
        """Whether there may be labels that nobody declared."""
        return self.rest.but

    @property
    def names(self) -> tuple[str, ...]:
        """The labels that are or may be there, as far as they are known, without the metric's name."""
        return tuple(label for label in self.known if label != NAME and not self.lacks(label))

    def selected(self, matchers: Iterable[Matcher]) -> Labels:
        """Those of the series that the matchers take."""
        known = dict(self.known)
        for matcher in matchers:
            label = matcher.label
            known[label] = narrowed(known.get(label, self.rest), matcher)
        return Labels(known, self.rest)

    def by(self, labels: Iterable[str]) -> Labels:
        """These labels alone are left."""
        return Labels({label: self.of(label) for label in labels})

    def without(self, labels: Iterable[str]) -> Labels:
        """These labels go, and the name with them."""
        gone = dict.fromkeys((*labels, NAME), ABSENT)
        if not self.rest.but:
            return Labels({label: values for label, values in self.known.items() if label not in gone})
        return Labels({**self.known, **gone}, self.rest)

    def nameless(self) -> Labels:
        """The metric's name goes."""
        if NAME not in self.known and not self.rest.but:
            return self
        return self.without(())

    def grouped(self, grouping: Grouping | None) -> Labels:
        """What an aggregation leaves."""
        if grouping is None:
            return NO_LABELS
        return self.without(grouping.labels) if grouping.without else self.by(grouping.labels)

    def put(self, label: str, values: Values) -> Labels:
        """A label has other texts."""
        return Labels({**self.known, label: values}, self.rest)

    def __or__(self, other: Labels) -> Labels:
        """The series of both."""
        if self is other:
            return self
        known = {label: self.of(label) | other.of(label) for label in (*self.known, *other.known)}
        return Labels(known, self.rest | other.rest)

    def paired(self, other: Labels, matching: Matching) -> Labels:
        """Those of the series that can have a partner: the labels that pair them have texts which both sides have."""
        known = dict(self.known)
        for label in self.pairing(other, matching):
            known[label] = self.of(label) & other.of(label)
        if matching.on or self.rest is other.rest:
            return Labels(known, self.rest)
        for label in (*matching.labels, NAME):
            known.setdefault(label, self.rest)  # what does not pair them is as it was
        return Labels(known, self.rest & other.rest)

    def pairing(self, other: Labels, matching: Matching) -> tuple[str, ...]:
        """The labels by which both are paired, as far as they are known."""
        if matching.on:
            return matching.labels
        ignored = {*matching.labels, NAME}
        return tuple(label for label in dict.fromkeys((*self.known, *other.known)) if label not in ignored)


NO_LABELS = Labels({})
UNKNOWN_LABELS = Labels({}, ANY)

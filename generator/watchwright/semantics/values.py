"""The texts that a label can have. A label that is not there has the empty text, as in Prometheus."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache

import attrs

from watchwright.query.tree import Matcher


@attrs.frozen(order=False, slots=True)
class Values:
    """The texts *listed*; or, with *but*, all but those."""

    listed: frozenset[str]
    but: bool = False

    def __contains__(self, value: str) -> bool:
        return (value in self.listed) != self.but

    def __and__(self, other: Values) -> Values:
        if self is other or other is ANY:
            return self
        if self.but and other.but:
            return Values(self.listed | other.listed, but=True)
        if self.but:
            return Values(other.listed - self.listed)
        return Values(self.listed - other.listed if other.but else self.listed & other.listed)

    def __or__(self, other: Values) -> Values:
        if self is other or self is ANY:
            return self
        if self.but and other.but:
            return Values(self.listed & other.listed, but=True)
        if self.but or other.but:
            out, listed = (self, other) if self.but else (other, self)
            return Values(out.listed - listed.listed, but=True)
        return Values(self.listed | other.listed)

    def __sub__(self, other: Values) -> Values:
        return self & Values(other.listed, not other.but)

    @property
    def is_none(self) -> bool:
        """Whether no text is left: nothing has such a label."""
        return not self.but and not self.listed

    @property
    def are_one(self) -> bool:
        """Whether every series has the same text, or none at all."""
        return not self.but and len(self.listed) <= 1


def only(*texts: str) -> Values:
    """These texts and no others."""
    return Values(frozenset(texts))


#: Whatever it may be.
ANY = Values(frozenset(), but=True)
#: The label is certainly not there.
ABSENT = only("")
#: The label is certainly there.
PRESENT = Values(frozenset({""}), but=True)


def spellings(bounds: Iterable[Decimal]) -> Iterator[str]:
    """Numbers as clients write them in labels: 1 is `1` in Go and `1.0` in Python, and in Prometheus from 3.0 on."""
    for bound in bounds:
        shortest = repr(float(bound))
        sign, digits, exponent = Decimal(shortest).normalize().as_tuple()
        yield from {_plain(bound), _plain(Decimal(shortest)), shortest, f"{float(bound):g}"}
        assert isinstance(exponent, int)  # noqa: S101 - a bound is finite
        first, *others = map(str, digits)
        power = exponent + len(others)
        mantissa = f"{first}.{''.join(others)}" if others else first
        # Go's 'g' with the shortest digits: 1.048576e+06
        yield f"{'-' * sign}{mantissa}e{'-' if power < 0 else '+'}{abs(power):02}"


def _plain(number: Decimal) -> str:
    """Without an exponent, and without zeros behind the last digit."""
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def matched(matcher: Matcher) -> Values | None:
    """The texts that a matcher takes, or None where it is a pattern whose texts cannot be listed."""
    listed = frozenset({matcher.value}) if matcher.op in ("=", "!=") else alternatives(matcher.value)
    return None if listed is None else Values(listed, but=matcher.op.startswith("!"))


def narrowed(values: Values, matcher: Matcher) -> Values:
    """Those of the texts that a matcher takes; where a pattern cannot be judged, no fewer than it takes."""
    taken = matched(matcher)
    if taken is not None:
        return values & taken
    # every text that is named on either side is asked about; of the others nothing is known
    refused = frozenset(text for text in values.listed | {""} if takes(matcher, text) is False)
    return values - Values(refused)


@lru_cache(maxsize=4096)
def takes(matcher: Matcher, text: str) -> bool | None:
    """Whether a matcher takes a text; None where its pattern is one that RE2 and Python may read differently."""
    if matcher.op in ("=", "!="):
        return (matcher.value == text) == (matcher.op == "=")
    # whether `.` takes the end of a line depends on the version
    pattern = None if "\n" in text else compiled(matcher.value)
    return None if pattern is None else (pattern.fullmatch(text) is not None) == (matcher.op == "=~")


_SPECIAL = re.compile(r"[.+*?()\[\]{}^$]")
_ESCAPED = re.compile(r"\\([^A-Za-z0-9])")
_PUT_ASIDE = re.compile("[\ue000-\ue07f]")


@lru_cache(maxsize=4096)
def alternatives(pattern: str) -> frozenset[str] | None:
    """The texts of a pattern such as `a|b\\.c`, or None of any other."""
    # an escaped sign is taken for a letter first, so that what is left of signs has a meaning
    plain = _ESCAPED.sub(lambda found: chr(0xE000 + ord(found[1])) if found[1].isascii() else found[0], pattern)
    if "\\" in plain or _SPECIAL.search(plain) or _PUT_ASIDE.search(pattern):
        return None
    # a `|` that was escaped is a letter until the others have parted the texts
    return frozenset(_PUT_ASIDE.sub(lambda found: chr(ord(found[0]) - 0xE000), text) for text in plain.split("|"))


# What Python reads otherwise than RE2 or not at all; and a repeated group, on which Python may take for ever
_OTHERWISE = re.compile(
    r"\\[^.\\+*?()|\[\]{}^$/\-dws]|\(\?(?!:)|\[\[|\[:|\{,|\)[*+{]|[*+?}][+]|&&|\|\||--|~~|[\x80-\U0010ffff]"
)


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> re.Pattern[str] | None:
    """The pattern for Python, anchored by `fullmatch`; None where it is not sure to mean the same."""
    if _OTHERWISE.search(pattern):
        return None
    try:
        return re.compile(pattern, re.ASCII | re.DOTALL)
    except (re.error, RecursionError, OverflowError):
        return None

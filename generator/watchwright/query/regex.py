"""Whether a regular expression is one that Prometheus takes: RE2, as Go's `regexp/syntax` reads it."""

# ruff: noqa: PLR2004 - the last code point of Unicode, and the length of a name

from __future__ import annotations

import re
from functools import lru_cache

import attrs

from watchwright.query.version import Version


@attrs.frozen(order=False, slots=True)
class Regex:
    """What is known of a pattern: what is wrong with it, if anything, and whether it matches nothing at all."""

    problem: str | None
    matches_empty: bool = False
    #: The first Prometheus that takes it, where not all do.
    since: Version | None = None


@lru_cache(maxsize=4096)
def read(pattern: str) -> Regex:
    """Check a pattern, anchored at both ends as label matchers are."""
    if not _SPECIAL.search(pattern):
        return Regex(None, not pattern)
    try:
        reader = _Reader(pattern)
        return Regex(None, reader.whole(), reader.since)
    except _RegexError as error:
        return Regex(str(error))


class _RegexError(Exception):
    """What is wrong with a pattern."""


_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")
#: https://github.com/google/re2/wiki/Syntax, as far as Go has it
_CLASS_ESCAPES = frozenset("dswDSW")
_LITERAL_ESCAPES = frozenset("afnrtv")
_EMPTY_ESCAPES = {"A": True, "z": True, "b": False, "B": True}
_POSIX = frozenset(
    {
        "alnum",
        "alpha",
        "ascii",
        "blank",
        "cntrl",
        "digit",
        "graph",
        "lower",
        "print",
        "punct",
        "space",
        "upper",
        "word",
        "xdigit",
    }
)
_REPEAT = re.compile(r"\{([0-9]+)(,([0-9]*))?\}")
_GROUP_NAME = re.compile(r"\(\?P?<([^>]*)>")
_FLAGS = re.compile(r"\(\?([imsU]*)(-[imsU]+)?([:)])")
_UNICODE = re.compile(r"\\[pP](?:\{\^?([A-Za-z_]+)\}|([A-Za-z]))")
_HEX = re.compile(r"\\x(?:\{([0-9a-fA-F]+)\}|[0-9a-fA-F]{2})")
_OCTAL = re.compile(r"\\(?:0[0-7]{0,2}|[1-7][0-7]{1,2})")
_CATEGORIES = frozenset(
    {
        "Any",
        "C",
        "Cc",
        "Cf",
        "Co",
        "Cs",
        "L",
        "Ll",
        "Lm",
        "Lo",
        "Lt",
        "Lu",
        "M",
        "Mc",
        "Me",
        "Mn",
        "N",
        "Nd",
        "Nl",
        "No",
        "P",
        "Pc",
        "Pd",
        "Pe",
        "Pf",
        "Pi",
        "Po",
        "Ps",
        "S",
        "Sc",
        "Sk",
        "Sm",
        "So",
        "Z",
        "Zl",
        "Zp",
        "Zs",
    }
)
#: `(?<name>...)` came with Go 1.22, which 2.51 was the first to be built with.
_GROUPS_SINCE: Version = (2, 51)
#: Older ones put the pattern into a group first, whose end a `\\Q` without `\\E` swallows.
_OPEN_QUOTES_SINCE: Version = (3, 0)
_MOST_REPEATS = 1000
_DEEPEST = 1000


class _Reader:
    """Goes through a pattern once; of every part it keeps whether that can match nothing, and how often it repeats."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.since: Version | None = None

    def whole(self) -> bool:
        # each open group: whether an earlier alternative, the present one, and its last part can be
        # empty, and how often at most a part of it is repeated
        groups: list[_Group] = [_Group()]
        while self.at < len(self.pattern):
            char = self.pattern[self.at]
            if char == "(":
                self.open(groups)
            elif char == ")":
                self.close(groups)
            elif char == "|":
                groups[-1].alternative()
                self.at += 1
            elif char in "*+?" or (char == "{" and _REPEAT.match(self.pattern, self.at)):
                self.repeat(groups[-1])
            else:
                self.literal(groups[-1], char)
        if len(groups) > 1:
            raise _RegexError("a `(` is not closed")
        return groups[0].finish()

    def literal(self, group: _Group, char: str) -> None:
        if not self.pattern.startswith("\\Q", self.at):
            group.add(self.atom(char))
            return
        # what follows repeats the last character alone, and without any, what stood before
        for _ in self.quoted()[-2:]:
            group.add(False)

    def open(self, groups: list[_Group]) -> None:
        if len(groups) > _DEEPEST:
            raise _RegexError("groups are nested too deeply")
        if not self.pattern.startswith("(?", self.at):
            self.at += 1
        elif found := _FLAGS.match(self.pattern, self.at):
            self.at = found.end()
            if found[3] == ")":
                groups[-1].is_repeated = False
                return
        else:
            self.name_group()
        groups.append(_Group())

    def name_group(self) -> None:
        found = _GROUP_NAME.match(self.pattern, self.at)
        if found is None or not re.fullmatch(r"[A-Za-z0-9_]+", found[1]):
            shown = self.pattern[self.at : self.at + 4]
            raise _RegexError(f"`{shown}` is no group that RE2 knows")
        if self.pattern[self.at + 2] == "<":
            self.since = max(self.since or _GROUPS_SINCE, _GROUPS_SINCE)
        self.at = found.end()

    def close(self, groups: list[_Group]) -> None:
        if len(groups) == 1:
            raise _RegexError("unexpected `)`")
        inner = groups.pop()
        groups[-1].add(inner.finish(), inner.repeats)
        self.at += 1

    def repeat(self, group: _Group) -> None:
        start = self.at
        if group.last is None:
            raise _RegexError(f"nothing to repeat before `{self.pattern[start]}`")
        least, most = self.count()
        if self.pattern.startswith("?", self.at):
            self.at += 1
        if group.is_repeated:
            raise _RegexError(f"`{self.pattern[group.repeated_at : self.at]}` repeats a repetition")
        group.last_repeats *= max(most, 1)
        if group.last_repeats > _MOST_REPEATS:
            raise _RegexError(f"more than {_MOST_REPEATS} repetitions")
        group.repeats = max(group.repeats, group.last_repeats)
        group.is_repeated, group.repeated_at = True, start
        if least == 0:
            group.empty = group.before

    def count(self) -> tuple[int, int]:
        """The least number of times, and a finite number of times, for RE2 unrolls those."""
        found = _REPEAT.match(self.pattern, self.at)
        if found is None:
            self.at += 1
            return (1 if self.pattern[self.at - 1] == "+" else 0), 1
        self.at = found.end()
        least = int(found[1])
        most = int(found[3]) if found[3] else least
        if least > _MOST_REPEATS or most > _MOST_REPEATS or most < least:
            raise _RegexError(f"`{found[0]}` is no number of repetitions that RE2 takes")
        return least, most

    def atom(self, char: str) -> bool:
        """Read one character, class or escape; whether it matches nothing."""
        if char == "[":
            self.bracket()
            return False
        if char == "\\":
            return self.escape()
        self.at += 1
        return char in "^$"

    def escape(self) -> bool:
        following = self.pattern[self.at + 1 : self.at + 2]
        if not following:
            raise _RegexError("a backslash stands at the end")
        if following in _EMPTY_ESCAPES:
            self.at += 2
            return _EMPTY_ESCAPES[following]
        if following in _CLASS_ESCAPES:
            self.at += 2
            return False
        self.character()
        return False

    def quoted(self) -> str:
        end = self.pattern.find("\\E", self.at + 2)
        quoted = self.pattern[self.at + 2 :] if end < 0 else self.pattern[self.at + 2 : end]
        if end < 0:
            self.since = _OPEN_QUOTES_SINCE
        self.at = len(self.pattern) if end < 0 else end + 2
        return quoted

    def character(self) -> str | None:
        """Read an escape that stands for one character or a class of them; None for a class."""
        if found := _UNICODE.match(self.pattern, self.at):
            if (found[1] or found[2]) not in _CATEGORIES and not _is_script(found[1]):
                raise _RegexError(f"`{found[0]}` is no class of characters")
            self.at = found.end()
            return None
        if found := (_HEX.match(self.pattern, self.at) or _OCTAL.match(self.pattern, self.at)):
            if int((found[1] if found.re is _HEX else None) or "0", 16) > 0x10FFFF:
                raise _RegexError(f"`{found[0]}` is no character")
            self.at = found.end()
            return ""
        following = self.pattern[self.at + 1 : self.at + 2]
        if following in _LITERAL_ESCAPES or (following.isascii() and not following.isalnum() and following):
            self.at += 2
            return following
        raise _RegexError(f"`\\{following}` is no escape that RE2 knows")

    def bracket(self) -> None:
        start = self.at
        self.at += 2 if self.pattern.startswith("[^", self.at) else 1
        first = True
        while first or not self.pattern.startswith("]", self.at):
            if self.at >= len(self.pattern):
                raise _RegexError(f"`{self.pattern[start:]}` lacks its `]`")
            first = False
            low = self.member()
            if low is None or not self.pattern.startswith("-", self.at):
                continue
            if self.pattern[self.at + 1 : self.at + 2] in ("]", ""):
                continue
            self.at += 1
            high = self.member(in_range=True)
            if high is None or (low and high and high < low):
                raise _RegexError(f"`{self.pattern[start : self.at]}` holds a range that runs backwards")
        self.at += 1

    def member(self, *, in_range: bool = False) -> str | None:
        """Read one member of a class: a character, or None for a class within it, with which no range ends."""
        pattern = self.pattern
        if not in_range and pattern.startswith("[:", self.at) and (end := pattern.find(":]", self.at + 2)) >= 0:
            if pattern[self.at + 2 : end].removeprefix("^") not in _POSIX:
                raise _RegexError(f"`{pattern[self.at : end + 2]}` is no class of characters")
            self.at = end + 2
            return None
        if not pattern.startswith("\\", self.at):
            self.at += 1
            return pattern[self.at - 1 : self.at]
        following = pattern[self.at + 1 : self.at + 2]
        if following in _CLASS_ESCAPES and following:
            self.at += 2
            return None
        return self.character()


def _is_script(name: str | None) -> bool:
    # Names of scripts are words: which of them Go's Unicode tables hold is not worth a table here
    return name is not None and len(name) > 3 and name[0].isupper()


@attrs.define
class _Group:
    """One group, or the whole, as far as it has been read."""

    earlier: bool = False
    before: bool = True
    empty: bool = True
    last: bool | None = None
    is_repeated: bool = False
    repeated_at: int = 0
    last_repeats: int = 1
    repeats: int = 1

    def add(self, is_empty: bool, repeats: int = 1) -> None:
        self.before, self.empty = self.empty, self.empty and is_empty
        self.last, self.is_repeated, self.last_repeats = is_empty, False, repeats
        self.repeats = max(self.repeats, repeats)

    def alternative(self) -> None:
        self.earlier = self.finish()
        self.before = self.empty = True
        self.last, self.is_repeated = None, False

    def finish(self) -> bool:
        return self.earlier or self.empty

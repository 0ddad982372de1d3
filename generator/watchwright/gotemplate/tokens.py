"""The tokens of an action, as Go's `text/template/parse` cuts them."""

from __future__ import annotations

import re

#: Kind, start and end. The kind of a sign is itself.
Token = tuple[str, int, int]
PLAIN = frozenset(["string", "raw", "char", "number", "complex", "dot"])
_NAMES = frozenset(["word", "variable", "field"])
TERMS = PLAIN | _NAMES
PROSE = re.compile(r"[^\s]|[\x1c-\x1f]")  # what Go's TrimSpace leaves
OPENING = re.compile(r"\{\{(?:-[ \t\r\n])?(/\*)?")
COMMENT = re.compile(r"(?>[\s\S]*?\*/)(?:[ \t\r\n]-)?\}\}")
_NAME_END = r"(?=[ \t\r\n.,|:()]|\}\}|\Z)"
_DIGITS, _HEX = "[0-9](?:_?[0-9])*", "[0-9a-fA-F]"
_FLOAT = rf"(?:{_DIGITS}(?:\.(?:{_DIGITS})?)?|\.{_DIGITS})(?:[eE][+-]?{_DIGITS})?"
_HEX_FLOAT = rf"0[xX](?=_?\.?{_HEX})(?:_?{_HEX})*(?:\.(?:{_HEX}(?:_?{_HEX})*)?)?[pP][+-]?{_DIGITS}"
_BASED = rf"0[xX](?:_?{_HEX})+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+"
_POINT = rf"(?!u[dD][89a-fA-F]|U0000[dD][89a-fA-F])(?:u{_HEX}{{4}}|U00(?:0{_HEX}|10){_HEX}{{4}})"
_ESCAPE = rf"\\(?:[abfnrtv\\]|[0-3][0-7]{{2}}|x{_HEX}{{2}}|{_POINT})"
_TOKEN = re.compile(
    rf"""
      (?P<end>(?:[ \t\r\n]-)?\}}\}})
    | (?P<space>[ \t\r\n]+?(?=[ \t\r\n]-\}}\}})|[ \t\r\n]+)
    | (?P<assign>:?=)
    | (?P<sign>[|(),])
    | (?P<string>"(?:[^"\\\n]|{_ESCAPE}|\\")*")
    | (?P<raw>`[^`]*`)
    | (?P<char>'(?:[^'\\\n]|{_ESCAPE}|\\')')
    | (?P<variable>\$\w*){_NAME_END}
    | (?P<dot>\.){_NAME_END}
    | (?P<field>\.(?![0-9])\w+){_NAME_END}
    | (?P<complex>[+-]?(?>{_HEX_FLOAT}|{_FLOAT})(?:[+-](?>{_HEX_FLOAT}|{_FLOAT}))?i)(?!\w)
    | (?P<number>[+-]?(?>{_HEX_FLOAT}|{_BASED}|{_FLOAT}))(?!\w)
    | (?P<word>(?![0-9])\w+){_NAME_END}
    | (?P<error>[\s\S]|\Z)
    """,
    re.VERBOSE,
)
ERRORS = {
    "": "unclosed action",
    "`": "unclosed string",
    '"': "bad or unclosed string",
    "'": "bad or unclosed character",
}


def cut(text: str, position: int) -> list[Token]:
    """One action's tokens; the last is of kind `end` or `error`."""
    taken: list[Token] = []
    while not taken or taken[-1][0] not in ("end", "error"):
        found = _TOKEN.match(text, position)
        assert found is not None  # noqa: S101 - the last alternative takes anything
        kind, start, position = found.lastgroup or "", found.start(), found.end()
        # Python's \w has numbers that are no digits to Go
        if kind in _NAMES and not all(c in "$._" or c.isalpha() or c.isdecimal() for c in found[0]):
            kind = "error"
        taken.append((found[0] if kind == "sign" else kind, start, position))
    return taken


_OCTAL = re.compile(r"^([+-]?)0(?=[0-7_])")


def fits(number: str) -> bool:
    """Whether an int64, a uint64 or a float64 holds it; hexadecimal floats, and complex numbers, are not measured."""
    try:
        integer = int(_OCTAL.sub(r"\g<1>0o", number), 0)  # Go's 017 is Python's 0o17
    except ValueError:
        is_float = re.search("[.eEpP]", number) is not None  # 089 is none, nor octal
        return is_float and ("p" in number.lower() or abs(float(number)) != float("inf"))
    return -(1 << 63) <= integer < 1 << (63 if number[0] == "+" else 64)

"""Texts of which the Markdown of GitHub and GitLab makes nothing: no markup, no link, no mention, no reference."""

from __future__ import annotations

import html
import re

_LONGEST = 400
# what Markdown makes something of
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~$])")
# what a forge makes something of thereafter: nothing escapes that, but a space without width takes it apart
# https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls
# https://docs.gitlab.com/user/markdown/#gitlab-specific-references
_REFERENCE = re.compile(
    r"@(?=\w)|[#!$%&^](?=\d)|~(?=\w)|\[(?=\w+:)|\b(?:[A-Z][A-Z0-9]+|gh)-(?=\d)|:(?=//)|\bwww(?=\.)|\bmailto(?=:)"
)
_NOTHING = "\u200b"


def plain(text: str) -> str:
    """On one line, with nothing in it that a terminal would obey."""
    line = "".join(each if each.isprintable() else " " for each in text)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def escaped(text: str) -> str:
    """Within a sentence."""
    ended = _REFERENCE.sub(rf"\g<0>{_NOTHING}", plain(text))
    return _SPECIAL.sub(r"\\\1", html.escape(ended, quote=False))


def code(text: str) -> str:
    """As code, whatever backticks are in it."""
    line = plain(text)
    ticks = fence(line)
    return f"{ticks} {line} {ticks}" if "`" in line or line != line.strip() else f"{ticks}{line}{ticks}"


def fence(text: str, least: int = 1) -> str:
    """More backticks than stand together anywhere in a text."""
    return "`" * max([least, *(len(run) + 1 for run in re.findall("`+", text))])

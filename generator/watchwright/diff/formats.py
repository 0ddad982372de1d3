"""Changes for people: on a terminal, and as a comment on a pull request."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import attrs
import click

from watchwright.diff.change import Change

#: By it a job finds the comment that it wrote before, to write it anew.
MARKER = "<!-- watchwright diff -->"
# GitHub takes 65,536 characters (https://github.com/orgs/community/discussions/41331), GitLab a million
_LONGEST = 60_000
_LONGEST_LINE = 400
_MOST_IMPACT = 12


@attrs.frozen(kw_only=True)
class Review:
    """What there is to review: the changes between two named sides, and what is said of them beside (costs)."""

    before: str
    after: str
    changes: Sequence[Change]
    notes: Sequence[str] = ()

    @property
    def urgent(self) -> list[Change]:
        """What needs attention."""
        return [each for each in self.changes if each.attention]

    @property
    def others(self) -> list[Change]:
        """What needs none."""
        return [each for each in self.changes if not each.attention]


def headline(review: Review) -> str:
    """All of it in one line, the worst first."""
    urgent, others = review.urgent, len(review.others)
    rest = f"{others} other change{'s' if others > 1 else ''}" if others else ""
    if not urgent:
        return f"{others} change{'s' if others > 1 else ''}, and none needs attention" if others else "Nothing changes"
    first = _sentence(urgent[0])
    more = f"{len(urgent) - 1} more need{'s' if len(urgent) == 2 else ''} attention" if len(urgent) > 1 else ""  # noqa: PLR2004 - one beside the first
    return "; ".join(filter(None, (first, more, rest)))


def _sentence(change: Change) -> str:
    return f"{f'{change.system}: ' if change.system else ''}{change.subject} {change.said}"


def _impact(change: Change) -> Iterator[str]:
    yield from change.impact[:_MOST_IMPACT]
    if len(change.impact) > _MOST_IMPACT:
        yield f"and {len(change.impact) - _MOST_IMPACT} more"


# A terminal -----------------------------------------------------------------------------------------------

_COLOURS = {"!": "red", "+": "green", "-": "yellow", "~": "cyan"}


def as_text(review: Review, *, coloured: bool = False) -> str:
    """Line by line: what needs attention first, then the rest by system."""
    lines = [f"{_plain(headline(review))}."]
    for title, changes in (("needs attention", review.urgent), ("and", review.others)):
        if changes:
            lines += ["", f"{title}:" if review.urgent else "changes:"]
        for change in changes:
            lines += _lines(change, coloured=coloured)
    if review.notes:
        lines += ["", *review.notes]
    return "".join(f"{line}\n" for line in lines)


def _lines(change: Change, *, coloured: bool) -> Iterator[str]:
    mark = "!" if change.attention else change.mark
    shown = click.style(mark, fg=_COLOURS[mark], bold=True) if coloured else mark
    yield f"  {shown} {_plain(_sentence(change))}" + (f"  ({change.place})" if change.place else "")
    yield from (f"      - {_plain(each)}" for each in change.before)
    yield from (f"      + {_plain(each)}" for each in change.after)
    yield from (f"      > {_plain(each)}" for each in _impact(change))


def _plain(text: str) -> str:
    """On one line, with nothing in it that a terminal would obey."""
    line = "".join(each if each.isprintable() else " " for each in text)
    return line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 1]}…"


# A comment ------------------------------------------------------------------------------------------------


def as_markdown(review: Review) -> str:
    """A comment that says in its first line what matters most, with details to unfold, within what forges take."""
    head = [f"**{_escaped(headline(review))}.**", "", f"`{review.before}` → `{review.after}`", ""]
    tail = [*(f"{_escaped(each)}  " for each in review.notes), "", MARKER]
    room = _LONGEST - sum(len(line) + 1 for line in (*head, *tail)) - 200
    body: list[str] = []
    shown = 0
    for title, changes in (("Needs attention", review.urgent), ("Other changes", review.others)):
        block = [f"### {title}", ""] if changes and review.urgent else []
        for system, items in groupby(changes, key=lambda each: each.system):
            written = [[*([f"**{_escaped(system or 'all systems')}**", ""] if not place else []), *_item(change)]
                       for place, change in enumerate(items)]  # fmt: skip
            for item in written:
                size = sum(len(line) + 1 for line in (*block, *item))
                if size > room:
                    left = len(review.changes) - shown
                    return _joined([*head, *body, "", f"*{left} more: `watchwright diff` shows them.*", "", *tail])
                body += [*block, *item]
                block, room, shown = [], room - size, shown + 1
            body.append("")
    return _joined([*head, *body, *tail])


def _joined(lines: Iterable[str]) -> str:
    text = "\n".join(lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _item(change: Change) -> Iterator[str]:
    place = f" — `{change.place}`" if change.place else ""
    mark = "⚠️" if change.attention else {"+": "➕", "-": "➖", "~": "✏️"}[change.mark]
    yield f"- {mark} {_escaped(change.subject)} {_escaped(change.said)}{place}"
    details = [*(f"- {_plain(each)}" for each in change.before), *(f"+ {_plain(each)}" for each in change.after)]
    if details:
        fence = "`" * max(3, *(len(run) + 1 for line in details for run in re.findall("`+", line)), 0)
        yield from ("  <details><summary>before and after</summary>", "", f"  {fence}diff")
        yield from (f"  {line}" for line in details)
        yield from (f"  {fence}", "", "  </details>")
    if change.impact:
        yield f"  <details><summary>felt by {len(change.impact)}</summary>"
        yield ""
        yield from (f"  - {_escaped(each)}" for each in _impact(change))
        yield from ("", "  </details>")


# what Markdown, and a forge on top of it, would make something of
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~$@])")


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", html.escape(_plain(text), quote=False))

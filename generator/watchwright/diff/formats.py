"""Changes for people: on a terminal, and as a comment on a pull request."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import attrs
import click

from watchwright.diff.change import Change
from watchwright.diff.inert import code, escaped, fence, plain
from watchwright.diff.places import of_base

#: By it a job finds the comment that it wrote before, to write it anew.
MARKER = "<!-- watchwright diff -->"
# GitHub takes 65,536 characters (https://github.com/orgs/community/discussions/41331), GitLab a million
_LONGEST = 60_000
_MOST_IMPACT = 12
_MOST_KINDS = 4


@attrs.frozen(kw_only=True)
class Review:
    """
    What there is to review: the changes between two named sides, and *notes* beside them, of costs.

    *environments* are those that were compared. *unread* says which definitions could not be, so that less is known.
    *folder* is the way to the repository from the top of Git's.
    """

    before: str
    after: str
    changes: Sequence[Change]
    notes: Sequence[str] = ()
    environments: Sequence[str] = ()
    unread: Sequence[str] = ()
    folder: str = ""

    @property
    def urgent(self) -> list[Change]:
        """What needs attention."""
        return [each for each in self.changes if each.attention]

    @property
    def others(self) -> list[Change]:
        """What needs none."""
        return [each for each in self.changes if not each.attention]


def caveat(review: Review) -> str:
    """What there is to know before all else: that less was compared than there is."""
    little = "So what was rendered is compared, which says nothing of metrics, places and thresholds of panels."
    return " ".join([*review.unread, little]) if review.unread else ""


def headline(review: Review) -> str:
    """All of it in one line, the worst first."""
    urgent, others = review.urgent, len(review.others)
    rest = f"{others} other change{'s' if others > 1 else ''}" if others else ""
    if not urgent:
        if others:
            return f"{others} change{'s' if others > 1 else ''}, and none needs attention"
        return "Nothing changes in what is rendered" if review.unread else "Nothing changes"
    first = _sentence(urgent[0])
    more = f"{len(urgent) - 1} more need{'s' if len(urgent) == 2 else ''} attention" if len(urgent) > 1 else ""  # noqa: PLR2004 - one beside the first
    return "; ".join(filter(None, (first, more, rest)))


def owner(change: Change) -> str:
    """Whose change it is: of which environments, where it is not of all, and of which system."""
    return ": ".join(filter(None, (", ".join(change.environments), change.system)))


def _sentence(change: Change) -> str:
    return ": ".join(filter(None, (owner(change), f"{change.subject} {change.said}")))


def _impact(change: Change) -> Iterator[str]:
    yield from change.impact[:_MOST_IMPACT]
    if len(change.impact) > _MOST_IMPACT:
        yield f"and {len(change.impact) - _MOST_IMPACT} more"


# A terminal -----------------------------------------------------------------------------------------------

_COLOURS = {"!": "red", "+": "green", "-": "yellow", "~": "cyan"}


def as_text(review: Review, *, coloured: bool = False) -> str:
    """Line by line: what needs attention first, then the rest by system."""
    lines = [plain(caveat(review)), ""] if review.unread else []
    lines.append(f"{plain(headline(review))}.")
    for title, changes in (("needs attention", review.urgent), ("and", review.others)):
        if changes:
            lines += ["", f"{title}:" if review.urgent else "changes:"]
        for change in changes:
            lines += _lines(change, coloured=coloured)
    if review.notes:
        lines += ["", *map(plain, review.notes)]
    return "".join(f"{line}\n" for line in lines)


def _lines(change: Change, *, coloured: bool) -> Iterator[str]:
    mark = "!" if change.attention else change.mark
    shown = click.style(mark, fg=_COLOURS[mark], bold=True) if coloured else mark
    place = f"  ({'was at ' if of_base(change) else ''}{plain(change.place)})" if change.place else ""
    yield f"  {shown} {plain(_sentence(change))}{place}"
    yield from (f"      - {plain(each)}" for each in change.before)
    yield from (f"      + {plain(each)}" for each in change.after)
    yield from (f"      > {plain(each)}" for each in _impact(change))


# A comment ------------------------------------------------------------------------------------------------


def as_markdown(review: Review) -> str:
    """A comment that says in its first line what matters most, with details to unfold, within what forges take."""
    sides = f"{code(review.before)} → {code(review.after)}"
    of = f", in {escaped(', '.join(review.environments))}" if review.environments else ""
    warned = [f"⚠️ {escaped(caveat(review))}", ""] if review.unread else []
    head = [*warned, f"**{escaped(headline(review))}.**", "", f"{sides}{of}", ""]
    tail = [*(f"{escaped(each)}  " for each in review.notes), "", MARKER]
    room = _LONGEST - sum(len(line) + 1 for line in (*head, *tail)) - 300
    body: list[str] = []
    shown = 0
    for title, changes in (("Needs attention", review.urgent), ("Other changes", review.others)):
        block = [f"### {title}", ""] if changes and review.urgent else []
        for system, items in groupby(changes, key=lambda each: each.system):
            written = [[*([f"**{escaped(system or 'all systems')}**", ""] if not place else []), *_item(change)]
                       for place, change in enumerate(items)]  # fmt: skip
            for item in written:
                size = sum(len(line) + 1 for line in (*block, *item))
                if size > room:
                    return _joined([*head, *body, "", _left([*review.urgent, *review.others][shown:]), "", *tail])
                body += [*block, *item]
                block, room, shown = [], room - size, shown + 1
            body.append("")
    return _joined([*head, *body, *tail])


def _left(changes: Sequence[Change]) -> str:
    """What there was no room for, by the commonest kinds."""
    kinds = Counter(each.id for each in changes)
    told = [f"{count} of `{kind}`" for kind, count in kinds.most_common(_MOST_KINDS)]
    rest = ["..."] if len(kinds) > _MOST_KINDS else []
    return f"*{len(changes)} more, {', '.join([*told, *rest])}: `watchwright diff` shows them.*"


def _joined(lines: Iterable[str]) -> str:
    text = "\n".join(lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _item(change: Change) -> Iterator[str]:
    place = f" — {'was at ' if of_base(change) else ''}{code(change.place)}" if change.place else ""
    mark = "⚠️" if change.attention else {"+": "➕", "-": "➖", "~": "✏️"}[change.mark]
    of = f"{', '.join(change.environments)}: " if change.environments else ""
    yield f"- {mark} {escaped(f'{of}{change.subject} {change.said}')}{place}"
    details = [*(f"- {plain(each)}" for each in change.before), *(f"+ {plain(each)}" for each in change.after)]
    if details:
        ticks = fence("\n".join(details), least=3)
        yield from ("  <details><summary>before and after</summary>", "", f"  {ticks}diff")
        yield from (f"  {line}" for line in details)
        yield from (f"  {ticks}", "", "  </details>")
    if change.impact:
        yield f"  <details><summary>felt by {len(change.impact)}</summary>"
        yield ""
        yield from (f"  - {escaped(each)}" for each in _impact(change))
        yield from ("", "  </details>")

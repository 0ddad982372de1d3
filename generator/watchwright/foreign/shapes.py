"""What the parts of a rule file look like, and what is said of those that look otherwise."""

from __future__ import annotations

import difflib
import re

import attrs

from watchwright.finding import Finding, reports
from watchwright.foreign.placed import Mapping, Node, Sequence, Text
from watchwright.model.duration import milliseconds
from watchwright.model.error import DefinitionError
from watchwright.query.grammar import LABEL_NAME, QUOTED_NAMES_SINCE
from watchwright.query.version import Version
from watchwright.source import Source

#: The first version that takes a key.
Keys = dict[str, Version]

_NAME_LABEL = "__name__"
_INTEGER = re.compile(r"[-+]?(?:0[xob])?[0-9a-fA-F_]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?")


@reports("rules/shape")
def shape(source: Source, problem: str, subject: str = "", hint: str = "") -> Finding:
    """
    A rule file has a part that Prometheus does not take.

    A key it does not know, a rule that is both or neither of `record` and `alert`, one without `expr`, a recording
    rule with what only alerts have, a duration or a name that is none. Prometheus then loads nothing of the file, and
    does not start with it. Keys that came with a later version than `--prometheus` are refused, too.
    """
    return Finding(problem, source, subject, hint)


@attrs.define(eq=False)
class Shapes:
    """Takes parts for what they should be; what they are not is a finding, and None."""

    version: Version
    findings: list[Finding] = attrs.field(factory=list)

    def wrong(self, node: Node | None, problem: str, subject: str = "", hint: str = "") -> None:
        """Say what a part should have been."""
        self.findings.append(shape(node.source if node else Source(), problem, subject, hint))

    def labels(self, node: Mapping, key: str, subject: str) -> dict[str, Text]:
        """Names and texts of labels or annotations, without those that Prometheus refuses."""
        found = node.get(key)
        if found is None:
            return {}
        if not isinstance(found, Mapping):
            self.wrong(found, f"`{key}` is a mapping", subject)
            return {}
        taken: dict[str, Text] = {}
        for name, value in found.entries.items():
            if not self._is_label(name) or (key == "labels" and name == _NAME_LABEL):
                self.wrong(found.keys[name], f"`{name}` is no name for one of the {key}", subject)
            elif isinstance(value, Text):
                taken[name] = value
            else:
                self.wrong(value, f"`{name}` is a text", subject)
        return taken

    def _is_label(self, name: str) -> bool:
        return bool(name) if self.version >= QUOTED_NAMES_SINCE else LABEL_NAME.fullmatch(name) is not None

    def duration(self, node: Mapping, key: str, subject: str) -> int | None:
        """A duration in milliseconds."""
        found = self.scalar(node, key, subject)
        if found is None:
            return None
        try:
            return milliseconds(found.value, f"`{key}`", zero=True)
        except DefinitionError as error:
            self.wrong(found, error.message, subject, error.hint)
            return None

    def integer(self, node: Mapping, key: str, subject: str) -> None:
        """A whole number, which nothing here wants to know."""
        found = self.scalar(node, key, subject)
        if found is not None and (found.style or not _INTEGER.fullmatch(found.value)):
            self.wrong(found, f"`{key}` is a whole number", subject)

    def scalar(self, node: Mapping, key: str, subject: str) -> Text | None:
        """A text, a number, or whatever else stands on its own."""
        found = node.get(key)
        if found is None or isinstance(found, Text):
            return found
        self.wrong(found, f"`{key}` is a text", subject)
        return None

    def sequence(self, node: Mapping, key: str, subject: str) -> list[Node]:
        """The items of a list, but nulls, which Prometheus passes over; none where it is absent."""
        found = node.get(key)
        if found is not None and not isinstance(found, Sequence):
            self.wrong(found, f"`{key}` is a list", subject)
        items = found.items if isinstance(found, Sequence) else []
        return [item for item in items if not (isinstance(item, Text) and item.is_null)]

    def keys(self, node: Mapping, known: Keys, what: str, subject: str = "") -> None:
        """Refuse keys that Prometheus of that version does not know."""
        for key, written in node.keys.items():
            since = known.get(key)
            if since is None:
                close = difflib.get_close_matches(key, known, 1)
                hint = f"did you mean `{close[0]}`?" if close else f"keys are {', '.join(known)}"
                self.wrong(written, f"`{key}` is no key of {what}", subject, hint)
            elif since > self.version:
                self.wrong(written, f"`{key}` of {what} needs Prometheus {since[0]}.{since[1]}", subject)

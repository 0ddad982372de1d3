"""
The rules that a unit test needs.

Promtool evaluates every rule of the files it is given at every step of every test: with forty alerts in a
file, nearly all of its time goes into rules that no expectation reads. What is left out here cannot
change a verdict: a rule is kept if the test names it, or a rule that is kept does; and all are kept where a
selector without a name, or one of all alerts, may read any of them. Of the many rules that record one name for all
SLOs and windows, those are left out whose labels are none of which whoever names them asks for.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import attrs

from watchwright.backends.artifact import Artifact
from watchwright.verify import rendered

_WORD = re.compile(r"[a-zA-Z_][a-zA-Z0-9_:]*")
_OF_ONE_ALERT = re.compile(r'ALERTS(?:_FOR_STATE)?\{(?:[^{}]*,)?alertname="([^"]+)"')
# `{job="shop"}` may select anything; `{{ $value }}` is a template
_NAMELESS = re.compile(r"(?<![\w:{])\{(?!\{)")
# the labels of a sample that is expected, which may have no name: nothing is asked by them
_EXPECTED = re.compile(r"(?m)^ +- labels: .*$")
_ALERTS = frozenset({"ALERTS", "ALERTS_FOR_STATE"})


# labels that tell apart the rules of one name: in a selector, and as a rule sets them
_SELECTOR = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\{([^{}]*)\}")
_ASKED = re.compile(r'\b(slo|sloth_id|window)="([^"]*)"')
_SET = re.compile(r'(?m)^ +(slo|sloth_id|window): "?([^"\n]*)"?$')

_Labels = frozenset[tuple[str, str]]


@attrs.frozen
class _Reading:
    """The words of a text, and the labels that each selector of a name asks for; one without braces asks for none."""

    words: frozenset[str]
    asked: Mapping[str, tuple[_Labels, ...]]

    @classmethod
    def of(cls, text: str) -> _Reading:
        words = _WORD.findall(text)
        asked: dict[str, tuple[_Labels, ...]] = {}
        for name, matchers in _SELECTOR.findall(text):
            asked[name] = (*asked.get(name, ()), frozenset(_ASKED.findall(matchers)))
        times = Counter(words)
        bare = {name: (*each, frozenset()) if times[name] > len(each) else each for name, each in asked.items()}
        return cls(frozenset(words), bare)

    def asks_for(self, rule: _Rule) -> bool:
        """Whether one of the selectors of its name may select what a rule records."""
        return any(
            all(rule.labels.get(label, value) == value for label, value in each)
            for each in self.asked.get(rule.at.name, (frozenset(),))
        )


@attrs.frozen(eq=False)
class _Rule:
    path: str
    at: rendered.RuleAt
    nameless: bool
    labels: Mapping[str, str]
    reading: _Reading


def narrowed(
    artifact: Artifact, tests: Sequence[str], files: Mapping[str, Artifact]
) -> tuple[list[str], Mapping[str, Artifact]]:
    """
    The *tests* of a file, each loading copies of its rule files that hold what it needs; and those copies, by path.

    Lines keep their numbers. A test that asks for all alerts at once keeps all rules.
    """
    named = {name: _path(artifact, name) for name in rendered.rule_files(artifact.text)}
    if not named or not files.keys() >= set(named.values()):
        return list(tests), {}
    rules = [rule for path in named.values() for rule in _rules(path, files[path].text)]
    copies: dict[frozenset[_Rule], Mapping[str, str]] = {}
    changed: list[str] = []
    for text in tests:
        kept = _kept(text, rules)
        names = copies.setdefault(kept, {name: _beside(name, len(copies) + 1, artifact) for name in named})
        changed.append(rendered.with_rule_files(text, names))
    return changed, {
        _path(artifact, names[name]): attrs.evolve(files[path], text=_only(files[path], kept))
        for kept, names in copies.items()
        for name, path in named.items()
    }


def _path(artifact: Artifact, name: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(artifact.path), name))


def _beside(name: str, number: int, tests: Artifact) -> str:
    """A copy for some tests of a file: those of another have copies of the same rules, with other numbers."""
    folder, _, file = name.rpartition("/")
    of, _ = posixpath.splitext(posixpath.basename(tests.path))
    return posixpath.join(folder, f".{of}-{number:04}-{file}")


def _rules(path: str, text: str) -> Iterator[_Rule]:
    lines = text.split("\n")
    for at in rendered.rules(text):
        rule = "\n".join(lines[at.line - 1 : at.last])
        labels = dict(_SET.findall(rule))
        # its own name, which its first line says, is nothing that it reads
        _, _, body = rule.partition("\n")
        yield _Rule(path, at, bool(_NAMELESS.search(rule)), labels, _Reading.of(body))


def _kept(test: str, rules: Sequence[_Rule]) -> frozenset[_Rule]:
    """What a test reaches: by the names of recorded series, and of alerts."""
    if _asks_for_all_alerts(test) or _NAMELESS.search(_EXPECTED.sub("", test)):
        return frozenset(rules)
    by_name: dict[str, list[_Rule]] = {}
    for rule in rules:
        by_name.setdefault(rule.at.name, []).append(rule)
    waiting = [_Reading.of(test)]
    kept: set[_Rule] = set()
    while waiting:
        reading = waiting.pop()
        for rule in [rule for word in reading.words & by_name.keys() for rule in by_name[word]]:
            if rule not in kept and reading.asks_for(rule):
                if rule.reading.words & _ALERTS or rule.nameless:
                    return frozenset(rules)
                kept.add(rule)
                waiting.append(rule.reading)
    return frozenset(kept)


def _asks_for_all_alerts(test: str) -> bool:
    return len(_OF_ONE_ALERT.findall(test)) < sum(word in _ALERTS for word in _WORD.findall(test))


def _only(artifact: Artifact, kept: frozenset[_Rule]) -> str:
    lines = artifact.text.split("\n")
    lines_of = {rule.at.line for rule in kept if rule.path == artifact.path}
    for at in rendered.rules(artifact.text):
        if at.line not in lines_of:
            lines[at.line - 1 : at.last] = [""] * (at.last - at.line + 1)
    return "\n".join(lines)

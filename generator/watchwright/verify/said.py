"""
Reads what promtool prints, of 2.42 to 3.14: plain text for people, without a stable form.

What has no known form is kept as it is: a complaint that nobody can place is still a complaint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import attrs

from watchwright.verify.tools import quoted

# `rules/a.yaml: 7:15: group "g", rule 2, "a:b:d": could not parse expression: ...`; 2.42 gives two positions at times.
_RULE = re.compile(
    r"(?P<path>\S+\.ya?ml): (?:(?P<line>\d+):\d+: )?(?:\d+:\d+: )?"
    r'group "(?P<group>[^"]*)", rule (?P<number>\d+), "(?P<name>[^"]*)":? (?P<message>.*)'
)
_POSITION = re.compile(r"(?P<path>\S+\.ya?ml): (?P<line>\d+):\d+: (?P<message>.*)")
_YAML_LINE = re.compile(r"(?:yaml: )?line (?P<line>\d+): (?P<message>.*)")
_OF_FILE = re.compile(r"(?:parsing YAML file )?(?P<path>[^\s\"'`]+\.ya?ml): (?P<message>.*)")
_UNKNOWN_FIELD = re.compile(r"field (\S+) not found in type \S+")
# Relabelling and matchers anchor their patterns; each version shows another anchor.
_ANCHORED = re.compile(r"`\^\(\?s?:(.*)\)\$`")
_NOISE = re.compile(r"time=\S+ level=|level=|ts=|SUCCESS\b|WARNING: |(yaml: )?unmarshal errors:$")
_METRIC_LINE = re.compile(r"error while linting: text format parsing error in line (\d+): (.*)")
_EXPECTED = re.compile(
    r'expr: "(?P<expr>(?:[^"\\]|\\.)*)", time: (?P<time>\S+?),\s*exp: ?(?P<expected>.*?)\s*got: ?(?P<got>.*)', re.DOTALL
)
_EXPECTED_ALERT = re.compile(
    r"alertname: (?P<expr>.*?), time: (?P<time>\S+?),\s*exp: ?(?P<expected>.*?),?\s*got: ?(?P<got>.*)", re.DOTALL
)
_BROKEN_EXPR = re.compile(r'expr: "(?P<expr>(?:[^"\\]|\\.)*)", time: (?P<time>\S+?), err: (?P<error>.*)', re.DOTALL)
_BROKEN_RULE = re.compile(r"rule: (?P<rule>.*?), time: (?P<time>\S+?), err: (?P<error>.*)", re.DOTALL)
_TEST_STARTS = re.compile(r"    (?:expr: |alertname: |rule: |name: )")
_FLOAT = re.compile(r"(?<=\} )[-+]?\d+(?:\.\d+)?E[-+]\d+")
_SHOWN = 300


@attrs.frozen
class Complaint:
    """What is wrong, and where as far as it was said: a file, a line, a rule of a group."""

    message: str
    path: str = ""
    line: int | None = None
    rule: str = ""
    group: str = ""
    number: int | None = None
    labels: frozenset[tuple[str, str]] | None = None


@attrs.frozen
class TestVerdict:
    """What became of one unit test file."""

    __test__ = False  # pytest collects by name

    passed: bool
    complaints: tuple[Complaint, ...] = ()


def of_check(output: str) -> Iterator[Complaint]:
    """Complaints of `check config` and `check rules`."""
    path = ""
    lines = iter(output.split("\n"))
    for line in lines:
        text = line.strip()
        if text.startswith("Checking "):
            path = text.removeprefix("Checking ")
        elif text.startswith("lint error"):
            yield from _duplicates(path, lines)
        elif text.removeprefix("FAILED:"):
            yield from of_line(text.removeprefix("FAILED:").strip(), path)


def of_line(text: str, path: str) -> Iterator[Complaint]:
    """The complaint of one line, about *path* unless it names another file; nothing for what is no complaint."""
    if _NOISE.match(text) or text == "":
        return
    if found := _RULE.fullmatch(text):
        line = int(found["line"]) if found["line"] else None
        message = _tidy(found["message"])
        yield Complaint(message, found["path"], line, found["name"], found["group"], int(found["number"]))
    elif found := _POSITION.fullmatch(text):
        # 3.14 says 0:0 of what it has no place for.
        yield Complaint(_tidy(found["message"]), found["path"], int(found["line"]) or None)
    elif found := _YAML_LINE.fullmatch(text):
        yield Complaint(_tidy(found["message"]), path, int(found["line"]))
    elif found := _OF_FILE.fullmatch(text):
        yield from of_line(found["message"], found["path"])
    else:
        yield Complaint(_tidy(text), path)


def of_metrics(output: str) -> Iterator[tuple[str, int | None, str]]:
    """Complaints of `check metrics`: the metric, or else the line of the exposition, and what is wrong."""
    for line in output.split("\n"):
        if found := _METRIC_LINE.match(line):
            yield "", int(found[1]), _tidy(found[2])
        elif line.strip() and not _NOISE.match(line):
            name, _, message = line.partition(" ")
            yield name, None, _tidy(message)


def of_tests(output: str) -> list[TestVerdict]:
    """One verdict a file, in the order of the files; the last one may be missing where promtool was killed."""
    verdicts: list[TestVerdict] = []
    warnings: list[Complaint] = []
    body: list[str] | None = None
    for line in [*output.split("\n"), "  SUCCESS"]:
        text = line.strip()
        if text.startswith("WARNING: no file match"):
            warnings.append(Complaint(_tidy(text.removeprefix("WARNING: "))))
        elif text in ("SUCCESS", "FAILED:") or text.startswith("Unit Testing: "):
            if body is not None:
                verdicts.append(TestVerdict(False, tuple(_failures(body))))
                body = None
            if text == "FAILED:":
                body = [*(each.message for each in warnings)]
            elif text == "SUCCESS":
                verdicts.append(TestVerdict(not warnings, tuple(warnings)))
            if not text.startswith("Unit Testing: "):
                warnings = []
        elif body is not None:
            body.append(line)
    return verdicts[:-1]  # without the one that ended the last


def _failures(body: list[str]) -> Iterator[Complaint]:
    for entry in _entries(body):
        text = "\n".join(entry).strip()
        if found := _EXPECTED.fullmatch(text) or _EXPECTED_ALERT.fullmatch(text):
            yield Complaint(
                f"at {found['time']} `{_unquoted(found['expr'])}`: "
                f"expected {_samples(found['expected'])}, got {_samples(found['got'])}"
            )
        elif found := _BROKEN_EXPR.fullmatch(text):
            yield Complaint(f"at {found['time']} `{_unquoted(found['expr'])}`: {quoted(found['error'], _SHOWN)}")
        elif found := _BROKEN_RULE.fullmatch(text):
            yield Complaint(f"at {found['time']} rule `{found['rule']}`: {quoted(found['error'], _SHOWN)}")
        else:
            for line in entry:
                yield from of_line(line.strip(), "")


def _entries(body: list[str]) -> Iterator[list[str]]:
    """The lines of a failed file, a list for each failure; `name:` begins what the next line goes on with."""
    entry: list[str] = []
    named = False
    for line in body:
        if _TEST_STARTS.match(line):
            if entry and not named:
                yield entry
                entry = []
            named = line.startswith("    name: ")
            entry = [] if named else [line]
        elif line.strip():
            entry.append(line)
            named = False
    if entry:
        yield entry


def _duplicates(path: str, lines: Iterator[str]) -> Iterator[Complaint]:
    """The rules that a lint error lists: `Metric:`, then `Label(s):`, then one label a line."""
    name: str | None = None
    labels: set[tuple[str, str]] = set()
    for line in lines:
        if line.startswith("\t"):
            label, _, value = line.strip().partition(": ")
            labels.add((label, value))
            continue
        if line.startswith("Label(s):"):
            continue
        if name is not None:
            yield Complaint("the same name and labels as another rule", path, rule=name, labels=frozenset(labels))
            name, labels = None, set()
        if not line.startswith("Metric: "):
            return
        name = line.removeprefix("Metric: ").strip()


def _tidy(message: str) -> str:
    """In one form, whichever version says it."""
    message = _UNKNOWN_FIELD.sub(r"unknown field `\1`", message)
    return quoted(_ANCHORED.sub(r"`\1`", message).removeprefix("yaml: "))


def _samples(text: str) -> str:
    """Samples, or alerts, as promtool prints them, shortened."""
    line = " ".join(text.split())
    line = re.sub(r"\d+: Labels:|(?<=\}) Annotations:(?:\{\})?(?=[{ ])", " ", line)
    line = " ".join(line.strip("[] ").split())
    line = _FLOAT.sub(lambda found: f"{Decimal(found[0]).normalize():f}", line)
    return "nothing" if line in ("", "nil") else quoted(line, _SHOWN)


def _unquoted(text: str) -> str:
    return quoted(re.sub(r"\\(.)", r"\1", text), _SHOWN)

"""
Promtool's judgement of what was rendered, with each complaint brought back to the definition it is about.

The only module that starts promtool. Every version found is asked, so that "valid from 2.42 on" is shown.
"""

from __future__ import annotations

import posixpath
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import attrs

from watchwright.backends.artifact import Artifact
from watchwright.finding import Failed, Finding
from watchwright.lower.plan import Origin
from watchwright.query.version import parse_version
from watchwright.source import NOWHERE
from watchwright.verify import rendered, said
from watchwright.verify.narrowing import narrowed
from watchwright.verify.said import Complaint
from watchwright.verify.tools import Command, Found, Outcome, Tool, failed, quoted, run_all
from watchwright.verify.verdict import (
    Judged,
    Verdict,
    config_refused,
    in_trouble,
    merged,
    metric_named_badly,
    missing,
    rules_refused,
    test_failed,
    unjudged,
    unread,
)

#: Seconds for a check, and for a batch of unit tests.
CHECK_TIMEOUT = 60.0
TEST_TIMEOUT = 600.0
_INVALID, _LINT = 1, 3
_LARGEST_BATCH = 50
_RAW = 1500
# Credentials and certificates lie on the Prometheus server, not where the configuration is rendered.
_ABSENT_HERE = re.compile(r"stat .+: (no such file or directory|permission denied)$")
# Builds differ in the service discoveries compiled in: Debian's has no Kubernetes. These are all that 2.42 knows:
# https://github.com/prometheus/prometheus/blob/v2.42.0/plugins.yml, and http, file and static, which no build lacks.
_DISCOVERIES = frozenset(
    f"{name}_sd_configs"
    for name in (
        "azure",
        "consul",
        "digitalocean",
        "dns",
        "docker",
        "dockerswarm",
        "ec2",
        "eureka",
        "gce",
        "hetzner",
        "ionos",
        "kubernetes",
        "kuma",
        "lightsail",
        "linode",
        "marathon",
        "nerve",
        "nomad",
        "openstack",
        "ovhcloud",
        "puppetdb",
        "scaleway",
        "serverset",
        "triton",
        "uyuni",
        "vultr",
    )
)
_CONFIG = re.compile(r"prometheus(-shard-[A-Za-z0-9_.-]*\d)?\.yml")
_UNKNOWN_FIELD = re.compile(r"field (\w+) not found")
_NAMED = re.compile(r"\"([^\"]+)\"|`([^`]+)`|\bjob: ([^,]+)")


@attrs.frozen
class Exposition:
    """The declared metrics as exposition text, and where each was declared, by name."""

    text: str = ""
    origins: Mapping[str, tuple[Origin, ...]] = attrs.field(factory=dict)


@attrs.frozen
class _Call:
    """A command, and how its output is read."""

    tool: Tool
    command: Command
    read: Callable[[str], Iterable[Judged]]


@attrs.frozen
class _Piece:
    """A unit test in a file of its own, so that promtool's verdicts, which name no test, can be counted off."""

    path: str
    text: str
    test: rendered.TestAt
    artifact: Artifact

    @property
    def origin(self) -> Origin | None:
        return self.artifact.origin(self.test.first)


def verify(
    artifacts: Iterable[Artifact],
    found: Found,
    *,
    prometheus: str,
    exposition: Exposition | None = None,
    timeout: float = CHECK_TIMEOUT,
) -> Verdict:
    """
    Have every promtool check the configurations, rules and metrics.

    *prometheus* is the version the platform declares: older tools are not asked.
    """
    files = {artifact.path: artifact for artifact in artifacts}
    judges = _judges(found, prometheus)
    if not judges:
        return Verdict((*found.findings, missing(found.tools, prometheus)), ())
    with _written({path: artifact.text for path, artifact in files.items()}, exposition) as folder:
        calls = [call for tool in judges for call in _checks(tool, folder, files, exposition, timeout)]
        judged = _judgements(calls, folder, files)
    return Verdict((*found.findings, *merged(_without_judged_elsewhere(judged, judges))), judges)


def unit_tests(
    artifacts: Iterable[Artifact], found: Found, *, prometheus: str, timeout: float = TEST_TIMEOUT
) -> Verdict:
    """Have every promtool run the unit tests, two batches at a time."""
    files = {artifact.path: artifact for artifact in artifacts}
    judges = _judges(found, prometheus)
    if not judges:
        return Verdict((*found.findings, missing(found.tools, prometheus)), ())
    pieces: list[_Piece] = []
    for path in sorted(path for path in files if _is_test(path)):
        found_there, copies = _pieces(files[path], files)
        pieces += found_there
        files |= copies
    texts = {path: artifact.text for path, artifact in files.items()} | {piece.path: piece.text for piece in pieces}
    with _written(texts) as folder:
        batches = [(tool, batch) for tool in judges for batch in _batches(pieces)]
        outcomes = run_all([_test_command(tool, folder, batch, timeout) for tool, batch in batches])
    judged = [
        each
        for (tool, batch), outcome in zip(batches, outcomes, strict=True)
        for each in _test_verdicts(tool, batch, outcome, files)
    ]
    return Verdict((*found.findings, *merged(judged)), judges)


def _judges(found: Found, prometheus: str) -> tuple[Tool, ...]:
    """Those that know the language the platform may use; of one without a version, nobody can say that it does not."""
    return tuple(tool for tool in found.tools if not tool.version or _at_least(tool.version, prometheus))


def _at_least(version: str, prometheus: str) -> bool:
    try:
        return parse_version(version) >= parse_version(prometheus)
    except ValueError:
        return True


@contextmanager
def _written(texts: Mapping[str, str], exposition: Exposition | None = None) -> Iterator[Path]:
    """The texts as files, in a folder of their own. Raises `Failed` where the system has no room for them."""
    with tempfile.TemporaryDirectory(prefix="watchwright-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        metrics = {} if exposition is None else {"metrics.prom": exposition.text}
        try:
            for path, text in {**texts, **metrics}.items():
                file = folder / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, "utf-8", newline="\n")
        except OSError as error:
            raise Failed(failed("promtool", f"cannot be asked: {error.strerror} in {folder.parent}")) from error
        yield folder


# Checks.


def _checks(
    tool: Tool, folder: Path, files: Mapping[str, Artifact], exposition: Exposition | None, timeout: float
) -> Iterator[_Call]:
    command = partial(_command, tool, folder, timeout)
    lint = ("--lint=all", "--lint-fatal")
    rule_files = sorted(path for path in files if _is_rules(path))
    for path in sorted(files):
        if _is_config(path):
            yield _Call(tool, command("check", "config", *lint, path), partial(_complaints, tool, files))
    if rule_files:
        yield _Call(tool, command("check", "rules", *lint, *rule_files), partial(_complaints, tool, files))
    if exposition is not None and exposition.text:
        metrics = attrs.evolve(command("check", "metrics"), stdin=folder / "metrics.prom")
        yield _Call(tool, metrics, partial(_metric_complaints, tool, exposition))


def _command(tool: Tool, folder: Path, timeout: float, *arguments: str) -> Command:
    return Command(tool=str(tool), arguments=(str(tool.path), *arguments), folder=folder, timeout=timeout)


def _is_config(path: str) -> bool:
    """`rules/prometheus.yml`, and those of shards beside it."""
    return path.startswith("rules/") and _CONFIG.fullmatch(posixpath.basename(path)) is not None


def _is_test(path: str) -> bool:
    """`rules/tests/...`, or `rules/<environment>/tests/...`."""
    return path.startswith("rules/") and path.endswith(".yaml") and "tests" in path.split("/")[1:3]


def _is_rules(path: str) -> bool:
    return path.startswith("rules/") and path.endswith(".yaml") and not _is_test(path)


def _read(call: _Call, outcome: Outcome) -> list[Judged]:
    """What a call came to. A code other than 0 never passes in silence."""
    if outcome.trouble:
        return [in_trouble(call.tool, outcome.trouble)]
    if outcome.code not in (0, _INVALID, _LINT):
        return [in_trouble(call.tool, failed(str(call.tool), f"ended with exit code {outcome.code}", outcome.output))]
    if not outcome.code:
        return []
    kind = " ".join(call.command.arguments[1:3])
    raw = Judged(call.tool, unread, f"`{kind}` ended with exit code {outcome.code}: {quoted(outcome.output, _RAW)}")
    return list(call.read(outcome.output)) or [raw]


def _judgements(calls: Sequence[_Call], folder: Path, files: Mapping[str, Artifact]) -> list[Judged]:
    """What all calls came to; a call that says more about this machine than about the files is put differently."""
    judged: list[Judged] = []
    while calls:
        outcomes = run_all([call.command for call in calls])
        again: list[_Call] = []
        for call, outcome in zip(calls, outcomes, strict=True):
            amended = _without_missing_discoveries(call, outcome, folder, files) or _without_absent_files(call, outcome)
            again += [amended] if amended else []
            judged += _unjudged_parts(call, outcome, files) if amended else _read(call, outcome)
        calls = again
    return judged


def _without_absent_files(call: _Call, outcome: Outcome) -> _Call | None:
    """
    Without looking for files: only the server has credentials and certificates, and promtool stops at the first.

    Rule files it has seen to by then, and they are checked by themselves too.
    """
    arguments = call.command.arguments
    if arguments[2] != "config" or "--syntax-only" in arguments:
        return None
    if not any(_ABSENT_HERE.search(line) for line in outcome.output.split("\n")):
        return None
    return _with_arguments(call, *arguments[:-1], "--syntax-only", arguments[-1])


def _without_missing_discoveries(
    call: _Call, outcome: Outcome, folder: Path, files: Mapping[str, Artifact]
) -> _Call | None:
    """Without the service discoveries that this build does not know, on the same lines."""
    path, unknown = call.command.arguments[-1], _missing_discoveries(call, outcome)
    if not unknown:
        return None
    copy = f"{posixpath.dirname(path)}/.{call.tool.version or 'unknown'}-{posixpath.basename(path)}"
    (folder / copy).write_text(rendered.without(files[path].text, unknown), "utf-8", newline="\n")
    known = {**files, copy: files[path]}
    changed = attrs.evolve(call, read=partial(_complaints, call.tool, known))
    return _with_arguments(changed, *call.command.arguments[:-1], copy)


def _missing_discoveries(call: _Call, outcome: Outcome) -> frozenset[str]:
    """None of a copy that was made without them: what is still unknown there, is."""
    arguments = call.command.arguments
    if arguments[2] != "config" or posixpath.basename(arguments[-1]).startswith("."):
        return frozenset()
    return _DISCOVERIES.intersection(_UNKNOWN_FIELD.findall(outcome.output))


def _unjudged_parts(call: _Call, outcome: Outcome, files: Mapping[str, Artifact]) -> Iterator[Judged]:
    unknown = _missing_discoveries(call, outcome)
    for complaint in said.of_check(outcome.output) if unknown else ():
        named = re.search(r"`(\w+)`", complaint.message)
        if named and named[1] in unknown:
            placed = _placed(call.tool, complaint, files)
            yield attrs.evolve(placed, report=unjudged, message=f"built without `{named[1]}`, so it was not judged")


def _without_judged_elsewhere(judged: Sequence[Judged], judges: Sequence[Tool]) -> list[Judged]:
    """A part that one build could not judge needs no word if another build did."""
    unable = {each: {other.tool for other in judged if other == each} for each in judged if each.report is unjudged}
    return [each for each in judged if len(unable.get(each, judges)) == len(judges)]


def _with_arguments(call: _Call, *arguments: str) -> _Call:
    return attrs.evolve(call, command=attrs.evolve(call.command, arguments=arguments))


def _complaints(tool: Tool, files: Mapping[str, Artifact], output: str) -> Iterator[Judged]:
    for complaint in said.of_check(output):
        yield _placed(tool, complaint, files)


def _placed(tool: Tool, complaint: Complaint, files: Mapping[str, Artifact]) -> Judged:
    """A complaint about a file, under the id of its kind, with the origin of its line."""
    path = posixpath.normpath(complaint.path) if complaint.path else ""
    report = rules_refused if _is_rules(path) or complaint.rule else config_refused
    message = f"rule `{complaint.rule}`: {complaint.message}" if complaint.rule else complaint.message
    artifact = files.get(path)
    if artifact is None:
        return Judged(tool, report, message, path)
    line = complaint.line or _line(artifact.text, complaint)
    place = f"{artifact.path}:{line}" if line else artifact.path
    return Judged(tool, report, message, place, artifact.origin(line) if line else None)


def _line(text: str, complaint: Complaint) -> int | None:
    """The line of the rule that a complaint names, or of the one value that it quotes."""
    if complaint.rule:
        lines = [rule.line for rule in rendered.rules(text) if _is_about(complaint, rule)]
        return lines[-1] if lines else None
    for names in _NAMED.findall(complaint.message):
        name = "".join(names)
        # A path that is written relative to the configuration is shown from where promtool runs.
        spellings = (name, name.removeprefix(f"{posixpath.dirname(complaint.path)}/"))
        lines = [line for value, line in rendered.values(text) if value in spellings]
        if len(lines) == 1:
            return lines[0]
    return None


def _is_about(complaint: Complaint, rule: rendered.RuleAt) -> bool:
    if complaint.number is not None:
        return (complaint.group, complaint.number) == (rule.group, rule.number)
    return complaint.rule == rule.name and complaint.labels in (None, rule.labels)


def _metric_complaints(tool: Tool, exposition: Exposition, output: str) -> Iterator[Judged]:
    lines = exposition.text.split("\n")
    for name, line, message in said.of_metrics(output):
        metric = name or _metric_of(lines[line - 1] if line and line <= len(lines) else "")
        declared = re.sub("_(bucket|sum|count)$", "", metric)
        for origin in exposition.origins.get(metric) or exposition.origins.get(declared) or (None,):
            yield Judged(tool, metric_named_badly, f"`{metric}`: {message}" if metric else message, origin=origin)


def _metric_of(line: str) -> str:
    found = re.match(r"(?:# (?:HELP|TYPE) )?([^\s{#]+)", line)
    return found[1] if found else ""


# Unit tests.


def _pieces(artifact: Artifact, files: Mapping[str, Artifact]) -> tuple[list[_Piece], Mapping[str, Artifact]]:
    """The tests of a file, each alone in a file beside it, for paths are relative; and the rules that they load."""
    tests = rendered.tests(artifact.text)
    folder, _, name = artifact.path.rpartition("/")
    if len({test.first for test in tests}) < len(tests) or not tests:
        whole = rendered.TestAt(name, 1, artifact.text.count("\n"))
        return [_Piece(artifact.path, artifact.text, whole, artifact)], {}
    alone = [rendered.alone(artifact.text, test, tests) for test in tests]
    texts, copies = narrowed(artifact, alone, files)
    return [
        _Piece(f"{folder}/.{number:04}-{name}", text, test, artifact)
        for number, (text, test) in enumerate(zip(texts, tests, strict=True), start=1)
    ], copies


def _batches(pieces: Sequence[_Piece]) -> Iterator[Sequence[_Piece]]:
    """Two at least, where there is something to share out."""
    size = max(1, min(_LARGEST_BATCH, -(-len(pieces) // 2)))
    for first in range(0, len(pieces), size):
        yield pieces[first : first + size]


def _test_command(tool: Tool, folder: Path, batch: Sequence[_Piece], timeout: float) -> Command:
    return _command(tool, folder, timeout, "test", "rules", *(piece.path for piece in batch))


def _test_verdicts(
    tool: Tool, batch: Sequence[_Piece], outcome: Outcome, files: Mapping[str, Artifact]
) -> Iterator[Judged]:
    verdicts = said.of_tests(outcome.output)
    complained = False
    for piece, verdict in zip(batch, verdicts, strict=False):
        for complaint in verdict.complaints:
            complained = True
            yield _test_complaint(tool, piece, complaint, files)
        if not verdict.passed and not verdict.complaints:
            complained = True
            yield _test_complaint(tool, piece, Complaint("failed, and promtool does not say why"), files)
    trouble = outcome.trouble or _miscounted(tool, batch, verdicts, outcome, complained)
    if trouble:
        stopped = batch[len(verdicts)] if len(verdicts) < len(batch) else None
        yield in_trouble(tool, _at(trouble, stopped, len(batch) - len(verdicts)))


def _miscounted(
    tool: Tool, batch: Sequence[_Piece], verdicts: Sequence[said.TestVerdict], outcome: Outcome, complained: bool
) -> Finding | None:
    """A run that ended by itself gives one verdict a file, and its exit code agrees with them."""
    unexplained = outcome.code != 0 and not (outcome.code == _INVALID and complained)
    if unexplained or len(verdicts) != len(batch):
        told = f"gave {len(verdicts)} verdicts on {len(batch)} unit tests and exit code {outcome.code}"
        return failed(str(tool), told, outcome.output)
    return None


def _at(trouble: Finding, piece: _Piece | None, unjudged: int) -> Finding:
    if piece is None:
        return trouble
    origin = piece.origin
    more = f", and {unjudged - 1} after it were not run" if unjudged > 1 else ""
    return attrs.evolve(
        trouble,
        message=f"{trouble.message}, at unit test `{piece.test.name}`{more}",
        source=origin.source if origin else NOWHERE,
        subject=origin.subject if origin else "",
    )


def _test_complaint(tool: Tool, piece: _Piece, complaint: Complaint, files: Mapping[str, Artifact]) -> Judged:
    if complaint.path in files and complaint.path != piece.path:
        return _placed(tool, complaint, files)
    line = complaint.line or piece.test.first
    origin = piece.artifact.origin(line)
    message = (
        complaint.message if complaint.line and not origin else f"unit test `{piece.test.name}`: {complaint.message}"
    )
    return Judged(tool, test_failed, message, f"{piece.artifact.path}:{line}", origin)

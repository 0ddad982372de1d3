"""
Finds the judging tools and runs them: bounded in time and output, and never left running.

A tool that hangs, crashes or floods us is a finding, not an exception.
"""

from __future__ import annotations

import mmap
import os
import re
import selectors
import signal
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import IO

import attrs

from watchwright.finding import Finding, reports

#: Seconds that a tool may take to say its version.
QUICK = 10.0
_OUTPUT_LIMIT = 8 * 2**20
_QUOTED = 500
# `.tools/prometheus-2.42/usr/bin/promtool`; not the module cache of a Go build, thousands of folders further down.
_DEEPEST = 5
_VERSION = re.compile(r"version v?(\d[^\s,()]*)")
# Go writes the modules into every binary it builds, even a stripped one.
_GO_MODULES = {
    "promtool": re.compile(rb"github\.com/prometheus/prometheus\tv0\.(\d{1,4})\.(\d{1,4})(-[\w.-]{1,80})?[\t\n]")
}


@attrs.frozen(order=False)
class Tool:
    """An executable and its version, such as `3.14.0`; the version is empty if nothing tells it."""

    name: str
    path: Path
    version: str

    def __str__(self) -> str:
        """As people name it."""
        return f"{self.name} {self.version or 'of unknown version'}"


@attrs.frozen
class Found:
    """The tools of one name that work, and findings about those that do not."""

    tools: tuple[Tool, ...]
    findings: tuple[Finding, ...] = ()


@attrs.frozen(kw_only=True)
class Command:
    """
    A call of a tool, with *variables* of its environment.

    Its standard input is the file *stdin*, or nothing; its standard error goes to the file *stderr*, else along with
    its output.
    """

    tool: str
    arguments: tuple[str, ...]
    folder: Path
    timeout: float
    stdin: Path | None = None
    stderr: Path | None = None
    variables: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen
class Outcome:
    """What a call came to: its exit code, its output, or the trouble it ended in."""

    code: int | None
    output: str
    trouble: Finding | None = None


@reports("tool/failed")
def failed(tool: str, problem: str, said: str = "") -> Finding:
    """
    A judging tool does not start, crashes, or answers in a way that nobody understands.

    Its verdict is unknown, so it counts as none. Run the tool by hand; replace it, or take it off PATH and out
    of `.tools/`.
    """
    return Finding(
        f"{tool} {problem}{f': {quoted(said)}' if said.strip() else ''}", hint="run it by hand, or replace it"
    )


@reports("tool/timeout")
def timed_out(tool: str, seconds: float, doing: str) -> Finding:
    """
    A judging tool did not end in time, and was killed.

    Unit tests grow slow with the number of their series, samples and rules. What the tool would have
    said is unknown, so it counts as no verdict.
    """
    return Finding(f"{tool} did not end within {seconds:g} s: `{doing}`")


def find(name: str, folder: Path | None = None) -> Found:
    """
    Every version of a tool: any executable *name* below *folder* (a repository's `.tools/`), then on PATH.

    Of several with one version the first is taken.
    """
    tools: dict[str, Tool] = {}
    findings: list[Finding] = []
    for path in _executables(name, folder):
        version = _version(name, path)
        if isinstance(version, Finding):
            findings.append(version)
        else:
            tools.setdefault(version or str(path), Tool(name, path, version))
    return Found(tuple(sorted(tools.values(), key=lambda tool: _age(tool.version))), tuple(findings))


def run(command: Command) -> Outcome:
    """Run one command."""
    return run_all([command])[0]


def run_all(commands: Iterable[Command], at_once: int = 2) -> list[Outcome]:
    """Run commands, a few at a time; outcomes in the order of the commands. Whatever happens, none keeps running."""
    waiting = deque(enumerate(commands))
    outcomes: dict[int, Outcome] = {}
    running: dict[int, _Running] = {}
    try:
        with selectors.DefaultSelector() as selector:
            while waiting or running:
                while waiting and len(running) < at_once:
                    number, command = waiting.popleft()
                    started = _start(command)
                    if isinstance(started, Finding):
                        outcomes[number] = Outcome(None, "", started)
                    else:
                        running[number] = started
                        selector.register(started.pipe, selectors.EVENT_READ, number)
                for number in _ended(running, selector):
                    selector.unregister(running[number].pipe)
                    outcomes[number] = running.pop(number).end()
    finally:
        for each in running.values():
            each.kill()
    return [outcomes[number] for number in sorted(outcomes)]


def quoted(text: str, limit: int = _QUOTED) -> str:
    """Foreign text on one line, of bounded length, without control characters."""
    line = " ".join(text.split())
    line = "".join(each if each.isprintable() else "\ufffd" for each in line)
    return line if len(line) <= limit else f"{line[: limit - 1]}\u2026"


@attrs.define(eq=False)
class _Running:
    command: Command
    process: subprocess.Popen[bytes]
    deadline: float
    output: bytearray = attrs.field(factory=bytearray)
    late: bool = False

    @property
    def pipe(self) -> int:
        assert self.process.stdout is not None  # noqa: S101 - it was asked for
        return self.process.stdout.fileno()

    def read(self) -> bool:
        """Take what there is; whether that was the end."""
        piece = os.read(self.pipe, 2**16)
        self.output += piece
        return not piece or len(self.output) > _OUTPUT_LIMIT

    def end(self) -> Outcome:
        if not self.late and len(self.output) <= _OUTPUT_LIMIT:
            # It closed its output, and may still take a moment, or for ever, to end.
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(max(0.0, self.deadline - time.monotonic()))
        code = self.process.poll()
        self.kill()
        output = self.output[:_OUTPUT_LIMIT].decode(errors="replace")
        return Outcome(code, output, self._trouble(code, output))

    def _trouble(self, code: int | None, output: str) -> Finding | None:
        command = self.command
        if len(self.output) > _OUTPUT_LIMIT:
            return failed(command.tool, f"said more than {_OUTPUT_LIMIT // 2**20} MiB, and was killed", output)
        if code is None:
            return timed_out(command.tool, command.timeout, " ".join(command.arguments[1:3]))
        if code < 0:
            return failed(command.tool, f"was killed by {_signal(-code)}", output)
        return None

    def kill(self) -> None:
        # The whole group, for a tool may be a script that started another.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        with self.process:
            pass


def _start(command: Command) -> _Running | Finding:
    try:
        with (command.stdin or Path(os.devnull)).open("rb") as stdin, _complaints(command) as stderr:
            process = subprocess.Popen(  # noqa: S603 - tools that the repository or PATH names
                command.arguments,
                cwd=command.folder,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=_environment(command),
                start_new_session=True,
            )
    except OSError as error:
        return failed(command.tool, f"does not start ({error.strerror or error})")
    return _Running(command, process, time.monotonic() + command.timeout)


def _complaints(command: Command) -> AbstractContextManager[IO[bytes] | int]:
    return command.stderr.open("wb") if command.stderr else nullcontext(subprocess.STDOUT)


def _environment(command: Command) -> dict[str, str]:
    """No secrets, no settings; what a tool leaves behind when killed goes with its folder."""
    folder = str(command.folder)
    own = {"PATH": os.defpath, "LANG": "C", "LC_ALL": "C", "TZ": "UTC", "HOME": folder, "TMPDIR": folder}
    return {**own, **command.variables}


def _ended(running: dict[int, _Running], selector: selectors.BaseSelector) -> Iterator[int]:
    """Wait until something happens; the numbers of those that are over."""
    if not running:
        return
    nearest = min(each.deadline for each in running.values())
    over = {key.data for key, _ in selector.select(max(0.0, nearest - time.monotonic())) if running[key.data].read()}
    now = time.monotonic()
    for number, each in list(running.items()):
        each.late = number not in over and each.deadline <= now
        if each.late or number in over:
            yield number


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _executables(name: str, folder: Path | None) -> list[Path]:
    """Each file once, by its real path, though called by the name it was found under."""
    places = [file for depth in range(_DEEPEST) for file in sorted(folder.glob("*/" * depth + name))] if folder else []
    places += [Path(each).resolve() / name for each in os.environ.get("PATH", "").split(os.pathsep) if each]
    files: dict[Path, Path] = {}
    for place in places:
        if place.is_file() and os.access(place, os.X_OK):
            files.setdefault(place.resolve(), place.absolute())
    return list(files.values())


def _version(name: str, path: Path) -> str | Finding:
    with tempfile.TemporaryDirectory(prefix="watchwright-") as folder:
        asked = Command(tool=str(path), arguments=(str(path), "--version"), folder=Path(folder), timeout=QUICK)
        outcome = run(asked)
    if outcome.trouble:
        return outcome.trouble
    if outcome.code:
        return failed(str(path), f"answers `--version` with exit code {outcome.code}", outcome.output)
    told = _VERSION.search(outcome.output)
    # Debian's 2.42.0+ds is 2.42.0.
    return told[1].split("+")[0] if told else _built_from(name, path)


def _built_from(name: str, path: Path) -> str:
    """
    The version by the module that a binary was built from; nothing where that does not say it.

    `go build` sets no version. Prometheus 3.14.0 is the module's v0.314.0, and 2.42.0 its v0.42.0.
    """
    pattern = _GO_MODULES.get(name)
    if pattern is None or not path.stat().st_size:
        return ""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as binary:
        found = pattern.search(binary)
        if found is None:
            return ""
        major, minor = divmod(int(found[1]), 100)
        return f"{major or 2}.{minor}.{int(found[2])}{(found[3] or b'').decode()}"


def _age(version: str) -> tuple[Sequence[int], str]:
    """Oldest first; one that is unknown before all."""
    return [int(each) for each in re.findall(r"\d+", version)[:3]], version

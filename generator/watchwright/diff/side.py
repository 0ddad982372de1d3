"""
A side of a comparison: what definitions somewhere else amount to.

Their code runs in a process of its own, which answers with a file of JSON; here nothing of it is ever run.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import attrs
import yaml

from watchwright.config import Config, at
from watchwright.diff.git import Git, Unfound
from watchwright.diff.state import State, empty, state
from watchwright.diff.written import written
from watchwright.finding import Failed, Finding, reports
from watchwright.load import load
from watchwright.lower.fleet import lower
from watchwright.lower.plan import Fleet
from watchwright.model.environment import Environment
from watchwright.verify.tools import Command, Outcome, quoted, run

_LONG = 600.0
#: What the working definitions are called.
WORKING = "the working tree"
#: What is wanted of definitions: their state, with its cost or without, or that of what they are rendered to.
Wanted = Literal["state", "cost", "rendered"]
# what becomes of reading a file that somebody has changed, or put there
_DAMAGED = (yaml.YAMLError, ValueError, LookupError, TypeError, AttributeError)
_PACKAGE = str(Path(__file__).parents[2])


@reports("diff/unknown")
def unknown(name: str, said: str, hint: str = "") -> Finding:
    """
    What definitions are to be compared with is no revision that Git knows, and no folder that holds any.

    Name a branch, a tag, a commit, or a folder that holds definitions or what was rendered of them: the folder of
    `pyproject.toml`, and not that of `systems/`. In CI a shallow clone has no other commits: fetch the branch that a
    pull request goes to.
    """
    return Finding(f"`{name}` is no revision, and no folder of definitions: {said}", hint=hint)


@reports("diff/unreadable")
def unreadable(name: str, said: str) -> Finding:
    """
    The definitions on one side cannot be evaluated, and nothing rendered lies beside them.

    Today's Watchwright evaluates both sides, so that a change of the compiler is not taken for one of the definitions.
    Old definitions may say what it no longer knows. Compare with what was rendered then: commit it.
    """
    return Finding(f"the definitions of `{name}` do not load: {said}")


@attrs.frozen(kw_only=True)
class Side:
    """One side by its *name*. Where its definitions do not load its *state* is read back, and *trouble* says why."""

    name: str
    state: State
    trouble: str = ""


@attrs.frozen(kw_only=True)
class Definitions:
    """
    Definitions by their *name*, with their settings; a *trouble* with these, in whose place those of the others stand.

    *ours* may run in this process. All that was laid out of a revision is below *top*, a temporary folder.
    """

    name: str
    config: Config
    ours: bool = False
    trouble: str = ""
    top: Path | None = None

    def side(self, environment: str, wanted: Wanted = "state") -> Side:
        """What they amount to in an environment, or in none in particular if they list none; raises `Failed`."""
        environment = environment if self.config.environments else ""
        if self.ours:
            return Side(name=self.name, state=_state(self.config, environment, wanted))
        if self.trouble:
            return self._read_back(environment, self.trouble)
        if not self.config.systems.is_dir():
            return self._without_any(environment)
        answer = _evaluated(self.config.root, environment, wanted)
        if "state" in answer:
            return Side(name=self.name, state=answer["state"])
        return self._read_back(environment, answer["trouble"])

    def _without_any(self, environment: str) -> Side:
        """From before the first definition, unless something was rendered."""
        found = self._written(environment)
        return Side(name=self.name, state=found or empty(), trouble="there are none" if found else "")

    def _read_back(self, environment: str, trouble: str) -> Side:
        said = trouble.replace(f"{self.config.root}/", "").replace(f"{self.top or self.config.root}/", "")
        found = self._written(environment)
        if found is None:
            raise Failed(unreadable(self.name, said))
        return Side(name=self.name, state=found, trouble=said)

    def _written(self, environment: str) -> State | None:
        """What was rendered, if anything was; raises `Failed` where that is no longer what was written."""
        try:
            return written(_files(self.config, environment))
        except _DAMAGED as error:
            said = f"and what was rendered of them cannot be read ({type(error).__name__}: {error})"
            raise Failed(unreadable(self.name, said)) from None


def working(config: Config) -> Definitions:
    """The working definitions."""
    return Definitions(name=WORKING, config=config, ours=True)


def below_top(config: Config) -> str:
    """The way to a repository from the top of Git's, with a slash at its end; nothing where that is the same."""
    with TemporaryDirectory(prefix="watchwright-") as temporary:
        return Git(config.root, Path(temporary)).prefix()


@contextmanager
def definitions(name: str, config: Config) -> Iterator[Definitions]:
    """Those of a revision where Git knows one of that name, else of a folder; raises `Failed`."""
    with TemporaryDirectory(prefix="watchwright-") as temporary:
        git = Git(config.root, Path(temporary).resolve())
        tree = git.tree(name)
        yield _of_folder(name, config, tree) if isinstance(tree, Unfound) else _of_revision(name, config, git, tree)


def _of_folder(name: str, config: Config, unfound: Unfound) -> Definitions:
    folder = Path(name)
    if not folder.is_dir():
        path = name.startswith((".", "/")) or name.endswith("/")
        raise Failed(unknown(name, "there is no such folder") if path else unknown(name, unfound.said, unfound.hint))
    found = _settled(name, folder.resolve(), config)
    if not found.config.systems.is_dir() and not (found.config.output / "rules").is_dir():
        said = "that folder holds neither definitions nor what was rendered of them"
        raise Failed(unknown(name, said, "name the folder that holds pyproject.toml and the folder of definitions"))
    return found


def _of_revision(name: str, config: Config, git: Git, tree: str) -> Definitions:
    """All below the repository is laid out, for definitions may read it; and where else they and their output are."""
    top = git.temporary / "checkout"
    prefix = git.prefix().rstrip("/")
    (top / prefix).mkdir(parents=True)
    git.lay_out(tree, prefix, top)
    found = _settled(name, top / prefix, config)
    if not found.config.systems.is_relative_to(top):
        raise Failed(unreadable(name, "`systems` names a folder outside of what Git keeps"))
    for folder in (found.config.systems, *(found.config.output / each for each in _RENDERED)):
        if folder.is_relative_to(top) and not folder.is_relative_to(found.config.root):
            git.lay_out(tree, folder.relative_to(top).as_posix(), top)
    return attrs.evolve(found, top=top)


def _settled(name: str, folder: Path, config: Config) -> Definitions:
    try:
        return Definitions(name=name, config=at(folder))
    except Failed as failed:
        way = os.path.relpath(config.output, config.root)
        likely = attrs.evolve(config, root=folder, systems=folder, output=(folder / way).resolve())
        return Definitions(name=name, config=likely, trouble=_said(failed.findings))


_RENDERED = ("rules", "dashboards", "jaeger")


def _files(config: Config, environment: str) -> Mapping[str, str]:
    """What was rendered for an environment, by paths as of a repository that has no environments."""
    own = Environment(name=environment, names=config.environments).folder
    folders = ((config.output / each / own, each) for each in _RENDERED)
    return {
        f"{name}/{file.relative_to(folder).as_posix()}": file.read_text("utf-8", errors="replace")
        for folder, name in folders
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.suffix in (".yml", ".yaml", ".json")
    }


# What definitions amount to -------------------------------------------------------------------------------


def _state(config: Config, environment: str, wanted: Wanted) -> State:
    chosen = Environment(name=environment, names=config.environments)
    loaded = load(config.systems, chosen, config.root)
    if any(each.severity == "error" for each in loaded.findings):
        raise Failed(*loaded.findings)
    fleet = lower(loaded.systems, loaded.platform, chosen, whole=wanted == "rendered").fleet
    return _rendered(fleet) if wanted == "rendered" else state(fleet, cost=wanted == "cost")


def _rendered(fleet: Fleet) -> State:
    """As it is read back from what is rendered."""
    from watchwright.backends import grafana, jaeger, prometheus  # noqa: PLC0415 - not paid for where all loads
    from watchwright.backends.artifact import artifacts  # noqa: PLC0415 - as above

    made, _ = artifacts(each for backend in (prometheus, grafana, jaeger) for each in backend.render(fleet))
    return written({each.path: each.text for each in made}) or empty()


# A process of its own -------------------------------------------------------------------------------------


def _evaluated(folder: Path, environment: str, wanted: Wanted) -> Mapping[str, Any]:
    """The answer of a process that evaluates them: their `state`, or what `trouble` there is with them."""
    with TemporaryDirectory(prefix="watchwright-") as temporary:
        answer = Path(temporary) / "answer.json"
        outcome = _child(folder, environment, wanted, answer)
        if answer.exists():
            found: Mapping[str, Any] = json.loads(answer.read_text("utf-8"))
            return found
    return {"trouble": outcome.trouble.message if outcome.trouble else quoted(outcome.output) or "nothing was said"}


def _child(folder: Path, environment: str, wanted: Wanted, answer: Path) -> Outcome:
    code = f"import sys; sys.path.insert(0, {_PACKAGE!r}); from watchwright.diff.side import child; child()"
    arguments = (sys.executable, "-c", code, str(folder), environment, wanted, str(answer))
    return run(Command(tool="watchwright", arguments=arguments, folder=answer.parent, timeout=_LONG))


def child() -> None:
    """What the process does: evaluate the definitions in a folder, and write what they amount to into a file."""
    gc.disable()  # as of every command: what it makes it keeps until its end
    folder, environment, wanted, answer = sys.argv[1:]
    content: dict[str, Any]
    try:
        content = {"state": _state(at(Path(folder)), environment, wanted)}  # type: ignore[arg-type] # as it was called
    except Failed as failed:
        content = {"trouble": _said(failed.findings)}
    except Exception as error:  # today's Watchwright meets what it was not made for
        content = {"trouble": f"{type(error).__name__}: {error}"}
    temporary = Path(f"{answer}.part")
    temporary.write_text(json.dumps(content), "utf-8")
    temporary.rename(answer)


def _said(findings: Iterable[Finding]) -> str:
    """The first of them; what several modules import fails in each."""
    told = dict.fromkeys(f"{each.source.place or ''} {each.message}".strip() for each in findings)
    return "; ".join(list(told)[:3])

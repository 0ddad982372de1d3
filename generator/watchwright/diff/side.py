"""
A side of a comparison: what definitions somewhere else amount to.

Their code runs in a process of its own, which answers with a file of JSON; here nothing of it is ever run.
"""

from __future__ import annotations

import gc
import json
import sys
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs

from watchwright.config import Config, read
from watchwright.diff.state import State, empty, state
from watchwright.diff.written import written
from watchwright.finding import Failed, Finding, reports
from watchwright.load import load
from watchwright.lower.fleet import lower
from watchwright.model.environment import Environment
from watchwright.verify.tools import Command, Outcome, quoted, run

_QUICK, _LONG = 60.0, 600.0
#: What the working definitions are called.
WORKING = "the working tree"
_PACKAGE = str(Path(__file__).parents[2])


@reports("diff/unknown")
def unknown(name: str, said: str) -> Finding:
    """
    What definitions are to be compared with is no revision that Git knows, and no folder.

    Name a branch, a tag, a commit, or a folder that holds definitions or what was rendered of them. In CI a shallow
    clone has no other commits: fetch the branch that a pull request goes to.
    """
    return Finding(f"`{name}` is no revision and no folder: {said}", hint="fetch it first, where a clone is shallow")


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
    """
    One side by its *name*: its state, or, where its definitions do not load, the files that were rendered of them.

    *trouble* says why.
    """

    name: str
    state: State
    files: Mapping[str, str] | None = None
    trouble: str = ""


def here(config: Config, environment: str, *, cost: bool = False) -> Side:
    """The working definitions, with their *cost* if that is wanted; raises `Failed` with what is malformed."""
    chosen = Environment(name=environment, names=config.environments)
    loaded = load(config.systems, chosen, config.root)
    if any(each.severity == "error" for each in loaded.findings):
        raise Failed(*loaded.findings)
    fleet = lower(loaded.systems, loaded.platform, chosen, whole=False).fleet
    return Side(name=WORKING, state=state(fleet, cost=cost))


def side(name: str, config: Config, environment: str, *, cost: bool = False) -> Side:
    """The definitions of a Git revision or a folder; raises `Failed`."""
    folder = Path(name)
    if folder.is_dir():
        return _evaluated(name, folder.resolve(), environment, cost=cost)
    with _checked_out(name, config) as checkout:
        return _evaluated(name, checkout, environment, cost=cost)


def _evaluated(name: str, folder: Path, environment: str, *, cost: bool) -> Side:
    if not read(folder).systems.exists():
        return Side(name=name, state=empty())  # from before the first of them
    with TemporaryDirectory(prefix="watchwright-") as temporary:
        answer = Path(temporary) / "state.json"
        outcome = _child(folder, environment, answer, cost=cost)
        if answer.exists():
            found: State = json.loads(answer.read_text("utf-8"))
            return Side(name=name, state=found)
    said = outcome.trouble.message if outcome.trouble else quoted(outcome.output) or "nothing was said"
    files = _files(read(folder), environment)
    found_ = written(files)
    if found_ is None:
        raise Failed(unreadable(name, said))
    return Side(name=name, state=found_, files=files, trouble=said)


def _files(config: Config, environment: str) -> Mapping[str, str]:
    """What was rendered for an environment, by paths as of a repository that has no environments."""
    folders = ((config.output / each / environment, each) for each in _RENDERED)
    return {
        f"{name}/{file.relative_to(folder).as_posix()}": file.read_text("utf-8", errors="replace")
        for folder, name in folders
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.suffix in (".yml", ".yaml", ".json")
    }


# A process of its own -------------------------------------------------------------------------------------


def _child(folder: Path, environment: str, answer: Path, *, cost: bool) -> Outcome:
    code = f"import sys; sys.path.insert(0, {_PACKAGE!r}); from watchwright.diff.side import child; child()"
    arguments = (sys.executable, "-c", code, str(folder), environment, str(answer), *(["cost"] if cost else []))
    return run(Command(tool="watchwright", arguments=arguments, folder=answer.parent, timeout=_LONG))


def child() -> None:
    """What the process does: evaluate the definitions in a folder, and write their state to a file."""
    gc.disable()  # as of every command: what it makes it keeps until its end
    folder, environment, answer, *cost = sys.argv[1:]
    config = read(Path(folder))
    name = environment if environment in config.environments else next(iter(config.environments), "")
    try:
        found = here(config, name, cost=bool(cost))
    except Failed as failed:
        sys.exit("; ".join(f"{each.source.place or ''} {each.message}".strip() for each in failed.findings[:3]))
    temporary = Path(f"{answer}.part")
    temporary.write_text(json.dumps(found.state), "utf-8")
    temporary.rename(answer)


# Git ------------------------------------------------------------------------------------------------------


@contextmanager
def _checked_out(revision: str, config: Config) -> Iterator[Path]:
    """The definitions of a revision, and what was rendered of them, in a folder of their own."""
    found = _git(config.root, "rev-parse", "--show-toplevel", "--show-prefix")
    if found.code:
        raise Failed(unknown(revision, quoted(found.output)))
    # from its root: in a folder below it, `archive` looks for that folder in the tree
    root, prefix = (*found.output.splitlines(), "")[:2]
    top, tree = Path(root), f"{revision}:{prefix.rstrip('/')}"
    listed = _git(top, "ls-tree", "--name-only", "-z", "--end-of-options", tree)
    if listed.code:
        raise Failed(unknown(revision, quoted(listed.output)))
    with TemporaryDirectory(prefix="watchwright-") as temporary:
        folder = Path(temporary) / "checkout"
        folder.mkdir()
        present = [each for each in listed.output.split("\0") if each]
        _extract(top, tree, [each for each in present if each == "pyproject.toml"], folder)
        then = read(folder)
        wanted = {_top(then.systems, folder), *_outputs(then, folder)}
        _extract(top, tree, [each for each in present if each in wanted], folder)
        yield folder


def _top(path: Path, folder: Path) -> str:
    return path.relative_to(folder.resolve()).parts[0] if path.is_relative_to(folder.resolve()) else ""


_RENDERED = ("rules", "dashboards", "jaeger")


def _outputs(config: Config, folder: Path) -> Iterable[str]:
    output = _top(config.output / "rules", folder)
    return _RENDERED if output == "rules" else (output,)


def _extract(root: Path, tree: str, paths: list[str], folder: Path) -> None:
    if not paths:
        return
    file = folder.parent / "archive.tar"
    made = _git(root, "archive", "--format=tar", f"--output={file}", tree, "--", *paths)
    if made.code:
        raise Failed(unknown(tree.partition(":")[0], quoted(made.output)))
    with tarfile.open(file) as archive:
        archive.extractall(folder, filter="data")


def _git(root: Path, *arguments: str) -> Outcome:
    # a checkout in a container often belongs to another user, and the setting that allows it lies in a home of theirs
    command = ("git", "-c", "safe.directory=*", "-C", str(root), *arguments)
    outcome = run(Command(tool="git", arguments=command, folder=root, timeout=_QUICK))
    if outcome.trouble:
        raise Failed(outcome.trouble)
    return outcome

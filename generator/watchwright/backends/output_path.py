"""The paths that artifacts may have: what every file system takes, and the list of what is ours can hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from pathlib import PurePosixPath

from watchwright.backends.artifact import Artifact
from watchwright.finding import Finding, reports
from watchwright.lower.runbooks import FOLDER
from watchwright.source import NOWHERE, Source

MANIFEST = ".watchwright"
TEMPORARY = re.compile(r"\.watchwright-.+\.tmp")
CONFLICT = re.compile(r"(<{7}|\|{7}|>{7}) .*|={7}")
# Of 255 bytes, less what the name of a temporary file adds.
_LONGEST_NAME = 255 - len(".watchwright-.tmp")


def placed_in(environment: str, path: str) -> str:
    """`rules/prometheus.yml` as `rules/staging/prometheus.yml`; runbooks lie two folders deep."""
    folder = _folder(path)
    return f"{folder}/{environment}{path.removeprefix(folder)}" if environment else path


def environment_of(path: str) -> str:
    """The name where an environment's stands, where there are several."""
    return path.removeprefix(f"{_folder(path)}/").split("/")[0]


def _folder(path: str) -> str:
    return FOLDER if path.startswith(f"{FOLDER}/") else path.partition("/")[0]


def malformed(rendered: Iterable[Artifact], keep: Collection[str]) -> Iterator[Finding]:
    """Artifacts that cannot be written, or not now: *keep* names environments that were not rendered."""
    for artifact in rendered:
        reason = fault(artifact.path) or _unwritable_text(artifact.text)
        if reason:
            yield _bad_path(artifact, reason)
        elif environment_of(artifact.path) in keep:
            yield _bad_path(artifact, "it lies in the folder of an environment that was not rendered")


def fault(path: str) -> str:
    """What is wrong with a path, or nothing."""
    names = path.split("/")
    return next((reason for wrong, reason in _faults(path, names) if wrong), "")


def _faults(path: str, names: list[str]) -> Iterator[tuple[bool, str]]:
    yield len(names) == 1, "it has no output folder"
    yield (
        not all(names) or not {".", ".."}.isdisjoint(names) or "\\" in path,
        "it leads out of the output folder, or is written in another way than `folder/file`",
    )
    yield any(unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") for each in path), "it has control characters"
    first = names[1]
    yield (
        first.startswith("#") or first != first.lstrip() or path != path.rstrip() or CONFLICT.match(first) is not None,
        f"`{MANIFEST}` could not list it",
    )
    yield any(_taken(name.casefold()) for name in names), "watchwright uses the name itself"
    yield any(len(name.encode()) > _LONGEST_NAME for name in names), f"a name in it exceeds {_LONGEST_NAME} bytes"


def _taken(name: str) -> bool:
    return name == MANIFEST or TEMPORARY.fullmatch(name) is not None


def _unwritable_text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return f"its text has half a character (a lone surrogate) at {error.start}"
    return ""


def collisions(rendered: Iterable[Artifact]) -> Iterator[Finding]:
    """Paths that are one on a file system without case, as macOS and Windows have, and files that are folders too."""
    files: dict[str, Artifact] = {}
    folders: dict[str, Artifact] = {}
    for artifact in rendered:
        for folder in parents(artifact.path):
            other = folders.setdefault(folded(folder), artifact)
            if folder not in parents(other.path):
                yield _collision(artifact, other)
    for artifact in rendered:
        key = folded(artifact.path)
        if other_file := files.get(key) or folders.get(key):
            yield _collision(artifact, other_file)
        files[key] = artifact


def folded(path: str) -> str:
    """The path as a file system without case sees it."""
    return unicodedata.normalize("NFC", path).casefold()


def parents(path: str) -> list[str]:
    """The folders a path lies in, outermost first."""
    return [str(parent) for parent in PurePosixPath(path).parents][-2::-1]


def _source(artifact: Artifact) -> Source:
    return artifact.origins[0].origin.source if artifact.origins else NOWHERE


@reports("write/path")
def _bad_path(artifact: Artifact, reason: str) -> Finding:
    """
    A rendered path that cannot be written.

    A path is `folder/.../file`, below the output folder, with names that every system takes. Names in it come
    from systems, dashboards and environments: name those differently.
    """
    return Finding(f"{artifact.path!r} cannot be written: {reason}", _source(artifact))


@reports("write/collision")
def _collision(artifact: Artifact, other: Artifact) -> Finding:
    """
    Two rendered files claim one path.

    Paths that differ only in case are one path on macOS and Windows; and a file cannot be a folder too.
    """
    return Finding(f"`{artifact.path}` and `{other.path}` claim one path", _source(artifact), hint="rename one of them")

"""
Brings output folders to what was rendered, or says what that would change.

Each output folder lists in `.watchwright` what is ours, one path a line. Nothing else is ever changed or
deleted. A run that is killed leaves files that are old or new, never half of each, and the next completes it:
the list holds old and new paths before the first file is touched.
"""

from __future__ import annotations

import difflib
import fcntl
import os
import re
import stat
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

import attrs

from watchwright.backends.artifact import Artifact
from watchwright.backends.output_path import (
    CONFLICT,
    MANIFEST,
    TEMPORARY,
    collisions,
    environment_of,
    fault,
    folded,
    malformed,
    parents,
)
from watchwright.finding import Failed, Finding, reports

_MARK = "# watchwright"
_HEADER = f"{_MARK} wrote the files listed here, and may change or delete them"
_COLOURS = {"+": "32", "-": "31", "@": "36"}


@attrs.frozen(order=False)
class Change:
    """A file that differs: its text on disk and its text to be, None where there is none."""

    path: str
    before: str | None
    after: str | None


@attrs.frozen(order=False)
class Manifest:
    """The list of one output folder: its bytes on disk, the paths in them, and the paths to be (below the root)."""

    folder: str
    found: bytes | None
    listed: frozenset[str]
    wanted: frozenset[str]

    @property
    def path(self) -> str:
        """Where it lies, below the root."""
        return f"{self.folder}/{MANIFEST}"

    def text(self, paths: Iterable[str]) -> bytes:
        """The list of *paths*; nothing at all for none."""
        lines = sorted(path.removeprefix(f"{self.folder}/") for path in paths)
        return "".join(f"{line}\n" for line in [_HEADER, *lines]).encode() if lines else b""


@attrs.frozen(order=False, kw_only=True)
class Changes:
    """What writing would change below *root*."""

    root: Path
    created: tuple[Change, ...]
    changed: tuple[Change, ...]
    deleted: tuple[Change, ...]
    unchanged: tuple[str, ...]
    manifests: tuple[Manifest, ...]
    leftovers: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether a file would be created, changed or deleted."""
        return bool(self.created or self.changed or self.deleted)

    def unified(self, colour: bool = False) -> Iterator[str]:
        """The lines of a unified diff, by path, each with its line end."""
        for change in sorted((*self.created, *self.changed, *self.deleted), key=lambda each: each.path):
            for line in _unified(change):
                yield _coloured(line) if colour else line


def plan_writes(root: Path, artifacts: Iterable[Artifact], *, keep: Collection[str] = ()) -> Changes:
    """
    Compare *artifacts* with what lies below *root*.

    *keep* names the environments that were not rendered this time: their folders stay as they are. All else
    that is ours and was not rendered is to be deleted. Raises `Failed` with everything that is in the way.
    """
    root = root.resolve()
    rendered = sorted(artifacts, key=lambda each: each.path)
    _refuse([*malformed(rendered, keep), *collisions(rendered)])
    with _naming(str(root)):
        manifests = _manifests(root, rendered, keep)
        changes, findings = _compare(root, rendered, frozenset[str]().union(*(each.listed for each in manifests)))
        stale = sorted(path for each in manifests for path in each.listed - each.wanted)
        _refuse(findings)
        return Changes(
            root=root,
            created=tuple(each for each in changes if each.before is None),
            changed=tuple(each for each in changes if each.before not in (None, each.after)),
            deleted=tuple(_deletions(root, stale, rendered)),
            unchanged=tuple(each.path for each in changes if each.before == each.after),
            manifests=manifests,
            leftovers=tuple(_leftovers(root, manifests)),
        )


def apply(changes: Changes) -> None:
    """
    Make the changes; each file is replaced as a whole, by rename.

    Raises `Failed` where the system refuses. What was written before that stays, and the next run goes on.
    """
    root = changes.root
    with _naming(str(root)):
        root.mkdir(parents=True, exist_ok=True)
    with _sole_writer(root):
        _refuse_outdated(changes)
        _refuse([_failed(path, "no permission to write here") for path in _unwritable(changes)])
        for path in changes.leftovers:
            _delete(root, path)
        for manifest in changes.manifests:
            _bring(root, manifest, manifest.listed | manifest.wanted)
        written = sorted((*changes.created, *changes.changed), key=lambda each: each.path)
        for change in written:
            _write(root, change.path, (change.after or "").encode())
        for change in changes.deleted:
            _delete(root, change.path)
        _sync(root, [*written, *changes.deleted])
        _remove_emptied(root, [path for each in changes.manifests for path in each.listed - each.wanted])
        for manifest in changes.manifests:
            _bring(root, manifest, manifest.wanted)


# What lies on the disk.


def _manifests(root: Path, rendered: Iterable[Artifact], keep: Collection[str]) -> tuple[Manifest, ...]:
    wanted: dict[str, set[str]] = {name: set() for name in _listed_folders(root)}
    for artifact in rendered:
        wanted.setdefault(artifact.path.split("/")[0], set()).add(artifact.path)
    return tuple(_manifest(root, folder, wanted[folder], keep) for folder in sorted(wanted))


def _listed_folders(root: Path) -> list[str]:
    """Folders that have a list of ours, so that one to which nothing is rendered any more is emptied."""
    if not root.is_dir():
        return []
    names = [entry.name for entry in os.scandir(root) if entry.is_dir(follow_symlinks=False)]
    return [name for name in names if _regular(root / name / MANIFEST) and _ours((root / name / MANIFEST).read_bytes())]


def _manifest(root: Path, folder: str, wanted: set[str], keep: Collection[str]) -> Manifest:
    path = f"{folder}/{MANIFEST}"
    _refuse(each for each in [_obstacle(root, path, {})] if each)
    found = (root / path).read_bytes() if _regular(root / path) else None
    if found and not _ours(found):
        raise Failed(_foreign(path))
    listed = frozenset(_read_list(path, found or b""))
    kept = {each for each in listed if environment_of(each) in keep}
    return Manifest(folder, found, listed, frozenset(wanted | kept))


def _ours(manifest: bytes) -> bool:
    return _MARK.encode() in manifest


def _read_list(path: str, manifest: bytes) -> Iterator[str]:
    """
    The paths listed, below the root.

    Git merges the list line by line: duplicates, files that are gone, and the marks of an open conflict are
    all taken; the next run writes it tidy.
    """
    folder = path.split("/", 1)[0]
    for number, line in enumerate(manifest.decode(errors="replace").split("\n"), start=1):
        listed = line.rstrip("\r")
        if not listed.strip() or listed.startswith("#") or CONFLICT.fullmatch(listed):
            continue
        if fault(f"{folder}/{listed}") or "\ufffd" in listed:
            raise Failed(_bad_manifest(path, number, listed))
        yield f"{folder}/{listed}"


def _compare(root: Path, rendered: Iterable[Artifact], listed: frozenset[str]) -> tuple[list[Change], list[Finding]]:
    changes: list[Change] = []
    findings: list[Finding] = []
    seen: dict[str, Finding | None] = {}
    for artifact in rendered:
        obstacle = _obstacle(root, artifact.path, seen)
        change = None if obstacle else _change(root, artifact, artifact.path in listed)
        if obstacle or change is None:
            findings.append(obstacle or _foreign(artifact.path))
        else:
            changes.append(change)
    return changes, list(dict.fromkeys(findings))


def _obstacle(root: Path, path: str, seen: dict[str, Finding | None]) -> Finding | None:
    """Why *path* cannot be a file: a link on the way, a file for a folder, a folder for a file."""
    for folder in parents(path):
        if folder not in seen:
            seen[folder] = _not_a("folder", root, folder)
        if seen[folder]:
            return seen[folder]
    return _not_a("file", root, path)


def _not_a(what: str, root: Path, path: str) -> Finding | None:
    try:
        mode = (root / path).lstat().st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(mode):
        return _blocked(path, f"is a symbolic link, where a {what} goes")
    kind = stat.S_ISDIR if what == "folder" else stat.S_ISREG
    return None if kind(mode) else _blocked(path, f"is no {what}, and a {what} goes there")


def _change(root: Path, artifact: Artifact, ours: bool) -> Change | None:
    """The change of a file; None where another file than ours is in its place."""
    try:
        before = (root / artifact.path).read_bytes()
    except FileNotFoundError:
        return Change(artifact.path, None, artifact.text)
    if before == artifact.text.encode():
        return Change(artifact.path, artifact.text, artifact.text)
    return Change(artifact.path, _shown(before, artifact.text), artifact.text) if ours else None


def _shown(before: bytes, after: str) -> str:
    """The text of bytes that differ from *after*, for a diff; never equal to it."""
    text = before.decode(errors="replace")
    return text if text != after else f"{text}\ufffd"


def _deletions(root: Path, stale: Iterable[str], rendered: Sequence[Artifact]) -> Iterator[Change]:
    """What is ours and no longer rendered. A link or a folder in its place is not ours, and stays."""
    seen: dict[str, Finding | None] = {}
    spelled = {folded(each.path): each.path for each in rendered}
    for path in stale:
        file = root / path
        if _obstacle(root, path, seen) or not _regular(file):
            continue
        other = root / spelled.get(folded(path), path)
        # Where case does not count, a file renamed from A to a is still there, as a.
        if other == file or not (other.exists() and other.samefile(file)):
            yield Change(path, file.read_text("utf-8", errors="replace"), None)


def _leftovers(root: Path, manifests: Iterable[Manifest]) -> Iterator[str]:
    """Temporary files of a run that was killed: beside the files that are listed, and nowhere else."""
    folders = {folder for each in manifests for path in [each.path, *each.listed] for folder in parents(path)[-1:]}
    seen: dict[str, Finding | None] = {}
    for folder in sorted(folders):
        if _obstacle(root, f"{folder}/{MANIFEST}", seen) or not (root / folder).is_dir():
            continue
        names = sorted(entry.name for entry in os.scandir(root / folder) if entry.is_file(follow_symlinks=False))
        yield from (f"{folder}/{name}" for name in names if TEMPORARY.fullmatch(name))


def _regular(file: Path) -> bool:
    try:
        return stat.S_ISREG(file.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


# Writing.


@contextmanager
def _sole_writer(root: Path) -> Iterator[None]:
    """One writer at a time: a lock on the root folder itself, which the system lifts when we end, however we end."""
    with _naming(str(root)):
        descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failed(_busy(str(root))) from None
        except OSError:  # some network file systems have no locks: `_refuse_outdated` still sees most of it
            pass
        yield
    finally:
        os.close(descriptor)


def _refuse_outdated(changes: Changes) -> None:
    """The plan was made before the lock was ours."""
    for manifest in changes.manifests:
        file = changes.root / manifest.path
        if (file.read_bytes() if _regular(file) else None) != manifest.found:
            raise Failed(_busy(manifest.path))


def _unwritable(changes: Changes) -> Iterator[str]:
    """Folders in which something changes, and that refuse it: seen before the first write."""
    folders = {str(PurePosixPath(each.path).parent) for each in (*changes.created, *changes.changed, *changes.deleted)}
    for folder in sorted(folders):
        nearest = changes.root / folder
        while not nearest.is_dir():
            nearest = nearest.parent
        if not os.access(nearest, os.W_OK | os.X_OK):
            yield folder


def _bring(root: Path, manifest: Manifest, paths: Iterable[str]) -> None:
    """Bring a list to *paths*, if it is not so; without any, it and its folder go."""
    text = manifest.text(paths)
    file = root / manifest.path
    if not text:
        _delete(root, manifest.path)
        _remove_emptied(root, [manifest.path])
    elif not _regular(file) or file.read_bytes() != text:
        _write(root, manifest.path, text)
        _sync(root, [Change(manifest.path, None, None)])


def _write(root: Path, path: str, text: bytes) -> None:
    file = root / path
    temporary = file.with_name(f".watchwright-{file.name}.tmp")
    with _naming(path):
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.rename(file)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise


def _delete(root: Path, path: str) -> None:
    with _naming(path):
        (root / path).unlink(missing_ok=True)


def _sync(root: Path, changes: Iterable[Change]) -> None:
    """Have the system keep the renames and deletions in a folder, before the list relies on them."""
    for folder in sorted({(root / change.path).parent for change in changes}):
        with _naming(str(folder)):
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _remove_emptied(root: Path, gone: Iterable[str]) -> None:
    """Remove the folders of deleted files, deepest first, as far as nothing is left in them."""
    folders = {folder for path in gone for folder in parents(path)}
    seen: dict[str, Finding | None] = {}
    for folder in sorted(folders, key=lambda each: each.count("/"), reverse=True):
        if not _obstacle(root, f"{folder}/{MANIFEST}", seen):
            with suppress(OSError):
                (root / folder).rmdir()


# The textual diff.


def _unified(change: Change) -> Iterator[str]:
    before = "/dev/null" if change.before is None else f"a/{change.path}"
    after = "/dev/null" if change.after is None else f"b/{change.path}"
    for line in difflib.unified_diff(_lines(change.before), _lines(change.after), before, after):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(text: str | None) -> list[str]:
    # str.splitlines would also split at U+2028 and form feeds, which are characters like others in YAML and JSON.
    return re.findall(r"[^\n]*\n|[^\n]+", text or "")


def _coloured(line: str) -> str:
    code = "1" if line.startswith(("---", "+++")) else _COLOURS.get(line[0])
    return f"\x1b[{code}m{line[:-1]}\x1b[0m\n" if code else line


# Findings.


@reports("write/stale")
def stale(path: str) -> Finding:
    """
    A file on disk is not what the definitions render to. `watchwright stale --json` names each such file.

    Somebody edited it, or changed a definition without rendering: run `watchwright render` and commit.
    """
    return Finding(f"`{path}` is not what the definitions render to", hint="run watchwright render")


def _refuse(findings: Iterable[Finding]) -> None:
    found = tuple(findings)
    if found:
        raise Failed(*found)


@contextmanager
def _naming(path: str) -> Iterator[None]:
    """Turn what the system refuses into a finding that names the file."""
    try:
        yield
    except OSError as error:
        raise Failed(_failed(_refused(error, path), error.strerror or str(error))) from error


def _refused(error: OSError, path: str) -> str:
    """The file an error is about, where only the root is known."""
    return str(error.filename) if path.startswith("/") and error.filename else path


@reports("write/foreign")
def _foreign(path: str) -> Finding:
    """
    A file that watchwright did not write is where it would write one.

    Each output folder lists in `.watchwright` the files that are watchwright's. A file that is not listed is
    never changed: move it away, or delete it, or name what is rendered differently. If the list was lost, files
    that are what would be rendered are taken up again silently; delete those that differ.
    """
    return Finding(
        f"`{path}` exists, and is not listed in `{parents(path)[0]}/{MANIFEST}`: it is not ours to change",
        hint="move it away or delete it",
    )


@reports("write/blocked")
def _blocked(path: str, what: str) -> Finding:
    """
    A link, a folder or a special file is where a file goes, or something else than a folder where a folder goes.

    Symbolic links are never followed, so that nothing is written outside the output folder. Remove what is in
    the way.
    """
    return Finding(f"`{path}` {what}", hint="move it away or delete it")


@reports("write/manifest")
def _bad_manifest(path: str, line: int, text: str) -> Finding:
    """
    The list of what is ours names something outside its folder, or is no list.

    `.watchwright` lists one path a line, relative to its folder. Restore it from Git, or delete it: files
    that are what would be rendered are then taken up again, others are reported.
    """
    return Finding(f"`{path}`, line {line}: {text!r} is no path below its folder", hint="restore the file from Git")


@reports("write/busy")
def _busy(path: str) -> Finding:
    """
    Another run writes to the same folder.

    Nothing was written by this one. Run it again when the other has ended.
    """
    return Finding(f"another run is writing to `{path}`", hint="run again when it has ended")


@reports("write/failed")
def _failed(path: str, reason: str) -> Finding:
    """
    The system refused to read, write or delete a file: no permission, a read-only or a full disk.

    Every file is either as it was or as it should be, never half written. Mend the cause and run again: it
    goes on where this run stopped.
    """
    return Finding(f"`{path}`: {reason[:1].lower()}{reason[1:]}", hint="nothing is half written; mend it and run again")

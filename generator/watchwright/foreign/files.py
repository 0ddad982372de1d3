"""Files as they come: found below folders, decoded, told apart by what they hold; never a traceback."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs

from watchwright.finding import Finding
from watchwright.foreign import jsons, yamls
from watchwright.foreign.faults import unreadable
from watchwright.foreign.placed import Node, Page

_SUFFIXES = frozenset({".yaml", ".yml", ".json"})
#: What people keep of `/metrics`, and of answers of Prometheus' API.
EXPOSITIONS = frozenset({".txt", ".prom", ".metrics", ".json"})
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@attrs.frozen(eq=False)
class Given:
    """A file, as it was named; *found* says that it was found in a folder, and may be anything."""

    path: Path
    found: bool = False

    def __str__(self) -> str:
        """As findings name it."""
        return self.path.as_posix()


@attrs.frozen(eq=False)
class Read:
    """The documents of a file, and what is wrong with it."""

    given: Given
    documents: tuple[Node, ...] = ()
    findings: tuple[Finding, ...] = ()


def given(paths: Iterable[Path], suffixes: frozenset[str] = _SUFFIXES) -> Iterator[Given]:
    """The files named, and those below the folders named, each once, in the order of their names."""
    seen: set[Path] = set()
    for path in paths:
        for each in _below(path, suffixes) if path.is_dir() else [Given(path)]:
            if each.path not in seen:
                seen.add(each.path)
                yield each


def _below(folder: Path, suffixes: frozenset[str]) -> Iterator[Given]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix in suffixes and not hidden and path.is_file():
            yield Given(path, found=True)


def page(file: Given) -> Page | Finding:
    """The text of a file."""
    try:
        content = file.path.read_bytes()
        encoding = "utf-16" if content.startswith(_UTF16) else "utf-8-sig"
        return Page(str(file), content.decode(encoding))
    except OSError as error:
        return unreadable(str(file), f"the file cannot be read: {error.strerror or error}")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode(encoding, "replace")) + 1
        return unreadable(str(file), f"the file is no text in {encoding[:6].upper()}", line, column)


def read(file: Given) -> Read:
    """The documents of a file in YAML or JSON."""
    text = page(file)
    if isinstance(text, Finding):
        return Read(file, findings=(text,))
    documents, findings = documents_of(text, json=file.path.suffix == ".json")
    return Read(file, tuple(documents), tuple(findings))


def documents_of(text: Page, *, json: bool = False) -> tuple[list[Node], list[Finding]]:
    """The documents of a text. What begins with a bracket is JSON, unless it can only be YAML."""
    if json or text.text.lstrip()[:1] in ("{", "["):
        documents, findings = jsons.read(text)
        if documents or json:
            return documents, findings
    return yamls.read(text)

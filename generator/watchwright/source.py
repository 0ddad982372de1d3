"""
Where in `systems/` a part of a definition was written.

A `Source` is the chain of frames inside the definitions, innermost first, so that one of a
thousand alerts made by a helper is found, and the line that called the helper too.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import PurePath
from types import FrameType

import attrs

# Python 3.11 has a frame for a list comprehension that 3.12 has not: merged, so that a source is the same on both.
_COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
_DEEPEST = 8

_root = ""  # the folder of definitions, with its trailing separator
_repository = ""


@attrs.frozen(order=True, slots=True)
class Place:
    """A line of a file; `file` is relative to the repository, `column` counts from 1."""

    file: str
    line: int
    column: int | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" + (f":{self.column}" if self.column else "")


@attrs.frozen(order=True, slots=True)
class Source:
    """Where a part was written, innermost place first. Empty for what no definition wrote."""

    places: tuple[Place, ...] = ()

    @property
    def place(self) -> Place | None:
        """The innermost place, which a finding names."""
        return self.places[0] if self.places else None


NOWHERE = Source()


@contextmanager
def definitions_in(root: str, repository: str) -> Iterator[None]:
    """Take frames of files below *root* (with its trailing separator) for definitions, shown below *repository*."""
    global _root, _repository
    before = _root, _repository
    _root, _repository = root, repository
    try:
        yield
    finally:
        _root, _repository = before


def here() -> Source:
    """The frames inside the definitions that lead to this call."""
    frame = sys._getframe(1)  # noqa: SLF001 - inspect.currentframe() is this, slower
    return Source(tuple(_places(frame))) if _root else NOWHERE


def of_error(error: BaseException) -> Source:
    """The frames inside the definitions through which an exception came, innermost first."""
    frames: list[tuple[str, str, int]] = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append((code.co_filename, code.co_name, trace.tb_lineno))
        trace = trace.tb_next
    return Source(tuple(_merged(reversed(frames))))


def relative(file: str) -> str:
    """A definition's path as a reader of the repository writes it: `systems/checkout.py`."""
    return _below(file, _root, _repository)


@lru_cache(maxsize=4096)  # each part of a definition asks for the file it is written in
def _below(file: str, root: str, repository: str) -> str:
    path = PurePath(file)
    if path.is_relative_to(repository):
        return path.relative_to(repository).as_posix()
    # definitions may lie beside the repository's folder
    return PurePath(os.path.relpath(file, repository)).as_posix() if root and file.startswith(root) else path.as_posix()


def _places(frame: FrameType | None) -> Iterator[Place]:
    return _merged(_frames(frame))


def _frames(frame: FrameType | None) -> Iterator[tuple[str, str, int]]:
    while frame is not None:
        code = frame.f_code
        if code.co_filename.startswith(_root):
            yield code.co_filename, code.co_name, frame.f_lineno
        frame = frame.f_back


def _merged(frames: Iterator[tuple[str, str, int]]) -> Iterator[Place]:
    """One place a frame, but a comprehension and the frame around it are one: the inner line counts."""
    inside, count = False, 0
    for file, name, line in frames:
        if not file.startswith(_root) or count == _DEEPEST:
            continue
        if not inside:
            count += 1
            yield Place(relative(file), line)
        inside = name in _COMPREHENSIONS

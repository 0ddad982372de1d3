"""
systems/*.py as values.

Modules load under a synthetic package, so that `from ._shared import x` works, nothing lands on
sys.path, and two revisions can be loaded side by side. A definition is code: loading runs it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import attrs

from watchwright.finding import Finding, reports
from watchwright.model.environment import MARK, Environment
from watchwright.model.error import DefinitionError
from watchwright.model.platform import Platform
from watchwright.model.system import System
from watchwright.source import NOWHERE, Place, Source, definitions_in, of_error, relative

_numbers = itertools.count()
# what stands before the name of a module of definitions; a path of the machine may follow in brackets
_PACKAGE = re.compile(r"watchwright_definitions_\d+|(?<=') \(.*\)$")


@reports("load/syntax")
def syntax_error(error: SyntaxError, place: Place) -> Finding:
    """A module in `systems/` is no Python. The other modules were loaded all the same."""
    return Finding(f"{error.msg}", source=Source((place,)))


@reports("load/import")
def import_failed(error: ImportError, source: Source) -> Finding:
    """
    A module in `systems/` imports something that is not there.

    Definitions import `watchwright`, what is installed beside it, and their neighbours by
    `from ._shared import x`: the folder of definitions is not on sys.path.
    """
    message = _PACKAGE.sub("", str(error))
    neighbour = isinstance(error, ModuleNotFoundError) and "." not in (error.name or ".")
    return Finding(message, source=source, hint="neighbours are imported with a dot" if neighbour else "")


@reports("load/malformed")
def malformed(error: DefinitionError, source: Source) -> Finding:
    """
    A part of a definition is malformed: a duration that is none, a name with a slash, a threshold without a number.

    It ends its module, and the other modules go on. The message says what was wanted and what was got.
    """
    return Finding(error.message, source=source, hint=error.hint)


@reports("load/exception")
def exception(error: BaseException, source: Source) -> Finding:
    """A definition raised an exception of Python's own. The place is the innermost line of yours on its way."""
    return Finding(f"{type(error).__name__}: {error}", source=source)


@reports("load/value")
def no_value(name: str, got: object, source: Source) -> Finding:
    """
    A `@definition` returned something that is neither a `System`, nor several, nor the `Platform`, or a list of
    systems holds something else.

    Return the value, or a list of systems.
    """
    return Finding(f"`{name}` must be a System, a list of systems or the Platform, got {got!r}", source=source)


@reports("load/no-system")
def no_system(folder: str, unmarked: Source) -> Finding:
    """
    No module defines a system, so there is nothing to render.

    A module in `systems/` binds `checkout = System(...)`, or has a function marked `@definition` that returns one.
    Modules whose names begin with `_` are for sharing, and define none.
    """
    message = f"no system is defined in {folder}/"
    if unmarked != NOWHERE:
        return Finding(message, source=unmarked, hint="mark this function with @definition")
    return Finding(message, source=Source((Place(folder, 1),)))


@reports("load/no-folder")
def no_folder(folder: str) -> Finding:
    """The folder of definitions does not exist. `systems` in `[tool.watchwright]` of pyproject.toml names it."""
    hint = "`systems` in [tool.watchwright] of pyproject.toml names it; -C names another repository"
    return Finding(f"there is no folder {folder}/ with definitions", hint=hint)


@reports("system/duplicate")
def duplicate_system(name: str, source: Source, other: Source) -> Finding:
    """Two systems have one name. Names are folders, label values and parts of uids, so each is used once."""
    return Finding(f"system `{name}` is defined twice", source=source, hint=f"the other one is at {other.place}")


@reports("platform/duplicate")
def duplicate_platform(source: Source, other: Source) -> Finding:
    """Two modules define a `Platform`. All systems share one, usually in systems/platform.py."""
    return Finding("a second platform is defined", source=source, hint=f"the other one is at {other.place}")


@attrs.define
class Loaded:
    """What the modules define, and what is wrong with them."""

    platform: Platform = attrs.field(factory=Platform)
    systems: list[System] = attrs.field(factory=list)
    findings: list[Finding] = attrs.field(factory=list)
    unmarked: Source = NOWHERE
    _platforms: list[Platform] = attrs.field(factory=list)

    def add(self, value: object) -> bool:
        """Take a value of a module, if it is one of ours; imported twice it is still one."""
        match value:
            case System():
                self._system(value)
            case Platform():
                self._platform(value)
            case list() | tuple() if any(isinstance(each, System) for each in value):
                for each in value:
                    self._listed(each, value)
            case _:
                return False
        return True

    def _listed(self, each: object, value: object) -> None:
        if isinstance(each, System):
            self._system(each)
        else:
            source = next((one.source for one in value if isinstance(one, System)), NOWHERE)  # type: ignore[attr-defined] # a sequence
            self.findings.append(no_value("systems", each, source))

    def _system(self, system: System) -> None:
        if any(each is system for each in self.systems):
            return
        twin = next((each for each in self.systems if each.name == system.name), None)
        if twin is not None:
            self.findings.append(duplicate_system(system.name, system.source, twin.source))
        self.systems.append(system)

    def _platform(self, platform: Platform) -> None:
        if any(each is platform for each in self._platforms):
            return
        if self._platforms:
            self.findings.append(duplicate_platform(platform.source, self.platform.source))
        self._platforms.append(platform)
        self.platform = self._platforms[0]


def load(folder: Path, environment: Environment, repository: Path) -> Loaded:
    """Run every module of *folder* whose name does not begin with `_`, in the order of their names."""
    loaded = Loaded()
    if not folder.is_dir():
        loaded.findings.append(no_folder(_below(folder, repository)))
        return loaded
    with definitions_in(str(folder) + os.sep, str(repository)), _no_bytecode(), contextlib.redirect_stdout(sys.stderr):
        package = _package(folder)
        try:
            for file in sorted(folder.glob("*.py")):
                if not file.name.startswith("_"):
                    _load_module(package, file, environment, loaded)
        finally:
            _forget(package)
    if not loaded.systems and not loaded.findings:
        loaded.findings.append(no_system(_below(folder, repository), loaded.unmarked))
    return loaded


def _below(folder: Path, repository: Path) -> str:
    return folder.relative_to(repository).as_posix() if folder.is_relative_to(repository) else str(folder)


def _load_module(package: str, file: Path, environment: Environment, loaded: Loaded) -> None:
    at_file = Place(relative(str(file)), 1)
    with _reporting(at_file, loaded.findings):
        module = importlib.import_module(f"{package}.{file.stem}")
        for name, value in list(vars(module).items()):
            if not name.startswith("_"):
                _take(name, value, module, environment, loaded)


def _take(name: str, value: object, module: ModuleType, environment: Environment, loaded: Loaded) -> None:
    if loaded.add(value) or getattr(value, "__module__", None) != module.__name__ or not callable(value):
        return  # a function that was imported is called where it is defined
    place = Place(relative(str(module.__file__)), _line(value))
    if not getattr(value, MARK, False):
        if _returns_system(value):
            loaded.unmarked = Source((place,))
        return
    with _reporting(place, loaded.findings):
        result = value(environment)
        if not loaded.add(result):
            loaded.findings.append(no_value(name, result, Source((place,))))


def _returns_system(function: Callable[..., object]) -> bool:
    return "System" in str(getattr(function, "__annotations__", {}).get("return", ""))


def _line(function: Callable[..., object]) -> int:
    return function.__code__.co_firstlineno if hasattr(function, "__code__") else 1


@contextlib.contextmanager
def _reporting(place: Place, findings: list[Finding]) -> Iterator[None]:
    """Turn whatever a definition raises into a finding at its innermost line."""
    try:
        yield
    except SyntaxError as error:
        file = relative(error.filename) if error.filename else place.file
        findings.append(syntax_error(error, Place(file, error.lineno or 1, error.offset or None)))
    except DefinitionError as error:
        findings.append(malformed(error, _source(error, place)))
    except ImportError as error:
        findings.append(import_failed(error, _source(error, place)))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a definition may raise anything
        findings.append(exception(error, _source(error, place)))


def _source(error: BaseException, place: Place) -> Source:
    found = of_error(error)
    return found if found != NOWHERE else Source((place,))


def _package(folder: Path) -> str:
    name = f"watchwright_definitions_{next(_numbers)}"
    spec = importlib.util.spec_from_loader(name, loader=None, is_package=True)
    assert spec is not None  # noqa: S101 - only for a loader that refuses
    package = importlib.util.module_from_spec(spec)
    package.__path__ = [str(folder)]
    sys.modules[name] = package
    return name


def _forget(package: str) -> None:
    for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
        del sys.modules[name]


@contextlib.contextmanager
def _no_bytecode() -> Iterator[None]:
    """Leave no __pycache__ among somebody's definitions."""
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before

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
from watchwright.load.misspelt import meant
from watchwright.load.recovery import Recovery
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
    return Finding(message, source=source, hint="neighbours are imported with a dot" if neighbour else meant(error))


@reports("load/malformed")
def malformed(error: DefinitionError, source: Source) -> Finding:
    """
    A part of a definition is malformed: a duration that is none, a name with a slash, a threshold without a number.

    The message says what was wanted and what was got. What needs the part is not checked yet; what else is malformed
    is said all the same, here and in other modules.
    """
    return Finding(error.message, source=source, hint=error.hint)


@reports("load/exception")
def exception(error: BaseException, source: Source) -> Finding:
    """A definition raised an exception of Python's own. The place is the innermost line of yours on its way."""
    return Finding(f"{type(error).__name__}: {error}", source=source, hint=meant(error))


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
    """What the modules below a package define, and what is wrong with them; *failed* are the files that ended early."""

    platform: Platform = attrs.field(factory=Platform)
    systems: list[System] = attrs.field(factory=list)
    findings: list[Finding] = attrs.field(factory=list)
    unmarked: Source = NOWHERE
    failed: set[Path] = attrs.field(factory=set)
    recovery: Recovery = attrs.field(init=False)
    _package: str = ""
    _platforms: list[Platform] = attrs.field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.recovery = Recovery(self._package, self.fail)

    def fail(self, error: BaseException, place: Place | None = None) -> None:
        """A definition raised *error*, near *place* if no line of its own is on the way."""
        finding = _failure(error, place)
        told = {(each.message, each.source.place) for each in self.findings}  # by another module that imports this one
        if (finding.message, finding.source.place) not in told and not self.recovery.follows(error):
            self.findings.append(finding)

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
    """
    Run every module of *folder* whose name does not begin with `_`, in the order of their names.

    Where one fails all are run once more, to find what else is wrong in them.
    """
    if not folder.is_dir():
        return Loaded(findings=[no_folder(_below(folder, repository))])
    with definitions_in(str(folder) + os.sep, str(repository)), _no_bytecode(), contextlib.redirect_stdout(sys.stderr):
        loaded = _run(folder, environment)
        if loaded.failed:
            loaded.findings = _run(folder, environment, recover=True).findings
        if any("Platform(" in file.read_text("utf-8", "replace") for file in loaded.failed):
            loaded.systems.clear()  # nothing that asks the platform can be checked without it
    if not loaded.systems and not loaded.findings:
        loaded.findings.append(no_system(_below(folder, repository), loaded.unmarked))
    return loaded


def _run(folder: Path, environment: Environment, *, recover: bool = False) -> Loaded:
    package = _package(folder)
    loaded = Loaded(package=package)
    try:
        with loaded.recovery.installed() if recover else contextlib.nullcontext():
            for file in sorted(folder.glob("*.py")):
                if not file.name.startswith("_"):
                    _load_module(f"{package}.{file.stem}", file, environment, loaded)
    finally:
        _forget(package)
    return loaded


def _below(folder: Path, repository: Path) -> str:
    return folder.relative_to(repository).as_posix() if folder.is_relative_to(repository) else str(folder)


def _load_module(name: str, file: Path, environment: Environment, loaded: Loaded) -> None:
    with _failing(loaded, file):
        module = importlib.import_module(name)
        for word, value in list(vars(module).items()):
            if not word.startswith("_"):
                _take(word, value, module, environment, loaded)


def _take(name: str, value: object, module: ModuleType, environment: Environment, loaded: Loaded) -> None:
    if loaded.add(value) or getattr(value, "__module__", None) != module.__name__ or not callable(value):
        return  # a function that was imported is called where it is defined
    file = Path(str(module.__file__))
    source = Source((Place(relative(str(file)), _line(value)),))
    if not getattr(value, MARK, False):
        if _returns_system(value):
            loaded.unmarked = source
        return
    with _failing(loaded, file, _line(value)):
        result = value(environment)
        if not loaded.add(result):
            loaded.findings.append(no_value(name, result, source))


def _returns_system(function: Callable[..., object]) -> bool:
    return "System" in str(getattr(function, "__annotations__", {}).get("return", ""))


def _line(function: Callable[..., object]) -> int:
    return function.__code__.co_firstlineno if hasattr(function, "__code__") else 1


@contextlib.contextmanager
def _failing(loaded: Loaded, file: Path, line: int = 1) -> Iterator[None]:
    """A definition may raise anything."""
    try:
        yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # an exit, too
        loaded.failed.add(file)
        loaded.fail(error, Place(relative(str(file)), line))


def _failure(error: BaseException, place: Place | None) -> Finding:
    """What a definition raised, at its innermost line."""
    source = of_error(error)
    if source == NOWHERE and place:
        source = Source((place,))
    match error:
        case SyntaxError(filename=str(file)):
            return syntax_error(error, Place(relative(file), error.lineno or 1, error.offset or None))
        case DefinitionError():
            return malformed(error, source)
        case ImportError():
            return import_failed(error, source)
    return exception(error, source)


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

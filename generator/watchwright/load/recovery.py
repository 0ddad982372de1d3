"""
What else is wrong in definitions of which a part could not be loaded.

Python ends a module at its first exception. As a compiler recovers from a syntax error, modules are loaded here
with each statement on its own: of one that fails the error is noted, and the next is run. Functions marked
`@definition` are run likewise. What a statement would have bound is lost; an error about a lost name is no news.
"""

from __future__ import annotations

import ast
import contextlib
import importlib.machinery
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from types import CodeType, ModuleType

import attrs

_FAILED = "__watchwright_failed__"
_ERROR = "__watchwright_error__"
_MOST = 1000
_QUOTED_NAME = re.compile(r"'(\w+)'")


class _EndlessError(Exception):
    """So many statements failed that one must be in a loop without an end."""


@attrs.define(eq=False)
class Recovery:
    """
    What failed in the modules below *package*, and the names in them that are lost.

    *note* is told of each failure. Nothing is recovered from but where it is `installed`.
    """

    package: str
    note: Callable[[Exception], None]
    _lost: set[str] = attrs.field(factory=set)
    _failures: int = 0

    @contextlib.contextmanager
    def installed(self) -> Iterator[None]:
        """Until the end, the modules are loaded statement by statement."""
        sys.meta_path.insert(0, self)
        try:
            yield
        finally:
            sys.meta_path.remove(self)

    def follows(self, error: BaseException) -> bool:
        """Whether an error only says that a lost name is not there."""
        match error:
            case _EndlessError():
                return True
            case NameError() | ImportError() | AttributeError(obj=ModuleType()):
                return not self._lost.isdisjoint(_QUOTED_NAME.findall(str(error)))
        return False

    def failed(self, error: Exception, names: Sequence[str]) -> None:
        """A statement raised *error*, and did not bind *names*. After very many the module ends: a loop may not."""
        self._failures += 1
        if self._failures > _MOST:
            raise _EndlessError
        if not self.follows(error):
            self.note(error)
        self._lost.update(names)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """As the import system asks for it: Python's own, but read by `_Loader`."""
        if not name.startswith(f"{self.package}."):
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path, self)
        return spec


class _Loader(importlib.machinery.SourceFileLoader):
    """Runs a module's statements each on its own."""

    def __init__(self, name: str, path: str, recovery: Recovery) -> None:
        super().__init__(name, path)
        self._recovery = recovery

    def get_code(self, fullname: str) -> CodeType:
        del fullname  # it is the loader's own
        module = ast.parse(self.get_data(self.path), self.path)
        module.body = _each_on_its_own(module.body)
        code: CodeType = compile(ast.fix_missing_locations(module), self.path, "exec")
        return code

    def exec_module(self, module: ModuleType) -> None:
        setattr(module, _FAILED, self._recovery.failed)
        super().exec_module(module)


def _each_on_its_own(statements: list[ast.stmt]) -> list[ast.stmt]:
    return [_on_its_own(each) for statement in statements for each in _imports_apart(statement)]


def _imports_apart(statement: ast.stmt) -> list[ast.stmt]:
    """`from a import b, c` as two, since one of them may be there."""
    match statement:
        case ast.ImportFrom(names=names) if len(names) > 1:
            single = (ast.ImportFrom(statement.module, [name], statement.level) for name in names)
            return [ast.copy_location(each, statement) for each in single]
    return [statement]


def _on_its_own(statement: ast.stmt) -> ast.stmt:
    match statement:
        case ast.Expr(value=ast.Constant()) | ast.ImportFrom(module="__future__"):
            return statement  # a docstring, and what may only follow one
        case ast.FunctionDef() if any(_marks(each) for each in statement.decorator_list):
            statement.body = _each_on_its_own(statement.body)
        case ast.Return() | ast.Raise() | ast.Break() | ast.Continue() | ast.Global() | ast.Nonlocal():
            return statement
        case ast.If() | ast.For():  # an error within `try` or `with` may be expected there
            statement.body = _each_on_its_own(statement.body)
    return _tried(statement)


def _marks(decorator: ast.expr) -> bool:
    return ast.unparse(decorator).split(".")[-1] == "definition"


def _tried(statement: ast.stmt) -> ast.stmt:
    """`try: statement`, and `except Exception as error: failed(error, names)`."""
    names = ast.Tuple([ast.Constant(name) for name in _bound(statement)], ast.Load())
    call = ast.Call(ast.Name(_FAILED, ast.Load()), [ast.Name(_ERROR, ast.Load()), names], [])
    handler = ast.ExceptHandler(ast.Name("Exception", ast.Load()), _ERROR, [ast.Expr(call)])
    return ast.copy_location(ast.Try([statement], [handler], [], []), statement)


def _bound(statement: ast.stmt) -> list[str]:
    """The names that a statement binds, in its own scope or in one within."""
    names: dict[str, None] = {}
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                names[name] = None
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names[name] = None
            case ast.alias(name=name, asname=alias):
                names[alias or name.partition(".")[0]] = None
    return list(names)

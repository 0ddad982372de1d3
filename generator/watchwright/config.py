"""`[tool.watchwright]` of pyproject.toml: where systems are, where output goes, environments, tools."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from watchwright.finding import Failed, Finding, reports
from watchwright.source import Place, Source


@reports("config/invalid")
def invalid(file: str, line: int, problem: str, hint: str = "") -> Finding:
    """
    `[tool.watchwright]` in pyproject.toml says something that Watchwright does not know.

    Keys: `systems` (the folder of the definitions, "systems"), `output` (the folder that holds `rules/`,
    `dashboards/`, `jaeger/` and `kubernetes/`, "."), `environments` (a list of names, the first is the default) and
    `tools` (the folder that is searched for promtool and the other judges before PATH, ".tools").
    """
    return Finding(problem, source=Source((Place(file, line),)), hint=hint)


@attrs.frozen
class Config:
    """The settings of a repository; paths are absolute."""

    root: Path
    systems: Path
    output: Path
    tools: Path
    environments: tuple[str, ...] = ()


_PATHS = {"systems": "systems", "output": ".", "tools": ".tools"}


def read(start: Path) -> Config:
    """
    The settings of the repository around *start*: of the nearest folder with a pyproject.toml.

    Without one, *start* is the repository and all settings are defaults. Raises `Failed`.
    """
    start = start.resolve()
    return at(next((each for each in (start, *start.parents) if (each / "pyproject.toml").is_file()), start))


def at(folder: Path) -> Config:
    """The settings of a folder itself, whatever is around it; raises `Failed`."""
    folder = folder.resolve()
    file = folder / "pyproject.toml"
    return _config(folder, _table(file) if file.is_file() else {})


def _table(file: Path) -> Mapping[str, Any]:
    try:
        table: Any = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Failed(invalid(file.name, 1, f"pyproject.toml is no TOML: {error}")) from None
    for name in ("tool", "watchwright"):
        table = table.get(name, {})
        if not isinstance(table, dict):
            raise Failed(invalid(file.name, _line(file, name), f"`{name}` must be a table, got {table!r}"))
    return dict(table)


def _config(root: Path, table: Mapping[str, Any]) -> Config:
    file = root / "pyproject.toml"
    findings = [*_unknown(table, file), *_malformed(table, file)]
    if findings:
        raise Failed(*findings)
    paths = {name: (root / table.get(name, default)).resolve() for name, default in _PATHS.items()}
    return Config(root=root, environments=tuple(table.get("environments", ())), **paths)


def _unknown(table: Mapping[str, Any], file: Path) -> list[Finding]:
    known = ", ".join([*_PATHS, "environments"])
    return [
        invalid(file.name, _line(file, key), f"`{key}` is no setting of watchwright", f"settings are {known}")
        for key in table
        if key not in _PATHS and key != "environments"
    ]


def _malformed(table: Mapping[str, Any], file: Path) -> list[Finding]:
    findings = [
        invalid(file.name, _line(file, key), f"`{key}` must be a path, got {table[key]!r}")
        for key in _PATHS
        if not isinstance(table.get(key, ""), str)
    ]
    names = table.get("environments", [])
    if not isinstance(names, list) or not all(
        isinstance(name, str) and name.isidentifier() and name != "tests" for name in names
    ):
        problem = f"`environments` must be a list of names like staging and eu_west, got {names!r}"
        findings.append(invalid(file.name, _line(file, "environments"), problem))
    elif len(set(names)) < len(names):
        findings.append(invalid(file.name, _line(file, "environments"), f"`environments` lists a name twice: {names}"))
    return findings


def _line(file: Path, key: str) -> int:
    """The first line that sets *key*."""
    for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
        if line.split("=")[0].strip().strip('"[]') in (key, f"tool.{key}"):
            return number
    return 1

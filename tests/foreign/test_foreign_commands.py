"""`watchwright check --rules ... --dashboards ...`, as people type it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from watchwright.cli import main
from workbench import Repository

GOOD = "groups: [{name: g, rules: [{alert: A, expr: up == 0}]}]"
BAD = "groups: [{name: g, rules: [{alert: A, expr: up = 0}]}]"
WARNED = "groups: [{name: g, rules: [{alert: A, expr: up == 0}, {alert: A, expr: up == 0}]}]"
BOARD = '{"title": "B", "panels": [{"id": 1, "title": "P", "targets": [{"refId": "A", "expr": "up = 0"}]}]}'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with no pyproject.toml, no systems, and files of all kinds."""
    files = {
        "good.yaml": GOOD, "bad.yml": BAD, "warned.yaml": WARNED, "board.json": BOARD, "below/bad.yaml": BAD,
        "below/values.yaml": "replicas: 3", "below/.hidden/bad.yaml": BAD, "below/prometheus.txt": "", "empty/a.txt": "",
        "metrics.txt": "# TYPE up gauge\nup 1\n",
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", *arguments], catch_exceptions=False)


@pytest.mark.usefixtures("folder")
def test_findings_go_to_standard_error_and_fail() -> None:
    """With the place, the line with carets, and a summary."""
    result = run("--rules", "bad.yml")

    assert (1, "") == (result.exit_code, result.stdout)
    assert (
        """\
bad.yml:1:48: error: unexpected `=`, expected an operator or the end [promql/syntax]
    in group g / alert A
        up = 0
           ^
1 error
1 file, 1 rule, 0 dashboards: 1 expression
"""
        == result.stderr
    )


@pytest.mark.usefixtures("folder")
def test_nothing_wrong_is_exit_code_0() -> None:
    """And says what was looked at, unless nobody wants to know."""
    assert (0, "1 file, 1 rule, 0 dashboards: 1 expression\n") == ended(run("--rules", "good.yaml"))
    assert (0, "") == ended(run("--rules", "good.yaml", "-q"))


@pytest.mark.usefixtures("folder")
def test_warnings_fail_only_where_it_is_strict() -> None:
    """As everywhere."""
    assert 0 == run("--rules", "warned.yaml").exit_code
    assert 1 == run("--rules", "warned.yaml", "--strict").exit_code


def ended(result: Result) -> tuple[int, str]:
    return result.exit_code, result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--rules", "good.yaml", "bad.yml", "--dashboards", "board.json"],
        ["--rules", "good.yaml", "--rules", "bad.yml", "--dashboards", "board.json"],
        ["--rules=good.yaml", "bad.yml", "-q", "--dashboards=board.json"],
        ["--dashboards", "board.json", "--strict", "--rules", "bad.yml", "good.yaml"],
        ["--rules", "good.yaml", "bad.yml", "good.yaml", "--dashboards", "board.json", "--metrics", "metrics.txt"],
    ],
)
@pytest.mark.usefixtures("folder")
def test_an_option_takes_what_a_glob_leaves(arguments: list[str]) -> None:
    """Several files after one option, or one after each."""
    found = json.loads(run(*arguments, "--json").stdout)

    assert [("bad.yml", 1, 48), ("board.json", 1, BOARD.index("= 0") + 1)] == [
        (each["file"], each["line"], each["column"]) for each in found
    ]


@pytest.mark.usefixtures("folder")
def test_json_is_of_the_shape_that_it_always_has() -> None:
    """A finding an object, what is unknown is null."""
    (only,) = json.loads(run("--dashboards", "board.json", "--json").stdout)

    assert {"id", "severity", "file", "line", "column", "path", "message", "excerpt", "hint"} == only.keys()
    assert ("dashboard B / panel P / query A", None) == (only["path"], only["hint"])
    assert [] == json.loads(run("--rules", "good.yaml", "--json").stdout)


@pytest.mark.usefixtures("folder")
def test_a_folder_is_searched_and_what_is_something_else_passed_over() -> None:
    """Files that are named are what they are named as."""
    found = json.loads(run("--rules", "below", "--json").stdout)

    assert [("below/bad.yaml", "promql/syntax")] == [(each["file"], each["id"]) for each in found]
    assert "this is no rule file: it has no `groups` [file/kind]" in run("--rules", "below/values.yaml").stderr


@pytest.mark.usefixtures("folder")
def test_the_version_of_prometheus_counts() -> None:
    """What came later is refused, and the hint says how to name the version."""
    Path("new.yaml").write_text("groups: [{name: g, rules: [{record: 'a:b', expr: 'histogram_avg(up)'}]}]")

    assert "hint: say `--prometheus` if yours is newer" in run("--rules", "new.yaml").stderr
    assert 0 == run("--rules", "new.yaml", "--prometheus", "3.5").exit_code


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rules", "nowhere.yaml"], "Path 'nowhere.yaml' does not exist"),
        (["--rules"], "Option '--rules' requires an argument"),
        (["--rules", "empty"], "no file that ends in .yaml, .yml or .json lies below empty"),
        (["--metrics", "metrics.txt"], "`--metrics` and `--prometheus` go with `--rules` or `--dashboards`"),
        (["--prometheus", "3.5"], "`--metrics` and `--prometheus` go with `--rules` or `--dashboards`"),
        (["--rules", "good.yaml", "--prometheus", "new"], "`new` is no version of Prometheus"),
        (["--rules", "good.yaml", "-e", "staging"], "are for definitions, and these are files"),
        (["good.yaml"], "Got unexpected extra argument (good.yaml)"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_usage_is_exit_code_2(arguments: list[str], said: str) -> None:
    """And says what is wrong with it."""
    result = run(*arguments)

    assert 2 == result.exit_code
    assert said in result.stderr


def test_a_bug_is_a_finding(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless its traceback is asked for."""
    monkeypatch.setattr("watchwright.cli.foreign.check", lambda *_: 1 / 0)

    assert "error: ZeroDivisionError in" in run("--rules", str(folder)).stderr
    monkeypatch.setenv("WATCHWRIGHT_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        run("--rules", str(folder))


def test_what_is_rendered_is_right(shop: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the same checks, once it is read again."""
    assert 0 == shop.run("render", "--no-verify").exit_code
    monkeypatch.chdir(shop.root)

    assert 0 == run("--rules", "rules", "--dashboards", "dashboards", "--strict").exit_code


def test_each_id_has_a_page() -> None:
    """`watchwright explain` knows those of files, too."""
    result = CliRunner().invoke(main, ["explain"])

    ids = {line.split()[0] for line in result.stdout.splitlines()}
    assert {"file/syntax", "rules/shape", "board/variable", "promql/syntax", "alert/template"} <= ids

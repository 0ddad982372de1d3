"""Bad input gets a message with file and line, exit code 1, no traceback, and writes nothing."""

from __future__ import annotations

import json
import os
import re
import resource
import stat
import subprocess
import sys

import pytest

from workbench import ROOT, SHOP, Repository

HEAD = "from watchwright import *\nfrom watchwright.discovery import Static\n"
SYSTEM = 'shop = System("shop", owner="sales", {0})\n'
GAUGE = 'depth = Gauge("queue_depth", "Depth.")\n'

# each: what it is, the module, the line of the finding, its id, a part of its message
# fmt: off
BAD = [
    ("a syntax error", "x = = 1\n", 1, "load/syntax", "invalid syntax"),
    ("an import error", "from nowhere import x\n", 1, "load/import", "No module named 'nowhere'"),
    ("an exception", "def f():\n    return 1 / 0\n\nf()\n", 2, "load/exception", "ZeroDivisionError: division by zero"),
    ("an exit", "import sys\nsys.exit(3)\n", 2, "load/exception", "SystemExit: 3"),
    ("no system", "x = 1\n", 1, "load/no-system", "no system is defined in systems/"),
    ("a bad duration", HEAD + GAUGE + 'e = depth.delta("5 bananas")\n', 4, "load/malformed", "got `5 bananas`"),
    (
        "a negative for",
        HEAD + GAUGE + 'a = Alert("A", expr=depth > 1, for_="-5m", severity="page", summary="x")\n',
        4,
        "load/malformed",
        "`for_` of an alert must be a duration, got `-5m`",
    ),
    ("a chained comparison", HEAD + GAUGE + "e = 0 < depth < 5\n", 4, "load/malformed", "no truth value"),
    ("python's and", HEAD + GAUGE + "e = depth > 1 and depth < 5\n", 4, "load/malformed", "no truth value"),
    ("forgotten brackets", HEAD + GAUGE + "e = depth > 1 & (depth < 5)\n", 4, "load/malformed", "got 1"),
    ("a lone label", HEAD + GAUGE + 'e = depth.sum(by="zone")\n', 4, "load/malformed", "takes a list of labels"),
    ("a system outside", HEAD + 'shop = System("../shop", owner="sales")\n', 3, "load/malformed", "got '../shop'"),
    ("a job outside", HEAD + 'job = Job("../x", Static(["a:1"]))\n', 3, "load/malformed", "got '../x'"),
    (
        "a dashboard uid outside",
        HEAD + 'board = Dashboard("x", [], uid="../x")\n',
        3,
        "load/malformed",
        "got '../x'",
    ),
    (
        "an unknown metric",
        HEAD + SYSTEM.format('alerts=[Alert("A", expr=promql("queue_dept > 1"), for_="5m", severity="page", summary="x")]'),
        3,
        "metric/unknown",
        "`queue_dept` is no declared metric and no recorded series",
    ),
    (
        "raw PromQL that is none",
        HEAD + 'e = promql("sum(rate(x[5m])")\n',
        3,
        "load/malformed",
        "column",
    ),
    (
        "a metric declared twice",
        HEAD + GAUGE + 'other = Gauge("queue_depth", "Another.")\n' + SYSTEM.format("metrics=[depth, other]"),
        4,
        "metric/duplicate",
        "`queue_depth` is declared twice",
    ),
    (
        "a rule recorded twice",
        HEAD + GAUGE + 'a = record("queue:depth:sum", depth.sum())\nb = record("queue:depth:sum", depth.max())\n'
        + SYSTEM.format("rules=[a, b]"),
        5,
        "rule/duplicate",
        "`queue:depth:sum` is recorded twice",
    ),
    (
        "an alert defined twice",
        HEAD + GAUGE
        + SYSTEM.format(
            "alerts=[Alert('A', expr=depth > limit, for_='5m', severity='page', summary='x') for limit in (1, 2)]"
        ),
        4,
        "alert/duplicate",
        "alert `A` is defined twice",
    ),
    (
        "a severity that nobody hears",
        HEAD + GAUGE + SYSTEM.format("alerts=[Alert('A', expr=depth > 1, for_='5m', severity='panic', summary='x')]"),
        4,
        "alert/severity",
        "`panic` is no severity of the platform",
    ),
    (
        "a job defined twice",
        HEAD + 'jobs = [Job("a", Static(["a:1"]))]\none = System("one", owner="x", jobs=jobs)\n'
        'two = System("two", owner="x", jobs=[Job("a", Static(["b:1"]))])\n',
        5,
        "job/duplicate",
        "job `a` is defined twice",
    ),
    (
        "a uid used twice",
        HEAD + GAUGE
        + "".join(
            f'{name} = System("{name}", owner="x", dashboards=[Dashboard("B", [Row("r", [Stat("s", depth)])], uid="u")])\n'
            for name in ("one", "two")
        ),
        5,
        "dashboard/duplicate-uid",
        "`u`",
    ),
    ("an empty dashboard", HEAD + SYSTEM.format('dashboards=[Dashboard("Empty", [])]'), 3, "dashboard/empty", "`Empty`"),
    (
        "two systems of one name",
        HEAD + 'one = System("shop", owner="x")\ntwo = System("shop", owner="y")\n',
        4,
        "system/duplicate",
        "system `shop` is defined twice",
    ),
    (
        "milliseconds against bytes",
        HEAD + "from watchwright.units import ms\n" + 'used = Gauge("used_bytes", "Used.")\n'
        + SYSTEM.format("alerts=[Alert('A', expr=used > 5 * ms, for_='5m', severity='page', summary='x')]"),
        5,
        "expr/unit",
        "bytes",
    ),
    (
        "an acceptance without a reason",
        HEAD + 'depth = Gauge("queue_depth", "Depth.", accept={"metric/name": ""})\n',
        3,
        "load/malformed",
        "gives no reason",
    ),
    (
        "an acceptance of nothing",
        HEAD + 'depth = Gauge("queue_depth", "Depth.", accept={"metric/name": "fixed"})\n' + SYSTEM.format("metrics=[depth]"),
        3,
        "accept/unused",
        "`metric/name`",
    ),
    (
        "an acceptance of nothing by an SLO",
        HEAD + "from watchwright.slo import Ratio, Slo\n" + 'runs = Counter("runs_total", "Runs.")\n'
        + "slo = Slo('runs', objective=99, sli=Ratio(bad=runs, total=runs), accept={'slo/rare': 'fixed'})\n"
        + SYSTEM.format("slos=[slo]"),
        5,
        "accept/unused",
        "`slo/rare`",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("module", "line", "id_", "message"), [case[1:] for case in BAD], ids=[case[0] for case in BAD]
)
def test_bad_input_is_a_finding_with_its_line(
    repository: Repository, module: str, line: int, id_: str, message: str
) -> None:
    """The message names file and line, and nothing is written."""
    repository.write("systems/shop.py", module)

    result = repository.run("render", "--no-verify")

    assert result.exit_code == 1, result.output
    place = "systems:1" if id_ == "load/no-system" else f"systems/shop.py:{line}"
    found = [text for text in result.stderr.split("\n") if text.endswith(f"[{id_}]")]
    assert any(text.startswith(place) and message in text for text in found), result.stderr
    assert "Traceback" not in result.output
    assert {} == repository.files()


def test_all_findings_come_at_once(repository: Repository) -> None:
    """A broken module does not hide the findings of the others."""
    repository.write("systems/a.py", "x = = 1\n")
    repository.write("systems/b.py", SHOP.replace('severity="page"', 'severity="panic"'))
    repository.write("systems/c.py", "1 / 0\n")

    found = json.loads(repository.run("check", "--no-verify", "--json").stdout)

    assert [
        ("systems/a.py", "load/syntax"),
        ("systems/b.py", "alert/severity"),
        ("systems/c.py", "load/exception"),
    ] == [(each["file"], each["id"]) for each in found]


def test_a_finding_as_json_has_all_fields(repository: Repository) -> None:
    """Programs read the same as people."""
    repository.write("systems/shop.py", SHOP.replace('severity="page"', 'severity="panic"'))

    found = json.loads(repository.run("check", "--no-verify", "--json").stdout)

    assert [
        {
            "id": "alert/severity",
            "severity": "error",
            "file": "systems/shop.py",
            "line": 9,
            "column": None,
            "path": "shop / alert OrdersFail",
            "message": "`panic` is no severity of the platform",
            "excerpt": None,
            "hint": "severities are page, ticket, info",
        }
    ] == found


def test_the_line_in_a_helper_and_its_callers_are_named(repository: Repository) -> None:
    """One of many alerts made in a helper is found, and so is the line that asked for it."""
    helper = SHOP.split("orders_fail = ")[0] + (
        'def alert(name, severity):\n    return Alert(name, expr=failing > 1, for_="5m", severity=severity, summary="x")\n\n'
        'shop = System("shop", owner="sales", alerts=[\n    alert("A", "page"),\n    alert("B", "panic"),\n])\n'
    )
    repository.write("systems/shop.py", helper)

    result = repository.run("check", "--no-verify")

    assert "systems/shop.py:10: error" in result.stderr
    assert "called from systems/shop.py:14" in result.stderr


def test_an_output_folder_that_cannot_be_written_is_a_finding(shop: Repository) -> None:
    """What the system said is passed on."""
    if os.geteuid() == 0:
        (shop.root / "rules").write_text("a file where a folder goes")
    else:
        (shop.root / "rules").mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)

    result = shop.run("render", "--no-verify")

    assert result.exit_code == 1
    assert re.search(r"error: .*rules.* \[write/\w+\]", result.stderr), result.stderr


@pytest.mark.usefixtures("promtools")
@pytest.mark.parametrize(("arguments", "id_"), [([], "tool/failed"), (["--no-verify"], "write/failed")])
def test_a_full_disk_is_a_finding(shop: Repository, arguments: list[str], id_: str) -> None:
    """Where promtool is to read the files, and where they are to stay; a limit on file sizes stands for the disk."""
    shop.run("render", "--no-verify")
    before = shop.files()
    shop.write("systems/shop.py", SHOP.replace("failing > 1", "failing > 2"))

    result = subprocess.run(
        [sys.executable, "-c", "from watchwright.cli import main; main()", "-C", str(shop.root), "render", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT / "generator")},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200)),
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1, result.stderr
    assert f"[{id_}]" in result.stderr
    assert "Traceback" not in result.stderr
    assert before == shop.files()


def test_a_hand_written_file_in_the_way_is_never_overwritten(shop: Repository) -> None:
    """The file stays as it is, and nothing else is written either."""
    file = shop.write("rules/shop/alerting.yaml", "mine\n")

    result = shop.run("render", "--no-verify")

    assert result.exit_code == 1
    assert "rules/shop/alerting.yaml" in result.stderr
    assert "[write/foreign]" in result.stderr
    assert {"rules/shop/alerting.yaml": b"mine\n"} == shop.files()
    assert file.read_text() == "mine\n"


def _tools(repository: Repository, monkeypatch: pytest.MonkeyPatch, script: str | None) -> None:
    """No promtool but the given script."""
    monkeypatch.setenv("PATH", "/nowhere")
    repository.write("pyproject.toml", "")
    if script is not None:
        tool = repository.write(".tools/promtool", f"#!/bin/sh\n{script}\n")
        tool.chmod(0o755)


@pytest.mark.parametrize(
    ("script", "id_"),
    [(None, "promtool/missing"), ("kill -SEGV $$", "tool/failed"), ("exec /bin/sleep 60", "tool/timeout")],
    ids=["missing", "crashing", "hanging"],
)
def test_a_tool_that_is_missing_crashes_or_hangs_is_a_finding(
    shop: Repository, monkeypatch: pytest.MonkeyPatch, script: str | None, id_: str
) -> None:
    """Nothing is written that was not verified, and `--no-verify` still renders."""
    _tools(shop, monkeypatch, script)

    result = shop.run("render")

    assert result.exit_code == 1
    assert f"[{id_}]" in result.stderr
    assert not (shop.root / "rules").exists()
    assert shop.run("render", "--no-verify").exit_code == 0
    assert (shop.root / "rules/prometheus.yml").is_file()


@pytest.mark.usefixtures("promtools")
@pytest.mark.parametrize(
    "value", ['say "no"', "two\nlines", "{{ .Exec }}", "back\\slash", "it's", "ünï", "5 $", "`tick`", "a: b #c", "- d"]
)
def test_label_values_of_any_text_work(repository: Repository, value: str) -> None:
    """Text is data: it is quoted right for PromQL, YAML, JSON and Go templates, and promtool agrees."""
    module = SHOP.replace(', values=["paid", "failed"]', "")
    module = module.replace('where(result="failed")', f"where(result={value!r})").replace(
        'severity="page"', f'severity="page", labels={{"note": {value!r}}}, description={value!r}'
    )
    repository.write("systems/shop.py", module)

    result = repository.run("render")

    assert result.exit_code == 0, result.stderr


def test_a_wrong_setting_is_found_in_pyproject(shop: Repository) -> None:
    """The line of pyproject.toml is named."""
    shop.write("pyproject.toml", '[tool.watchwright]\nsystems = "systems"\noutputs = "x"\n')

    result = shop.run("check")

    assert result.exit_code == 1
    assert "pyproject.toml:3: error: `outputs` is no setting of watchwright [config/invalid]" in result.stderr


def test_an_unknown_environment_is_a_usage_error(shop: Repository) -> None:
    """Exit code 2 is for the command line itself."""
    assert shop.run("render", "-e", "moon").exit_code == 2
    assert shop.run("explain", "alert/seferity").exit_code == 2
    assert "alert/severity" in shop.run("explain", "alert/seferity").stderr

"""The past that an SLO did not see can be given to it: promtool evaluates its rules over what is still stored."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from subprocess import run

import attrs
import pytest
import yaml
from backfilled import EPOCH, Replay, prometheus
from definitions import SLOW_PHASE, fast, in_order, rendered, slow
from ledger import DAY, Burst, Ledger, Scenario, drawn

from watchwright.verify.tools import Tool
from workbench import Repository

_HOUR = 3_600
_END = 2 * DAY
#: Three hours and a bit before the end: what a head may still hold must not be in blocks, or a restart drops the rest.
_DEPLOYED = _END - 5 * _HOUR
_BUDGET = 0.01


@attrs.frozen(kw_only=True)
class Backfill:
    """A server whose rules are young, and the promtool of the same release."""

    tool: Tool
    promtool: Tool
    folder: Path

    def live(self, ledger: Ledger) -> None:
        """Scrape all, and evaluate the rules since the deployment."""
        with prometheus(self.tool.path, self.tool.version, self.folder / "server") as server:
            Replay(server=server, rules=in_order(self.files), samples=ledger.series()).run(_DEPLOYED, _END)
            server.compacted(_DEPLOYED)

    @property
    def files(self) -> Path:
        """The rule files."""
        return rendered(self.folder / "repository", 'objective=99, period="2d"')

    def past(self, file: Path) -> None:
        """One pass: blocks of one rule file, moved to where the server keeps its own."""
        made = self.folder / "made"
        with prometheus(self.tool.path, self.tool.version, self.folder / "server") as server:
            command = [
                *(str(self.promtool.path), "tsdb", "create-blocks-from", "rules", f"--url={server.address}"),
                *(f"--start={EPOCH}", f"--end={EPOCH + _DEPLOYED}", f"--output-dir={made}", str(file)),
            ]
            result = run(command, capture_output=True, text=True, check=False)
        assert 0 == result.returncode, result.stderr
        for block in made.iterdir():
            if (block / "meta.json").exists():
                shutil.move(block, self.folder / "server/data")

    def known(self) -> tuple[float, float, float]:
        """The ratio and the coverage of the period, and the ratio of a day, as the next evaluation has them."""
        at = SLOW_PHASE + (_END - 400) // 300 * 300
        (day,) = (each.expr for each in fast(self.files) if each.window() == "1d")
        ratio, coverage = (_expr(self.files, name) for name in ("slo:ratio", "slo:coverage"))
        with prometheus(self.tool.path, self.tool.version, self.folder / "server") as server:
            return server.number(ratio, at), server.number(coverage, at), server.number(day, at)


def passes(backfill: Backfill, folder: Path) -> Iterator[Path]:
    """
    What `watchwright slos --backfill` prints for each pass, but for passes without a rule.

    In one file after the other of the same name, as in the docs: promtool takes the phase of a group from it.
    """
    repository, file = Repository(backfill.folder / "repository"), folder / "pass.yaml"
    for number in range(1, 7):
        printed = repository.run("slos", "-q", "--backfill", str(number)).stdout
        if yaml.safe_load(printed)["groups"]:
            file.write_text(printed, "utf-8")
            yield file


def _expr(files: Path, name: str) -> str:
    (rule,) = (each for each in slow(files) if each.name == name and each.window() in ("", "2d"))
    return rule.expr


@pytest.fixture
def backfill(tool: Tool, promtools: Sequence[Tool], tmp_path: Path) -> Backfill:
    """Two days were scraped, and the rules are there for five hours."""
    promtool = next((each for each in promtools if each.version == tool.version), promtools[-1])
    return Backfill(tool=tool, promtool=promtool, folder=tmp_path)


def test_a_pass_for_each_level_of_rules_gives_an_slo_its_past(backfill: Backfill, tmp_path: Path) -> None:
    bursts = [Burst(DAY + 1_000, DAY + 1_600, errors=0.4)]
    ledger = drawn(Scenario(name="past", days=_END / DAY, instances=4, bursts=bursts, lazy=True, lives=9 * _HOUR))
    backfill.live(ledger)
    seen, last, begun = ledger.seen(0, _END - 400), ledger.seen(_END - 400 - DAY, _END - 400), backfill.known()
    assert 0.12 > begun[1]
    (tmp_path / "passes").mkdir()
    for file in passes(backfill, tmp_path / "passes"):
        backfill.past(file)
    ratio, coverage, day = backfill.known()
    print(f"\nPrometheus {backfill.tool.version}: seen {seen.ratio:.6f}, at first {begun}, then {ratio} {coverage}")
    print(f"the last day: seen {last.ratio:.6f}, then {day}")
    assert seen.ratio == pytest.approx(ratio, rel=0.003)
    assert last.ratio == pytest.approx(day, rel=0.003)
    assert coverage == pytest.approx(1, abs=1.1 / 48)  # it is looked at every hour

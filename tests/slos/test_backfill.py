"""The past that an SLO did not see can be given to it: promtool evaluates its rules over what is still stored."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from subprocess import run

import attrs
import pytest
from backfilled import EPOCH, Replay, prometheus
from definitions import SLOW_PHASE, in_order, rendered, slow
from ledger import DAY, Burst, Ledger, Scenario, drawn

from watchwright.verify.tools import Tool

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

    def past(self, file: str) -> None:
        """One pass: blocks of one rule file, moved to where the server keeps its own."""
        made = self.folder / "made"
        with prometheus(self.tool.path, self.tool.version, self.folder / "server") as server:
            command = [
                *(str(self.promtool.path), "tsdb", "create-blocks-from", "rules", f"--url={server.address}"),
                *(f"--start={EPOCH}", f"--end={EPOCH + _DEPLOYED}", f"--output-dir={made}", str(self.files / file)),
            ]
            result = run(command, capture_output=True, text=True, check=False)
        assert 0 == result.returncode, result.stderr
        for block in made.iterdir():
            if (block / "meta.json").exists():
                shutil.move(block, self.folder / "server/data")

    def known(self) -> tuple[float, float]:
        """The ratio and the coverage of the period, as the next evaluation has them."""
        at = SLOW_PHASE + (_END - 400) // 300 * 300
        with prometheus(self.tool.path, self.tool.version, self.folder / "server") as server:
            ratio, coverage = (_expr(self.files, name) for name in ("slo:ratio", "slo:coverage"))
            return server.number(ratio, at), server.number(coverage, at)


def _expr(files: Path, name: str) -> str:
    (rule,) = (each for each in slow(files) if each.name == name and each.window() in ("", "2d"))
    return rule.expr


@pytest.fixture
def backfill(tool: Tool, promtools: Sequence[Tool], tmp_path: Path) -> Backfill:
    """Two days were scraped, and the rules are there for five hours."""
    promtool = next((each for each in promtools if each.version == tool.version), promtools[-1])
    return Backfill(tool=tool, promtool=promtool, folder=tmp_path)


def test_three_passes_give_an_slo_the_past_that_it_did_not_see(backfill: Backfill) -> None:
    bursts = [Burst(DAY + 1_000, DAY + 1_600, errors=0.4)]
    ledger = drawn(Scenario(name="past", days=_END / DAY, instances=4, bursts=bursts, lazy=True, lives=9 * _HOUR))
    backfill.live(ledger)
    seen, begun = ledger.seen(0, _END - 400), backfill.known()
    assert 0.12 > begun[1]
    passes = []
    for file in ("slo-fast.yaml", "slo-fast.yaml", "slo-slow.yaml"):
        backfill.past(file)
        passes.append(backfill.known())
    print(f"\nPrometheus {backfill.tool.version}: seen {seen.ratio:.6f}, at first {begun}, after each pass {passes}")
    assert seen.ratio == pytest.approx(passes[-1][0], rel=0.003)
    assert passes[-1][1] == pytest.approx(1, abs=0.01)

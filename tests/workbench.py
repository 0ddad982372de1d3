"""A repository of a user's own in a temporary folder, and a small system for it."""

from __future__ import annotations

import textwrap
from pathlib import Path

from click.testing import CliRunner, Result

from watchwright.cli import main

ROOT = Path(__file__).parent.parent

SHOP = '''"""A shop."""

from watchwright import Alert, Counter, Dashboard, Job, Label, Row, System, TimeSeries
from watchwright.discovery import Static

orders = Counter("shop_orders_total", "Orders taken.", labels=[Label("result", values=["paid", "failed"])])
failing = orders.where(result="failed").rate("5m")

orders_fail = Alert("OrdersFail", expr=failing > 1, for_="5m", severity="page", summary="{value} orders fail")

shop = System(
    "shop",
    owner="sales",
    jobs=[Job("shop", Static(["shop:8000"]))],
    alerts=[orders_fail],
    dashboards=[Dashboard("Shop", [Row("Orders", [TimeSeries("Failing", failing, alerts=[orders_fail])])])],
)
'''


def by_environment(module: str) -> str:
    """The shop as a function of the environment, `env`."""
    head, _, body = module.partition("orders_fail = ")
    head = head.replace("import Alert", "import definition, Alert")
    inner = textwrap.indent(f"orders_fail = {body}".replace("shop = System(", "return System("), "    ")
    return f"{head}@definition\ndef shop(env):\n{inner}"


class Repository:
    """A repository of a user's own: pyproject.toml, systems/, and whatever is rendered into it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("pyproject.toml", f'[tool.watchwright]\ntools = "{ROOT}/.tools"\n')

    def write(self, path: str, text: str) -> Path:
        """A file of the repository."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return file

    def run(self, *arguments: str) -> Result:
        """The command line, in this repository."""
        return CliRunner().invoke(main, ["-C", str(self.root), *arguments], catch_exceptions=False)

    def files(self) -> dict[str, bytes]:
        """Everything in it but the definitions, by path."""
        found = (file for file in self.root.rglob("*") if file.is_file())
        return {
            file.relative_to(self.root).as_posix(): file.read_bytes()
            for file in found
            if file.relative_to(self.root).parts[0] not in ("systems", "pyproject.toml")
        }

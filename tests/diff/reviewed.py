"""
Reviews of changes of the shop: python tests/diff/reviewed.py writes reviews.md, for whoever reads what is said.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs
import yaml

from watchwright.config import read
from watchwright.diff.change import Change
from watchwright.diff.compare import compare
from watchwright.diff.formats import Review, as_text
from watchwright.diff.side import working
from watchwright.diff.state import State

FOLDER = Path(__file__).parent
GOLDEN = FOLDER / "reviews.md"
SHOP = (FOLDER / "shop.py").read_text("utf-8")
_PLATFORM = 'from watchwright import Platform\n\nplatform = Platform(retention="30d")\n'


@attrs.frozen(kw_only=True)
class Edit:
    """A change of the shop: texts and what takes their place."""

    name: str
    texts: tuple[tuple[str, str], ...]

    def applied(self) -> str:
        """The changed module."""
        module = SHOP
        for old, new in self.texts:
            assert old in module, f"{self.name}: {old!r} is not there"
            module = module.replace(old, new, 1)
        return module


def edits() -> list[Edit]:
    """All of the table."""
    entries: list[dict[str, Any]] = yaml.safe_load((FOLDER / "changes.yaml").read_text("utf-8"))
    return [
        Edit(name=each["change"], texts=((each["from"], each["to"]), *each.get("also", {}).items())) for each in entries
    ]


@cache
def state_of(module: str) -> State:
    """What a module of definitions amounts to."""
    with TemporaryDirectory() as folder:
        systems = Path(folder) / "systems"
        systems.mkdir()
        (systems / "platform.py").write_text(_PLATFORM, "utf-8")
        (systems / "shop.py").write_text(module, "utf-8")
        return working(read(Path(folder))).side("").state


@cache
def changes(edit: Edit) -> tuple[Change, ...]:
    """What an edit changes."""
    return compare(state_of(SHOP), state_of(edit.applied()))


def review(edit: Edit) -> str:
    """What is said of it."""
    return as_text(Review(before="before", after="after", changes=changes(edit)))


def page() -> str:
    """All of them."""
    return "\n".join(_page())


def _page() -> Iterator[str]:
    yield "# What is said of changes\n"
    for edit in edits():
        yield f"## {edit.name}\n\n```text\n{review(edit)}```\n"


if __name__ == "__main__":
    GOLDEN.write_text(page(), "utf-8")
    sys.stdout.write(f"{GOLDEN} is written\n")

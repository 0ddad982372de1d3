"""
Runbooks: a page in Markdown for each alert, and a list of them for each system.

What a person knows beside goes into a page of its own, `<page>.notes.md`, which is linked and never touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from watchwright.backends.artifact import Artifact, Stretch
from watchwright.lower.plan import Alerting, Fleet, Limit, Origin, Plan, Runbook
from watchwright.lower.runbooks import FOLDER, NOTES
from watchwright.model.alert import Alert
from watchwright.model.text import GoTemplate, Text, parts
from watchwright.query.layout import layout
from watchwright.query.units import DIMENSIONLESS, Unit

if TYPE_CHECKING:
    from jinja2 import Environment, Template


def render(fleet: Fleet) -> Iterator[Artifact]:
    """One `docs/runbooks/<system>/<page>.md` for each alert, and their list."""
    for plan in fleet.plans:
        for runbook in {each.page: each for each in reversed(plan.runbooks)}.values():
            yield _artifact(f"{runbook.page}.md", _page(runbook, plan), runbook.rule.origin)
        if plan.runbooks:
            origin = Origin.of(plan.system, "runbooks", plan.system)
            yield _artifact(f"{plan.system.name}/README.md", _list(plan), origin)


def _artifact(path: str, page: str, origin: Origin) -> Artifact:
    return Artifact(f"{FOLDER}/{path}", page, (Stretch(1, page.count("\n"), origin),))


def _page(runbook: Runbook, plan: Plan) -> str:
    rule = runbook.rule
    return _template("runbook.md.jinja").render(
        alert=runbook.alert,
        rule=rule,
        system=plan.system,
        labels=rule.labels,
        expr=layout(rule.expr),
        recorded=[(each.record, layout(each.expr)) for each in runbook.recorded],
        thresholds=[_threshold(limit) for limit in rule.limits if not limit.guard],
        siblings=[other for other in plan.runbooks if other is not runbook and _beside(other.rule, rule)],
        definition=rule.origin.source.places[0].file if rule.origin.source.places else "",
        notes=_name(runbook) + NOTES,
        has_notes=runbook.notes,
    )


def _list(plan: Plan) -> str:
    return _template("runbooks.md.jinja").render(system=plan.system, runbooks=plan.runbooks)


def _beside(one: Alerting, other: Alerting) -> bool:
    return one.shown is not None and one.shown == other.shown


def _name(runbook: Runbook) -> str:
    return runbook.page.rpartition("/")[2]


def _threshold(limit: Limit) -> str:
    return f"{limit.op} {amount(limit.value, limit.unit)}"


def amount(value: Decimal, unit: Unit | None) -> str:
    """A number as people say it: 5 %, 7.2 GiB, 1.5 h."""
    if unit is None or unit.is_count:
        return f"{value:f}"
    if unit == DIMENSIONLESS:
        return f"{_rounded(value * 100)} %"
    fitting = [(size, name) for size, name in _SIZES.get(str(unit), ()) if abs(value) >= size]
    whole = [(size, name) for size, name in fitting if value % size == 0]
    for size, name in (*whole, *fitting):
        return f"{_rounded(value / size)} {name}"
    return f"{value:f} {unit}"


# the greatest of which the number is a multiple, else the greatest that is not more
_SIZES = {
    "seconds": ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"), (Decimal("0.001"), "ms")),
    "bytes": ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")),
}


def _rounded(value: Decimal) -> str:
    return f"{round(value, 3).normalize():f}"


# Markdown -----------------------------------------------------------------------------------------------


@cache
def _environment() -> Environment:
    # its import is not paid for where there is no alert
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415

    environment = Environment(  # noqa: S701 - Markdown: the filters below quote for it
        loader=PackageLoader("watchwright.backends", "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(headline=headline, prose=prose, code=code, block=block, cell=cell, name=_name)
    return environment


@cache
def _template(name: str) -> Template:
    return _environment().get_template(name)


def prose(words: Text) -> str:
    """A text of the definition as Markdown that reads as it was written; placeholders and templates as code."""
    if isinstance(words, GoTemplate):
        return code(words.text)
    lines = re.sub(r"(?m)^[ \t]+", "", words)  # four blanks at its start would make a line code
    return "".join(_quoted(each) if isinstance(each, str) else code(f"{{{each.name}}}") for each in parts(lines))


def headline(alert: Alert) -> str:
    """An alert in a line: its summary, or what it means where that is a template."""
    return prose(alert.description if isinstance(alert.summary, GoTemplate) else alert.summary)


# what CommonMark gives a meaning anywhere in a line, and `|`, which ends a cell of GitHub's tables
_SPECIAL = re.compile(r"([\\`*\[\]<>&|]|(?<!\w)_|_(?!\w))")
# and what it gives one at the start of a line
_STARTS = re.compile(r"(?m)^(\s*\d*)([#+=~.)-])")


def _quoted(words: str) -> str:
    return _STARTS.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", words))


def code(words: str) -> str:
    """A text as code within a line."""
    fence = "`" * (_longest(words) + 1)
    padding = " " if words[:1] == "`" or words[-1:] == "`" else ""
    return f"{fence}{padding}{' '.join(words.split())}{padding}{fence}"


def block(words: str, language: str) -> str:
    """A text as a block of code."""
    fence = "`" * max(3, _longest(words) + 1)
    return f"{fence}{language}\n{words}\n{fence}"


def cell(words: str) -> str:
    """Markdown within a cell of a table."""
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(words.split()))


def _longest(words: str) -> int:
    return max((len(run) for run in re.findall("`+", words)), default=0)

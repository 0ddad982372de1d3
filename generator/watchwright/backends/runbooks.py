"""
Runbooks: a page in Markdown for each alert, and a list of them for each system.

What a person knows beside goes into a page of its own, `<page>.notes.md`, which is linked and never touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from watchwright.backends.artifact import Artifact, Stretch
from watchwright.lower.plan import Alerting, Fleet, Limit, Origin, Plan, Runbook
from watchwright.lower.runbooks import FOLDER, NOTES
from watchwright.model.alert import Alert
from watchwright.model.text import GoTemplate, Text, parts
from watchwright.query.layout import layout
from watchwright.query.printer import text

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
        thresholds=[_threshold(limit) for limit in rule.limits],
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
    unit = f" {limit.unit}" if limit.unit and limit.unit.dimensions and not limit.unit.is_count else ""
    return f"{text(limit.signal)} {limit.op} {limit.value:f}{unit}"


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
    environment.filters.update(
        headline=headline, prose=prose, markdown=markdown, code=code, block=block, cell=cell, name=_name
    )
    return environment


@cache
def _template(name: str) -> Template:
    return _environment().get_template(name)


def prose(words: Text) -> str:
    """A text of the definition as Markdown that reads as it was written; placeholders and templates as code."""
    if isinstance(words, GoTemplate):
        return code(words.text)
    return "".join(_quoted(each) if isinstance(each, str) else code(f"{{{each.name}}}") for each in parts(words))


def headline(alert: Alert) -> str:
    """An alert in a line: its summary, or what it means where that is a template."""
    return prose(alert.description if isinstance(alert.summary, GoTemplate) else alert.summary)


def markdown(step: str) -> str:
    """Markdown of the definition, its placeholders as code."""
    return re.sub(r"(?<!`)\{[a-zA-Z_][a-zA-Z0-9_]*\}(?!`)", r"`\g<0>`", step)


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

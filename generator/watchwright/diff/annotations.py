"""Changes for programs: JSON, and notes at the lines of a pull request as GitHub and GitLab take them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from posixpath import normpath
from typing import Any

from watchwright.diff.change import Change
from watchwright.diff.formats import Review, caveat, headline, owner
from watchwright.diff.places import of_base


def as_json(review: Review) -> str:
    """Everything, as one object."""
    content = {
        "before": review.before,
        "after": review.after,
        "environments": list(review.environments),
        "caveat": caveat(review) or None,
        "headline": headline(review),
        "changes": [_entry(each) for each in review.changes],
        "notes": list(review.notes),
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _entry(change: Change) -> dict[str, Any]:
    file, line = _place(change)
    return {
        "id": change.id,
        "attention": change.attention,
        "environments": list(change.environments) or None,
        "system": change.system or None,
        "subject": change.subject,
        "said": change.said,
        "file": file or None,
        "line": line or None,
        "side": ("before" if of_base(change) else "after") if file else None,
        "before": list(change.before),
        "after": list(change.after),
        "impact": list(change.impact),
    }


def _place(change: Change) -> tuple[str, int]:
    file, _, line = change.place.partition(":")
    return file, int(line.partition(":")[0] or 0)


# Notes at lines -------------------------------------------------------------------------------------------


def _noted_at(change: Change, review: Review) -> tuple[str, int]:
    """The file as the forge names it, and a line of it now: what is lost has none any more."""
    file, line = _place(change)
    return normpath(f"{review.folder}{file}") if file else "", 0 if of_base(change) else line


def _said(change: Change) -> str:
    place = f" (it was at {change.place})" if of_base(change) and change.place else ""
    return f"{change.subject} {change.said}{place}"


# https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
_MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def as_github(review: Review) -> str:
    """Workflow commands: what needs attention as warnings, all else as notices."""
    return "".join(f"{line}\n" for line in _commands(review))


def _commands(review: Review) -> Iterator[str]:
    if review.unread:
        yield f"::warning title=not all is compared::{caveat(review).translate(_MESSAGE)}"
    for change in review.changes:
        file, line = _noted_at(change, review)
        places = {"file": file, "line": line, "title": owner(change) or "all systems"}
        told = ",".join(f"{key}={str(value).translate(_PROPERTY)}" for key, value in places.items() if value)
        kind = "warning" if change.attention else "notice"
        yield f"::{kind} {told}::{_said(change).translate(_MESSAGE)}"


def as_gitlab(review: Review) -> str:
    """A code quality report: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format."""
    return json.dumps(list(_qualities(review)), indent=2, ensure_ascii=False) + "\n"


_SETTINGS = "pyproject.toml"  # where there is no place of a definition's own


def _qualities(review: Review) -> Iterator[dict[str, Any]]:
    if review.unread:
        yield _quality("diff/unread", caveat(review), "minor", "unread", (f"{review.folder}{_SETTINGS}", 0))
    times: Counter[str] = Counter()
    for change in review.changes:
        file, line = _noted_at(change, review)
        # without its line, which moves with whatever stands above; what is told twice alike is counted
        key = f"{change.id} {owner(change)} {_place(change)[0]} {change.subject} {change.said}"
        times[key] += 1
        said = ": ".join(filter(None, (owner(change), _said(change))))
        severity = "major" if change.attention else "info"
        place = file or f"{review.folder}{_SETTINGS}", line
        yield _quality(change.id, said, severity, f"{key} {times[key]}", place)


def _quality(name: str, said: str, severity: str, key: str, place: tuple[str, int]) -> dict[str, Any]:
    file, line = place
    return {
        "description": said,
        "check_name": name,
        "fingerprint": sha256(key.encode()).hexdigest(),
        "severity": severity,
        "location": {"path": file, "lines": {"begin": line or 1}},
    }

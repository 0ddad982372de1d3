"""Changes for programs: JSON, and notes at the lines of a pull request as GitHub and GitLab take them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from watchwright.diff.change import Change
from watchwright.diff.formats import Review, headline


def as_json(review: Review) -> str:
    """Everything, as one object."""
    content = {
        "before": review.before,
        "after": review.after,
        "headline": headline(review),
        "changes": [_entry(each) for each in review.changes],
        "notes": list(review.notes),
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _entry(change: Change) -> dict[str, Any]:
    file, _, line = change.place.partition(":")
    return {
        "id": change.id,
        "attention": change.attention,
        "system": change.system or None,
        "subject": change.subject,
        "said": change.said,
        "file": file or None,
        "line": int(line.partition(":")[0]) if line else None,
        "before": list(change.before),
        "after": list(change.after),
        "impact": list(change.impact),
    }


# https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
_MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def as_github(review: Review) -> str:
    """Workflow commands: what needs attention as warnings, all else as notices."""
    return "".join(f"{line}\n" for line in _commands(review))


def _commands(review: Review) -> Iterator[str]:
    for change in review.changes:
        entry = _entry(change)
        places = {"file": entry["file"], "line": entry["line"], "title": change.system or "all systems"}
        told = ",".join(f"{key}={str(value).translate(_PROPERTY)}" for key, value in places.items() if value)
        kind = "warning" if change.attention else "notice"
        yield f"::{kind} {told}::{f'{change.subject} {change.said}'.translate(_MESSAGE)}"


def as_gitlab(review: Review) -> str:
    """A code quality report: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format."""
    return json.dumps([_quality(each) for each in review.changes if each.place], indent=2, ensure_ascii=False) + "\n"


def _quality(change: Change) -> dict[str, Any]:
    entry = _entry(change)
    key = f"{change.id} {change.system} {change.subject} {change.said}"
    return {
        "description": f"{change.system}: {change.subject} {change.said}",
        "check_name": change.id,
        "fingerprint": sha256(key.encode()).hexdigest(),
        "severity": "major" if change.attention else "info",
        "location": {"path": entry["file"], "lines": {"begin": entry["line"]}},
    }

"""What is known of a template, and the functions that it can call."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

#: Major and minor of Prometheus.
Version = tuple[int, int]

_SINCE_ANY = """
    and call eq ge gt html index js le len lt ne not or print printf println slice urlquery
    args externalURL first graphLink humanize humanize1024 humanizeDuration humanizePercentage humanizeTimestamp
    label match parseDuration pathPrefix query reReplaceAll safeHtml sortByLabel stripDomain stripPort strvalue
    tableLink title toLower toTime toUpper value
"""
#: Go's `text/template/funcs.go`, and Prometheus' `template/template.go`; versions from its CHANGELOG.md, #16619 and
#: #17403. None: 2.42 has it. `tmpl` exists in consoles alone.
FUNCTIONS: Mapping[str, Version | None] = {
    **dict.fromkeys(_SINCE_ANY.split()),
    "now": (3, 6),
    "toDuration": (3, 6),
    "urlQueryEscape": (3, 8),
}


class TemplateError(ValueError):
    """What Go's parser refuses; `start` and `end` are offsets into the text."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message, self.start, self.end = message, start, end


@attrs.frozen
class Used:
    """A word of the template: `text[start:end]`, unless it is a string that has escapes."""

    name: str
    start: int
    end: int


@attrs.frozen
class Query:
    """A literal argument of `query`: it stands between `start` and `end`, its opening quote at `literal_start`."""

    text: str
    start: int
    end: int
    literal_start: int
    #: Between backquotes, where nothing is escaped.
    raw: bool


@attrs.frozen
class Template:
    """What a template uses, each in the order of the text."""

    #: Labels of the alert that it needs.
    labels: tuple[Used, ...]
    #: Those that it tests, and those read where such a test is around them. No occurrence is in both.
    optional: tuple[Used, ...]
    #: Functions that write the alert's own value.
    formats: tuple[Used, ...]
    #: Functions that no Prometheus knows.
    unknown: tuple[Used, ...]
    queries: tuple[Query, ...]
    #: Functions that are known, for their versions in FUNCTIONS.
    functions: tuple[Used, ...] = ()

"""Files of any content end in findings, never in a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import checked, said

from watchwright.foreign import files
from watchwright.foreign.catalogue import _declared
from watchwright.foreign.dashboards import read_dashboards
from watchwright.foreign.files import Given, Read
from watchwright.foreign.placed import Page
from watchwright.foreign.rules import read_rules

# the content of a file, what is found in it as a rule file, and as a dashboard
BAD = {
    "empty": (b"", ("file/empty", 1, 1), ("file/empty", 1, 1)),
    "binary": (b"\x7fELF\x02\x01\x00\xff", ("file/unreadable", 1, 8), ("file/unreadable", 1, 8)),
    "a picture": (b"\x89PNG\r\n\x1a\n", ("file/unreadable", 1, 1), ("file/unreadable", 1, 1)),
    "Latin 1": ("groups: []\n# é\xe9".encode() + b"\xe9", ("file/unreadable", 2, 5), ("file/unreadable", 2, 5)),
    "a zero byte": (b"groups: []\na: b\x00c", ("file/syntax", 2, 5), ("file/syntax", 2, 5)),
    "half a YAML": (b"groups:\n  - name: 'g\n", ("file/syntax", 3, 1), ("file/syntax", 3, 1)),
    "half a JSON": (b'{"groups": [{"name": "g"', ("file/syntax", 1, 25), ("file/syntax", 1, 25)),
    "a text": (b"Hello, world", ("file/kind", 1, 1), ("file/kind", 1, 1)),
    "a template of Helm": (b"groups:\n{{- range .Values }}\n", ("file/syntax", 3, 1), ("file/syntax", 3, 1)),
    "deep lists": (b"- " * 100_000, ("file/syntax", 1, 1001), ("file/syntax", 1, 1001)),
    "deep brackets": (b"[" * 900, ("file/syntax", 1, 501), ("file/syntax", 1, 501)),
    "deep braces": (b'{"a":' * 100_000, ("file/syntax", 1, 2501), ("file/syntax", 1, 2501)),
    "a list as a key": (b"? [a]\n: b", ("file/syntax", 1, 3), ("file/syntax", 1, 3)),
    "an alias in itself": (b"a: &a\n  b: *a", ("file/syntax", 2, 6), ("file/syntax", 2, 6)),
    "an alias of nothing": (b"a: *b", ("file/syntax", 1, 4), ("file/syntax", 1, 4)),
    "a merge of a text": (b"groups: []\n<<: a", ("file/syntax", 2, 1), ("file/syntax", 2, 1)),
    "another manifest": (b"apiVersion: v1\nkind: Pod", ("file/kind", 1, 1), ("file/kind", 1, 1)),
}


@pytest.mark.parametrize(("content", "as_rules", "as_board"), BAD.values(), ids=BAD)
def test_a_file_of_anything_is_a_finding(
    content: bytes, as_rules: tuple[str, int, int], as_board: tuple[str, int, int], tmp_path: Path
) -> None:
    """At its line and column."""
    (tmp_path / "a.yaml").write_bytes(content)

    assert as_rules == said(checked(tmp_path, "a.yaml").findings)[0][:3]
    assert as_board == said(checked(tmp_path, dashboards=("a.yaml",)).findings)[0][:3]


BAD_JSON = {
    "a comma too many": ('{"a": 1,}', 9, "unexpected `}`, expected a key in quotes"),
    "a comma too many in a list": ("[1,]", 4, "unexpected `]`, expected a value"),
    "no comma": ('{"a": 1 "b": 2}', 9, 'unexpected `"`, expected `,` or the closing bracket'),
    "no colon": ('{"a" 1}', 6, "unexpected `1`, expected `:`"),
    "the wrong bracket": ('{"a": [1}}', 9, "unexpected `}`, expected `,` or the closing bracket"),
    "a bracket too many": ("{}}", 3, "unexpected `}`, expected the end"),
    "single quotes": ("{'a': 1}", 2, "unexpected `'`, expected a key in quotes"),
    "no quotes": ("{a: 1}", 2, "unexpected `a`, expected a key in quotes"),
    "a comment": ('{"a": 1 // b\n}', 9, "unexpected `/`, expected `,` or the closing bracket"),
    "a line within a text": ('{"a": "b\nc"}', 9, "a text does not end with its line"),
    "an escape that is none": ('{"a": "b\\x"}', 9, "unknown escape in a text"),
    "a number that is none": ('{"a": 01}', 7, "unexpected `0`, expected a value"),
    "not a number": ('{"a": NaN}', 7, "unexpected `N`, expected a value"),
    "an end too early": ('{"a": ', 7, "unexpected end, expected a value"),
}


@pytest.mark.parametrize(("text", "column", "message"), BAD_JSON.values(), ids=BAD_JSON)
def test_bad_json_is_said_at_its_column(text: str, column: int, message: str, tmp_path: Path) -> None:
    """As Python and Go refuse it, too."""
    with pytest.raises(json.JSONDecodeError):
        json.loads(text, parse_constant=lambda word: json.loads(f"<{word}>"))
    (tmp_path / "a.json").write_text(text)

    expected = [("file/syntax", 1, column, f"this is no JSON: {message}")]
    assert expected == said(checked(tmp_path, dashboards=("a.json",)).findings)


def test_a_file_that_nobody_may_read_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read everything, so that the refusal is played."""
    (tmp_path / "a.yaml").write_text("groups: []")

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)

    expected = [("file/unreadable", 1, 1, "the file cannot be read: Permission denied")]
    assert expected == said(checked(tmp_path, "a.yaml").findings)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_character(encoding: str, tmp_path: Path) -> None:
    """Columns are those of what an editor shows."""
    (tmp_path / "a.yaml").write_text("groups: [{name: g, rules: [{alert: A, expr: up = 0}]}]", encoding)

    assert [("promql/syntax", 1, 48)] == [each[:3] for each in said(checked(tmp_path, "a.yaml").findings)]


def test_aliases_of_aliases_are_not_written_out(tmp_path: Path) -> None:
    """A billion laughs are as many references as are written; written out, this would never end."""
    lines = ["a0: &a0 [up]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12))]
    (tmp_path / "a.yaml").write_text("\n".join([*lines, "groups: *a11"]))

    assert checked(tmp_path, "a.yaml").findings


KEYS = st.sampled_from(
    ["groups", "name", "rules", "alert", "record", "expr", "for", "labels", "annotations", "interval", "apiVersion", "kind",
     "spec", "json", "items", "data", "panels", "rows", "targets", "datasource", "type", "uid", "templating", "list",
     "query", "title", "dashboard", "metric", "help", "unit"]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)


def _has_no_groups(value: dict[str, object]) -> bool:
    """Prometheus passes over nulls in a list."""
    groups = value.get("groups")
    return groups is None or (isinstance(groups, list) and all(each is None for each in groups))


@settings(deadline=None)  # nothing is timed
@given(st.dictionaries(KEYS, JSON, max_size=6))
def test_no_shape_of_a_document_ends_in_a_traceback(value: dict[str, object]) -> None:
    """Whatever stands where something else is expected."""
    text = json.dumps(value)
    page = Page("a.json", text)
    documents, findings = files.documents_of(page, json=True)
    read = Read(Given(Path("a.json")), tuple(documents), tuple(findings))

    rules = read_rules(read, (2, 42))
    boards = read_dashboards(read)
    declared, wrong = _declared(page)

    assert rules.groups or rules.findings or _has_no_groups(value) or "kind" in text
    assert boards.boards or boards.findings
    assert declared or wrong or "data" in text


@given(st.text(max_size=50))
def test_no_text_ends_in_a_traceback(text: str) -> None:
    """Neither as YAML nor as JSON nor as an exposition."""
    for as_json in (True, False):
        documents, findings = files.documents_of(Page("a", text), json=as_json)
        assert documents or findings or not as_json
    _declared(Page("a", text))

"""What is read of a Go template, and that promtool takes and refuses the same ones."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchwright.gotemplate import FUNCTIONS, Template, TemplateError, Version, read
from watchwright.verify.tools import Tool

_REFUSED = re.compile(r'rule (\d+), "[^"]*": annotation "text": (.*)')
#: It is the Go that a Prometheus is built with that says: 1.19 for 2.42, 1.26 for 3.14, something between for this one.
_ELSE_WITH: Version = (3, 0)

# fmt: off
GOOD = [
    "", "plain text", "{ } }} {% %}", "100%", "{{/* a comment */}}", "a {{- /* trimmed */ -}} b",
    "{{ $labels.instance }}", "{{$labels.instance}}", "{{- $labels.job -}}", "{{ .Labels.job | title }}",
    "{{ $externalLabels.cluster }} {{ $externalURL }} {{ .ExternalLabels.x }} {{ .ExternalURL }}",
    "{{ $value | humanizePercentage }}", "{{ .Value | humanize1024 }}", "{{ humanizeDuration $value }}",
    '{{ printf "%.2f" $value }}', '{{ $value | printf "%.2f%%" | title }}', '{{ printf `%.2f` $value }}',
    '{{ with query "up" }}{{ . | first | value }}{{ end }}',
    '{{ range query "up" | sortByLabel "job" }}{{ .Labels.job }}: {{ .Value }}{{ else }}none{{ end }}',
    '{{ range $i, $sample := query "up" }}{{ $i }}{{ $sample.Labels.job }}{{ break }}{{ end }}',
    "{{ range $i := $labels }}{{ continue }}{{ end }}", "{{ range $k, $v = $labels }}{{ $k }}{{ end }}",
    '{{ if eq $labels.severity "page" }}a{{ else if gt $value 1.5 }}b{{ else }}c{{ end }}',
    "{{ if $x := $labels.a }}{{ $x }}{{ else }}{{ $x }}{{ end }}", "{{if(1)}}{{end}}",
    "{{ if true }}{{ $x := 1 }}{{ else }}{{ $x }}{{ end }}",
    '{{ define "name" }}{{ .Labels.a }} {{ $ }}{{ end }}{{ template "name" . }}',
    '{{ define `raw` }}{{ end }}{{template "raw"}}{{ template "none" }}', '{{ template "x"$labels }}',
    '{{ define "a" }} {{ end }}{{ define "a" }}x{{ end }}{{ define "a" }}{{/* c */}}{{ end }}',
    '{{ block "b" $labels }}{{ .a }}{{ end }}',
    "{{ $x := 1 }}{{ $x = 2 }}{{ $x }}", "{{ $x:=1 }}", "{{ $undefined = 1 }}{{ $undefined }}", "{{ $ := 1 }}",
    "{{ ($labels).x }} {{ (index $labels `x`) }} {{ ((1)) }} {{ ($y := 1) }}{{ $y }}",
    "{{ 1 | }}", "{{ print 1 2 `a` 'b' nil true . .a $ }}", "{{ print\n1\t2\r\n}}", "{{ 1 2 }}", "{{ nil }}", "{{ externalURL.x }}",
    "{{ print 0x1F 0b1 0o17 017 1_000 -5 +5 .5 1. 1e3 0x1p4 1i 1+2i 18446744073709551615 }}", "{{-3}}", "{{ 3 -}}",
    r"{{ print '\n' '\'' '\x41' 'é' '\u00e9' '\U0001F600' '\377' '" + '"' + r"' }}",
    r'{{ print "\n\"\\\x41\101\u00e9" "" "{{" "}}" "/*" }}', "{{ print `\\q\n\"` }}",
    "{{ .é }} {{ $é := 1 }}{{ $é }}", "{{ $labels.a.b }}", "{{ .Nothing }}", "{{ first 1 }}", '{{ query }}',
    '{{ args 1 2 }}{{ externalURL }}{{ pathPrefix }}{{ match "a" "b" }}{{ reReplaceAll "a" "b" $labels.c }}{{ safeHtml "a" }}',
    '{{ stripPort $labels.instance }}{{ parseDuration "1h" }}{{ $value | toTime }}{{ slice "abc" 1 }}{{ len "a" }}',
]
#: Each with the text at which the error is seen.
BAD = [
    ("", "{{"), ("", "{{ $labels.job"), ("}}", "{{ }}"), ("}}", "{{}}"), ("}", "{{ $labels.job } }}"), ("-", "{{- -}}"),
    ("end", "{{ end }}"), ("else", "{{ else }}"), ("if", "{{ if $labels.a }}"), ("if", "{{ if 1 }}{{ with 1 }}{{ end }}"),
    ("else", "{{ if 1 }}{{ else }}{{ else }}{{ end }}"), ("else", "{{ if 1 }}{{ else }}{{ else if 2 }}{{ end }}{{ end }}"),
    ("if", "{{ with 1 }}{{ else if 1 }}{{ end }}"), ("if", "{{ range 1 }}{{ else if 1 }}{{ end }}"), ("}}", "{{ if }}{{ end }}"),
    ("1", "{{ if 1 }}{{ end 1 }}"), ("else", '{{ define "a" }}{{ else }}{{ end }}'), ("range", "{{ range 1 }}"),
    ("define", '{{ if 1 }}{{ define "a" }}{{ end }}{{ end }}'), ("define", '{{ define "a" }}x{{ end }}{{ define "a" }}y{{ end }}'),
    ("a", "{{ define a }}{{ end }}"), ("}}", "{{ template }}"), ("1", "{{ template 1 }}"), ("}}", '{{ block "a" }}{{ end }}'),
    ("$labels", '{{ define "a" }}{{ $labels.x }}{{ end }}'), ("$value", '{{ block "a" . }}{{ $value }}{{ end }}'),
    ("$labls", "{{ $labls.job }}"), ("$x", "{{ if 1 }}{{ $x := 1 }}{{ end }}{{ $x }}"), ("$x", "{{ range $x := 1 }}{{ end }}{{ $x }}"),
    ("}}", "{{ $x := }}"), (":=", "{{ $x := := 1 }}"), (":=", "{{ $x := $x := 1 }}"), (",", "{{ $x, $y := 1 }}"), (",", "{{ range $x, 1 }}{{ end }}"),
    (":=", "{{ 1 := 2 }}"), (":", "{{ $labels : 1 }}"), ("$", "{{ $x := 1 }}{{ $x=1 }}"), ("|", "{{ | print }}"), ("|", "{{ 1 || 2 }}"),
    ("1", "{{ 2 | 1 }}"), (".", "{{ 1 | . }}"), ("nil", "{{ 1 | nil }}"), ('"x"', '{{ "x".a }}'), (".", "{{ ..a }}"), ("nil", "{{ nil.a }}"),
    ("(", "{{ $labels.a(1) }}"), ("}}", "{{ (1 }}"), (")", "{{ 1) }}"), (")", "{{ () }}"), ("`b`", "{{ `a``b` }}"),
    ('"', '{{ "a }}'), ("`", "{{ `a }}"), ("'", "{{ 'a }}"), ("'", "{{ '' }}"), ("'", "{{ 'ab' }}"), ('"', r'{{ "\q" }}'),
    ('"', r'{{ "\400" }}'), ('"', r'{{ "\ud800" }}'), ('"', r"""{{ "\'" }}"""), ('"', '{{ "a\nb" }}'), ("'", r"""{{ '\"' }}"""),
    ("089", "{{ 089 }}"), ("1e400", "{{ 1e400 }}"), ("99999999999999999999", "{{ 99999999999999999999 }}"), ("-", "{{ - }}"),
    ("1", "{{ 1x }}"), ("1", "{{ 1__0 }}"), ("0", "{{ 0x }}"), ("+2", "{{ 1+2 }}"), ("$", "{{ $x+1 }}"), ("a", "{{ a-b }}"),
    ("if", "{{ print if }}"), ("break", "{{ break }}"), ("continue", "{{ range 1 }}{{ else }}{{ continue }}{{ end }}"),
    ("break", '{{ range 1 }}{{ block "a" . }}{{ break }}{{ end }}{{ end }}'), ("1", "{{ range 1 }}{{ break 1 }}{{ end }}"),
    ("{{/*", "{{/* open }}"), ("{{/*", "{{/* a */ b }}"), ("/", "{{ /* a */ }}"), ("!", "{{ !$value }}"), ("²", "{{ ² }}"), ("=", "{{ = 1 }}"),
]
# fmt: on


def _names(found: object) -> list[str]:
    assert isinstance(found, tuple)
    return [used.name for used in found]


def _complaints(promtool: Path, folder: Path, texts: list[str]) -> list[str]:
    """What one `promtool check rules` says of each text, as an annotation: compiled, and not executed."""
    rules = (f"  - alert: A{i}\n    expr: up\n    annotations: {{text: {_quoted(t)}}}\n" for i, t in enumerate(texts))
    path = folder / "judged.yaml"
    path.write_text("groups:\n- name: judged\n  rules:\n" + "".join(rules), encoding="utf-8")
    ran = subprocess.run([promtool, "check", "rules", path], capture_output=True, text=True, check=False)
    refused = {int(number): why for number, why in _REFUSED.findall(ran.stdout + ran.stderr)}
    assert refused or "SUCCESS" in ran.stdout, ran.stdout + ran.stderr
    return [refused.get(number, "") for number in range(1, len(texts) + 1)]


def _quoted(text: str) -> str:
    plain = [c if " " <= c <= "~" and c not in '"\\' else f"\\U{ord(c):08x}" for c in text]
    return '"' + "".join(plain) + '"'


def _verdict(text: str) -> str:
    try:
        unknown = read(text).unknown
    except TemplateError as error:
        return error.message
    return "".join(used.name for used in unknown)


def test_promtool_takes_what_is_taken_and_refuses_what_is_refused(promtools: tuple[Tool, ...], tmp_path: Path) -> None:
    """
    All that is known since 2.42; a text that both refuse may still be refused for different reasons.
    """
    texts = [*GOOD, *(text for _, text in BAD), *(f"{{{{ {name} 1 }}}}" for name in ("nosuch", "tmpl", "default"))]
    for tool in promtools:
        judged = zip(texts, _complaints(tool.path, tmp_path, texts), strict=True)
        assert [] == [(text, why, _verdict(text)) for text, why in judged if bool(why) != bool(_verdict(text))], tool


def test_promtool_knows_each_function_from_its_version_on(promtools: tuple[Tool, ...], tmp_path: Path) -> None:
    """
    And no earlier, as far as the promtools at hand can tell.
    """
    for tool in promtools:
        version = tuple(map(int, tool.version.split(".")[:2]))
        said = _complaints(tool.path, tmp_path, [f"{{{{ {name} }}}}" for name in FUNCTIONS])
        known = {name for name, why in zip(FUNCTIONS, said, strict=True) if not why}
        assert {name for name, since in FUNCTIONS.items() if since is None or since <= version} == known


def test_what_only_new_versions_know_or_refuse(promtools: tuple[Tool, ...], tmp_path: Path) -> None:
    """
    There is no version here: `else with` is taken, and parentheses are counted, whatever old ones say.
    """
    texts = ["{{ with 1 }}{{ else with 2 }}{{ end }}", "{{ " + "(" * 10_001 + "1" + ")" * 10_001 + " }}"]
    assert ["", "unexpected `(`"] == list(map(_verdict, texts))
    for tool in promtools:
        is_new = tuple(map(int, tool.version.split(".")[:2])) >= _ELSE_WITH
        assert [not is_new, is_new] == [bool(why) for why in _complaints(tool.path, tmp_path, texts)]


@pytest.mark.parametrize(("at", "text"), BAD)
def test_an_error_says_where(at: str, text: str) -> None:
    """
    At the word that is wrong, the quote that is not closed, or the block that has no end.
    """
    with pytest.raises(TemplateError) as raised:
        read(text)
    assert at == text[raised.value.start : raised.value.end]


@pytest.mark.parametrize(
    ("labels", "optional", "text"),
    [
        (["instance", "job"], [], "{{ $labels.instance }} {{ .Labels.job | title }}"),
        (["a"], [], "{{ ($labels).a }}"),
        (["a", "b", "c"], [], '{{ index $labels "a" }}{{ index .Labels `b` | title }}{{ "c" | index $labels }}'),
        (["a", "b"], [], "{{ $.Labels.a }}{{ range query `up` }}{{ .Labels.z }}{{ $.Labels.b }}{{ end }}"),
        (["a", "b"], [], "{{ $l := $labels }}{{ $l.a }}{{ with $labels }}{{ .b }}{{ end }}"),
        (["a"], [], '{{ block "x" . }}{{ .Labels.a }}{{ end }}'),
        (["a"], [], "{{ with query (printf `up{job=%q}` $labels.a) }}{{ . }}{{ end }}"),
        (["a"], [], "{{ with $labels.a | printf `up{job=%q}` | query }}{{ . }}{{ end }}"),
        (["a"], [], "{{ $x := $labels.a | title }}{{ $x }}"),
        ([], ["a"], "{{ $x := $labels.a | title }}{{ with $x }}{{ . }}{{ end }}"),
        ([], ["a", "a"], "{{ if $labels.a }}{{ $labels.a }}{{ end }}"),
        ([], ["a", "a"], "{{ if not .Labels.a }}none{{ else }}{{ $labels.a }}{{ end }}"),
        (["b"], ["a"], "{{ with $labels.a }}{{ . }}{{ else }}{{ $labels.b }}{{ end }}"),
        (["a"], ["a"], "{{ if $labels.a }}x{{ end }}{{ $labels.a }}"),
        ([], ["a", "b", "b"], '{{ if eq $labels.a "x" }}{{ else if and 1 (len $labels.b) }}{{ $labels.b }}{{ end }}'),
        ([], ["a"], '{{ or $labels.a "unknown" }}'),
        ([], ["a", "a"], "{{ if and $labels.a (query (print $labels.a)) }}{{ end }}"),
    ],
)  # fmt: skip
def test_labels_are_those_of_the_alert(labels: list[str], optional: list[str], text: str) -> None:
    """
    Those that it needs, and those whose absence it handles.
    """
    found = read(text)
    assert (labels, optional) == (_names(found.labels), _names(found.optional))


@pytest.mark.parametrize(
    "text",
    [
        "{{ range query `up` }}{{ .Labels.a }}{{ .Value | humanizeDuration }}{{ end }}",
        "{{ with query `up` | first }}{{ .Labels.a }}{{ humanize .Value }}{{ end }}",
        "{{ define `x` }}{{ .Labels.a }}{{ $.Labels.b }}{{ end }}",
        "{{ template `x` $labels.a }}",
        "{{ $x := 1 }}{{ if $x }}{{ $x = $labels }}{{ end }}{{ $x.a }}",
        "{{ $x := 1 }}{{ if $x }}{{ $x := $labels }}{{ else }}{{ $x.a }}{{ end }}{{ $x.a }}",
        "{{ $labels = 1 }}{{ $labels.a }}{{ $value := 1 }}{{ humanize $value }}",
        "{{ index $labels $externalURL }}",
        "{{ $externalLabels.a }}{{ .ExternalLabels.b }}{{ range $labels }}{{ .c }}{{ end }}",
        "{{ (or $labels 1).a }}{{ or $value 1 | humanize }}",
        "{{ $value | len | humanize }}",
    ],
)
def test_what_is_not_known_is_not_told(text: str) -> None:
    """
    Samples of queries, templates that are called, and variables that are set twice.
    """
    found = read(text)
    assert ((), (), ()) == (found.labels, found.optional, found.formats)


@pytest.mark.parametrize(
    ("formats", "text"),
    [
        (["humanizeDuration"], "{{ $value | humanizeDuration }}"),
        (["humanize"], "{{ humanize $value }}"),
        (["humanize1024"], "{{ .Value | humanize1024 | title }}"),
        (["printf"], '{{ printf "%.2f" $value }}'),
        (["printf"], '{{ $value | printf "%.2f" | humanize }}'),
        (["humanizeTimestamp"], "{{ $v := ($value) }}{{ $v | humanizeTimestamp }}"),
        ([], "{{ $value }}{{ if gt $value 1.0 }}{{ end }}"),
    ],
)
def test_formats_are_of_the_alerts_own_value(formats: list[str], text: str) -> None:
    """
    What is applied to it directly.
    """
    assert formats == _names(read(text).formats)


def test_unknown_functions_are_told_and_not_raised() -> None:
    """
    So that all of them are seen, with the rest of the template.
    """
    found = read("{{ $labels.a | default `x` | toUpper }}{{ now | nosuch }}")
    assert ["default", "nosuch"] == _names(found.unknown)
    assert ["toUpper", "now"] == _names(found.functions)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (('up{a="b"}', 'up{a=\\"b\\"}', False), r'{{ query "up{a=\"b\"}" }}'),
        (("up\n", "up\n", True), "{{ `up\n` | query | first }}"),
        (("up", "up", False), '{{ $q := "up" }}{{ with query $q }}{{ end }}'),
    ],
)
def test_queries_are_literals(query: tuple[str, str, bool], text: str) -> None:
    """
    Unquoted, with the place where they stand.
    """
    (found,) = read(text).queries
    assert query == (found.text, text[found.start : found.end], found.raw)
    assert ("`" if found.raw else '"') == text[found.literal_start] == text[found.end]


def test_a_query_that_is_made_is_not_known() -> None:
    """
    Only its parts are.
    """
    assert () == read('{{ query (printf "up{job=%q}" $labels.job) }}').queries


_WORDS = ["{{", "}}", "{{- ", " -}}", " ", "if", "else", "end", "range", "with", "define", "block", "template", "break"]
_WORDS += [
    "$labels",
    "$x",
    ".Labels",
    ".job",
    ".",
    ":=",
    "=",
    ",",
    "|",
    "(",
    ")",
    '"a"',
    "`b`",
    "'c'",
    "1",
    "-",
    "query",
]
_WORDS += [
    "{{if $labels.job}}",
    "{{else}}",
    "{{end}}",
    "{{with .}}",
    "{{range $x, $y := .}}",
    "{{$x := $labels}}",
    "{{/*",
    "*/}}",
]
_TEXTS = st.one_of(
    st.text(st.characters()), st.lists(st.sampled_from(_WORDS) | st.text(max_size=3), max_size=30).map("".join)
)


@settings(max_examples=1000, deadline=None)
@given(_TEXTS)
def test_any_text_is_read_or_refused(text: str) -> None:
    """
    With nothing but a TemplateError, whose place is in the text; and words stand where they are said to.
    """
    try:
        found = read(text)
    except TemplateError as error:
        place = range(len(text) + 1)[error.start : error.end + 1]
    else:
        place = range(1)
        _words_stand_where_they_are_said_to(found, text)
    assert place


def _words_stand_where_they_are_said_to(found: Template, text: str) -> None:
    for used in (*found.labels, *found.optional, *found.formats, *found.unknown, *found.functions):
        assert used.name == text[used.start : used.end]


@pytest.mark.parametrize(
    "text",
    [
        "{{ " + "(" * 10_000 + "1" + ")" * 10_000 + " }}",
        "{{ if $labels.a }}" * 20_000 + "{{ $labels.a }}" + "{{ end }}" * 20_000,
        "{{ if $labels.a }}" + "{{ else if $labels.b }}{{ $x := 1 }}" * 20_000 + "{{ end }}",
        "{{ print" + " $labels.a" * 50_000 + " | title" * 50_000 + " }}",
        "{{ $a := $labels.a }}" + "{{ $a := print $a $a }}" * 20_000,
    ],
)
def test_deep_and_long_templates_are_read(text: str) -> None:
    """
    Neither the stack nor the clock runs out.
    """
    assert isinstance(read(text), Template)


@pytest.mark.parametrize("text", ["{{ " + "(" * 100_000, "{{ if 1 }}" * 50_000, "{{ 1." + "1" * 500_000 + "x }}"])
def test_deep_and_long_errors_are_errors(text: str) -> None:
    """
    And not a RecursionError.
    """
    with pytest.raises(TemplateError):
        read(text)

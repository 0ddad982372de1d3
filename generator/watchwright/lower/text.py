"""Texts with placeholders as Go templates, which Prometheus fills in when an alert fires."""

from __future__ import annotations

from watchwright.model.text import GoTemplate, Placeholder, Text, parts
from watchwright.query.units import Unit
from watchwright.query.units import unit as named

# https://prometheus.io/docs/prometheus/latest/configuration/template_reference/#numbers
_VALUE_FORMATS = {
    "ratio": "{{ $value | humanizePercentage }}",
    "percent": '{{ printf "%.3g" $value }} %',
    "seconds": "{{ $value | humanizeDuration }}",
    "bytes": "{{ $value | humanize1024 }}B",
    "usd": '{{ printf "%.2f" $value }} USD',
}
_PLAIN_VALUE = "{{ $value | humanize }}"


def annotation(text: Text, unit: Unit | None) -> str:
    """An annotation: `{label}` and `{value}` become template actions, all else stays literal."""
    if isinstance(text, GoTemplate):
        return text.text
    return "".join(_piece(piece, unit) for piece in parts(text))


def literal(text: str) -> str:
    """A text that no template engine of Go's changes. Only `{{` opens an action."""
    return text.replace("{{", '{{ "{{" }}')


def _piece(piece: str | Placeholder, unit: Unit | None) -> str:
    if isinstance(piece, str):
        return literal(piece)
    return _value(unit) if piece.name == "value" else f"{{{{ $labels.{piece.name} }}}}"


def _value(unit: Unit | None) -> str:
    for name, form in _VALUE_FORMATS.items():
        if unit is not None and unit == named(name):
            return form
    return _PLAIN_VALUE

"""How Grafana shows numbers and names: its ids of units, its legends, its durations."""

from __future__ import annotations

from watchwright.model.duration import milliseconds
from watchwright.model.text import parts
from watchwright.query.units import NAMED, Unit, unit

SHORT = "short"
RATIO = "percentunit"

# https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts
_FORMATS = {
    unit(name): format_
    for name, format_ in {
        "count": SHORT,
        "count/s": "cps",
        "count/min": "cpm",
        "ratio": RATIO,
        "percent": "percent",
        "ns": "ns",
        "us": "µs",
        "ms": "ms",
        "s": "s",
        "min": "m",
        "h": "h",
        "d": "d",
        "bytes": "bytes",
        "kB": "deckbytes",
        "MB": "decmbytes",
        "GB": "decgbytes",
        "TB": "dectbytes",
        "KiB": "kbytes",
        "MiB": "mbytes",
        "GiB": "gbytes",
        "TiB": "tbytes",
        "bits": "bits",
        "bytes/s": "binBps",
        "bits/s": "bps",
        "usd": "currencyUSD",
        "eur": "currencyEUR",
        "celsius": "celsius",
        "kelvin": "kelvin",
        "hertz": "hertz",
        "joules": "joule",
        "watts": "watt",
        "volts": "volt",
        "amperes": "amp",
        "meters": "lengthm",
        "grams": "massg",
        "kilograms": "masskg",
    }.items()
}

# Formats that an author asks for by Grafana's own id, since no unit of Prometheus tells them, and what they show.
_PER_SECOND = unit("count/s")
_OWN_FORMATS: dict[str, Unit | None] = {
    **dict.fromkeys(("none", SHORT, "string", "locale", "sci", "bool", "bool_on_off", "bool_yes_no"), None),
    **dict.fromkeys(("reqps", "rps", "ops", "wps", "iops", "eps", "mps", "recps", "rowsps", "cps", "pps"), _PER_SECOND),
    **dict.fromkeys(("reqpm", "rpm", "opm", "wpm", "epm", "mpm", "recpm", "cpm"), unit("count/min")),
    **dict.fromkeys(("dtdurations", "clocks", "dateTimeAsIso", "dateTimeFromNow"), unit("s")),
    RATIO: unit("ratio"),
    "humidity": unit("percent"),
    "decbytes": unit("bytes"),
    "Bps": unit("bytes/s"),
    "binBps": unit("bytes/s"),
    "bps": unit("bits/s"),
    "currencyUSD": unit("usd"),
    "currencyEUR": unit("eur"),
}


def shown_as(name: str) -> Unit | None:
    """The unit of numbers that a panel's `unit` fits, or None where it fits any."""
    if ":" in name:
        return None
    return _OWN_FORMATS[name] if name in _OWN_FORMATS else unit(name)


def format_of_name(name: str) -> str:
    """Grafana's id for a panel's `unit`, which is one of ours, one of Grafana's, or the author's own."""
    if ":" in name or name in _OWN_FORMATS:
        return name
    known = _FORMATS.get(unit(name))
    return known if known is not None else f"suffix:{name}"


def format_of(measured: Unit | None) -> str:
    """Grafana's id for the unit of some samples."""
    if measured is None:
        return SHORT
    known = _FORMATS.get(measured)
    if known is not None:
        return known
    return SHORT if measured.factor != 1 else f"suffix:{_abbreviated(str(measured))}"


def _abbreviated(name: str) -> str:
    over, slash, under = name.partition("/")
    return f"{over}/s" if slash and NAMED.get(under) == NAMED["s"] else name


def legend(text: str) -> str:
    """
    A legend as Grafana reads it; without a text it is the labels that tell the series apart.

    Grafana has no escape for `{{`, and shows nothing for a label that is not there: a literal pair is
    written apart.
    """
    return template(text) or "__auto"


def template(text: str) -> str:
    """A text whose `{label}` Grafana replaces."""
    return "".join(
        piece.replace("{{", "{ {").replace("{{", "{ {") if isinstance(piece, str) else f"{{{{{piece.name}}}}}"
        for piece in parts(text)
    )


# https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/datetime/rangeutil.ts: one number, one unit
_TIMES = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1))


def interval(duration: str) -> str:
    """A duration in Grafana's form, which has only one unit: `1h30m` is `90m`, and nothing is an empty text."""
    length = milliseconds(duration, "a duration", zero=True)
    if not length:
        return ""
    return next(f"{length // size}{name}" for name, size in _TIMES if length % size == 0)

"""Units of thresholds. `Unit("widgets")` makes one of your own."""

from watchwright.model.quantity import Quantity, Unit

us, ms, s = Unit("us"), Unit("ms"), Unit("s")
minutes, hours, days = Unit("minutes"), Unit("hours"), Unit("days")
B, kB, MB, GB, TB = Unit("B"), Unit("kB"), Unit("MB"), Unit("GB"), Unit("TB")  # noqa: N816 - SI writes kB
KiB, MiB, GiB, TiB = Unit("KiB"), Unit("MiB"), Unit("GiB"), Unit("TiB")
percent = Unit("percent")
usd = Unit("usd")
celsius = Unit("celsius")
hertz = Unit("hertz")

__all__ = [
    "GB",
    "MB",
    "TB",
    "B",
    "GiB",
    "KiB",
    "MiB",
    "Quantity",
    "TiB",
    "Unit",
    "celsius",
    "days",
    "hertz",
    "hours",
    "kB",
    "minutes",
    "ms",
    "percent",
    "s",
    "us",
    "usd",
]  # fmt: skip

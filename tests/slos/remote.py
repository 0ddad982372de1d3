"""
Samples to a Prometheus as one that writes to another sends them: protobuf in snappy, both by hand.

It is the one way of loading the past that can say "this series ended here": a stale marker is a certain NaN, which no
text format keeps, so that what is made of `promtool tsdb create-blocks-from openmetrics` lingers for five minutes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

#: A time in milliseconds and a value; None where the series ends.
Sample: TypeAlias = tuple[int, float | None]
#: Labels, with the name among them, and samples in order.
Series: TypeAlias = tuple[Mapping[str, str], Sequence[Sample]]

_STALE = struct.pack("<Q", 0x7FF0000000000002)
_LITERAL = 63 << 2  # of snappy: so many bytes follow as they are, their number in four bytes


def request(series: Iterable[Series]) -> bytes:
    """The body of a write request."""
    body = b"".join(_field(1, _one(labels, samples)) for labels, samples in series)
    return _varint(len(body)) + bytes([_LITERAL]) + struct.pack("<I", len(body) - 1) + body


def _one(labels: Mapping[str, str], samples: Sequence[Sample]) -> bytes:
    named = b"".join(
        _field(1, _field(1, name.encode()) + _field(2, value.encode())) for name, value in sorted(labels.items())
    )
    return named + b"".join(_field(2, b"\x09" + _bits(value) + b"\x10" + _varint(at)) for at, value in samples)


def _bits(value: float | None) -> bytes:
    return _STALE if value is None else struct.pack("<d", value)


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    made = bytearray()
    while value > 0x7F:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    made.append(value)
    return bytes(made)

"""Versions of Prometheus, as far as its language depends on them."""

from __future__ import annotations

import re

#: Major and minor: the language never changes in a patch release.
Version = tuple[int, int]

_VERSION = re.compile(r"v?(\d+)\.(\d+)(?:\.\d+)?(?:[-+].*)?")


def parse_version(text: str) -> Version:
    """Read `2.42`, `v3.14.0` or `2.42.0+ds`; a ValueError names what is no version."""
    found = _VERSION.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"`{text}` is no version of Prometheus, such as `2.42`")
    return int(found[1]), int(found[2])


#: The newest version whose language is known here.
NEWEST: Version = (3, 14)

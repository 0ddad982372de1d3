"""A word that definitions of CMR share."""

from collections.abc import Mapping

from watchwright import Instant, Words, any_of


def apart(label: str, values: Mapping[str, Words]) -> Instant:
    """All values in one series each, told apart by a label."""
    return any_of(*(value.instant().labelled(**{label: name}) for name, value in values.items()))

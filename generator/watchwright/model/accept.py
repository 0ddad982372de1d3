"""Findings that a definition accepts, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from watchwright.model.error import DefinitionError


def accepted(findings: Mapping[str, str]) -> Mapping[str, str]:
    """Reasons by id; an acceptance without a reason is refused."""
    if not isinstance(findings, Mapping):
        msg = f"`accept` maps ids of findings to reasons, got {findings!r}"
        raise DefinitionError(msg)
    for id_, reason in findings.items():
        if not isinstance(reason, str) or not reason.strip():
            msg = f"`accept` of `{id_}` gives no reason, got {reason!r}"
            raise DefinitionError(msg, "say in a sentence why it is right here")
    return MappingProxyType(dict(findings))

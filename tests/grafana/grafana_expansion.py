"""
What Grafana makes of a text in its provisioning files.

After pkg/services/provisioning/values/values.go (interpolateValue), pkg/setting/expanders.go (ExpandVar) and Go's
os.ExpandEnv: between doubled dollars, `$__env{...}` and `$__file{...}` first, then variables of the environment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_EXPANDER = re.compile(r"\$(|__\w+){([^}]+)}")
# the special parameters of a shell are variables too, and a lone dollar goes
_VARIABLE = re.compile(r"\$(?:{([^}]*)}|([A-Za-z_0-9]\w*|[*#$@!?-])|(?=.)|$)", re.ASCII)


def expanded(text: str, environment: Mapping[str, str] | None = None) -> str:
    """The text as Grafana reads it."""
    known = environment or {}
    return "$".join(
        _variables(_EXPANDER.sub(lambda found: _expander(found, known), part), known) for part in text.split("$$")
    )


def _expander(found: re.Match[str], environment: Mapping[str, str]) -> str:
    match found[1]:
        case "" | "__env":
            return environment.get(found[2], "")
        case "__file":
            return Path(found[2]).read_text("utf-8").strip()
    msg = f"Grafana does not start: unknown expander {found[1]}"
    raise AssertionError(msg)


def _variables(text: str, environment: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: environment.get(found[1] or found[2] or "", ""), text)


def read(value: Any, environment: Mapping[str, str] | None = None) -> Any:
    """A whole document; keys stay as they are."""
    if isinstance(value, dict):
        return {key: read(item, environment) for key, item in value.items()}
    if isinstance(value, list):
        return [read(item, environment) for item in value]
    return expanded(value, environment) if isinstance(value, str) else value

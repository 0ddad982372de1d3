"""Every derived name, so that who makes it and who reads it cannot disagree."""

from __future__ import annotations

import hashlib
import re
import unicodedata

#: Recorded series and alerts carry the system they belong to; alerts carry its owner too.
SYSTEM = "system"
OWNER = "owner"
SEVERITY = "severity"
#: The series and alerts of an SLO carry its name.
SLO = "slo"

_LONGEST_SLUG = 80
_LONGEST_UID = 40  # Grafana's limit
_LONGEST_OBJECT = 63  # Kubernetes takes more of most names, and no more of a label's value


def slug(text: str) -> str:
    """Lower-case ASCII letters, digits and single dashes, for files and uids; a text without any gets a digest."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or hashlib.sha256(text.encode()).hexdigest()[:8]
    return _shortened(made, _LONGEST_SLUG, text)


def rule_group(system: str, file: str) -> str:
    """The one group of a rule file."""
    return f"{system}-{file}"


def targets_gone(job: str) -> str:
    """The alert that each job brings."""
    name = _camel(job) + "TargetsGone"
    return name if not name[0].isdigit() else f"Job{name}"


def slo_alert(slo: str, what: str) -> str:
    """An alert of an SLO: the severity of one that says that its budget burns, or what else it says."""
    name = f"{_camel(slo)}{_camel(what)}"
    return name if not name[0].isdigit() else f"Slo{name}"


def _camel(text: str) -> str:
    words = re.findall(r"[A-Za-z0-9]+", text)
    return "".join(word[:1].upper() + word[1:] for word in words)


def runbook(alert: str) -> str:
    """The page of an alert: `CPUHigh` as `cpu-high`."""
    return "-".join(re.findall(r"[A-Z]{2,}[0-9]+[a-z0-9]*|[A-Z]?[a-z0-9]+|[A-Z]+(?=[A-Z_]|$)", alert)).lower() or alert


def board_uid(system: str, title: str, environment: str = "") -> str:
    """A dashboard's uid: readable, and within Grafana's limit; of several environments each has its own."""
    return grafana_uid(f"{system}-{slug(title)}", environment)


def grafana_uid(name: str, environment: str = "") -> str:
    """The uid of something in Grafana, made of its name."""
    return _shortened(f"{name}-{environment}" if environment else name, _LONGEST_UID)


def panel_id(board: str, key: str) -> int:
    """A panel's id, from stable keys and never from its place: a positive 31-bit number."""
    digest = hashlib.sha256(f"{board}\n{key}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1 or 1


def object_name(*parts: str) -> str:
    """The name of an object in Kubernetes, and of its file: a DNS label."""
    text = "-".join(parts)
    name = slug(text)
    return _shortened(name, _LONGEST_OBJECT, text)


def _shortened(name: str, longest: int, text: str = "") -> str:
    """The name, or its beginning and a digest of the *text* that it was made of."""
    if len(name) <= longest:
        return name
    digest = hashlib.sha256((text or name).encode()).hexdigest()[:8]
    return f"{name[: longest - 9].rstrip('-')}-{digest}"

"""What promtool says of many expressions at once."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

#: "ok", or the line and column of the error, such as "1:5".
Verdict = str

_REFUSED = re.compile(
    r'group "judged", rule (\d+), "[^"]*": could not parse expression: (?:(\d+:\d+)|[a-z ]+): parse error: (.*)'
)


def verdicts(promtool: Path, expressions: Sequence[str], features: Iterable[str] = ()) -> list[Verdict]:
    """Have one rules file with all the expressions checked; one verdict for each, in their order."""
    return [verdict for verdict, _ in explained(promtool, expressions, features)]


def explained(promtool: Path, expressions: Sequence[str], features: Iterable[str] = ()) -> list[tuple[Verdict, str]]:
    """As `verdicts`, with promtool's own words."""
    rules = "".join(f"  - record: r{i}\n    expr: {_quoted(one)}\n" for i, one in enumerate(expressions, 1))
    flags = [f"--enable-feature={','.join(features)}"] if features else []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "judged.yaml")
        path.write_text(f"groups:\n- name: judged\n  rules:\n{rules}", encoding="utf-8")
        ran = subprocess.run([promtool, *flags, "check", "rules", path], capture_output=True, text=True, check=False)
    refused = {int(i): (at or "unknown", why) for i, at, why in _REFUSED.findall(ran.stdout + ran.stderr)}
    assert refused or "SUCCESS" in ran.stdout, ran.stdout + ran.stderr
    return [refused.get(i, ("ok", "")) for i in range(1, len(expressions) + 1)]


def _quoted(text: str) -> str:
    """A YAML string in double quotes, all of it ASCII."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    return char if " " <= char <= "~" else f"\\U{ord(char):08x}"

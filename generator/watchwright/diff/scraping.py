"""What is scraped, and which traces are kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

import attrs

from watchwright.diff.change import About, Change
from watchwright.diff.scraped import Scraped
from watchwright.diff.state import Part, Sampled
from watchwright.diff.uses import Uses
from watchwright.model.duration import milliseconds

#: What the platform says of whatever says nothing itself.
Defaults = Mapping[str, str]


def jobs(system: str, before: Part, after: Part, defaults: tuple[Defaults, Defaults], uses: Uses) -> Iterator[Change]:
    """The scrape jobs of a system that changed; *defaults* are the platform's on both sides, *uses* those now."""
    for name in dict.fromkeys((*before["jobs"], *after["jobs"])):
        old, new = before["jobs"].get(name), after["jobs"].get(name)
        about = About(kind="job", system=system, name=name, place=(new or old or {"place": ""})["place"])
        if new is None:
            yield about.says("lost", "is no longer scraped", mark="-", attention=True)
        elif old is None:
            yield about.says("new", "is scraped", mark="+")
        else:
            yield from _often(about, old, new, defaults)
            yield from _targets(about, old, new)
            yield from _filtered(about, old, new, after, uses)
            yield from _limited(about, old, new)
            yield from _otherwise(about, old, new, defaults)


def _often(about: About, old: Scraped, new: Scraped, defaults: tuple[Defaults, Defaults]) -> Iterator[Change]:
    was, now = _explicit("interval", old, new, defaults)
    if was and now and (longer := milliseconds(now, "") - milliseconds(was, "")):
        how = "less often" if longer > 0 else "more often"
        yield about.says("interval", f"is scraped {how}: each {now}, was each {was}", attention=longer > 0)


def _explicit(
    what: Literal["interval", "timeout"], old: Scraped, new: Scraped, defaults: tuple[Defaults, Defaults]
) -> tuple[str, str]:
    """A length on both sides; alike where both take the platform's, which is told of the platform."""
    if old[what] == new[what]:
        return old[what], new[what]
    was, now = (each[what] or given.get(f"scrape {what}", "") for each, given in zip((old, new), defaults, strict=True))
    return was, now


def _targets(about: About, old: Scraped, new: Scraped) -> Iterator[Change]:
    if gone := [each for each in old["targets"] if each not in new["targets"]]:
        said = f"no longer has the target{_s(gone)} {', '.join(gone)}"
        yield about.says("targets-lost", said, attention=len(new["targets"]) < len(old["targets"]))
    if more := [each for each in new["targets"] if each not in old["targets"]]:
        yield about.says("targets-new", f"has the new target{_s(more)} {', '.join(more)}")


def _s(several: Sequence[str]) -> str:
    return "s" if len(several) > 1 else ""


def _filtered(about: About, old: Scraped, new: Scraped, part: Part, uses: Uses) -> Iterator[Change]:
    """What a scrape brings and nobody keeps; what is read of it needs attention, and so does what nobody can know."""
    for each in new["filters"]:
        if each not in old["filters"]:
            dropped = _dropped(each, part)
            read = [name for name in dropped or () if uses.of(about.system, [name])]
            said = _words(each) + (f", which leaves out {', '.join(read)}" if read else "")
            users = tuple(map(str, uses.of(about.system, read)))
            yield about.says("dropped", said, attention=dropped is None or bool(read), impact=users)
    for each in old["filters"]:
        if each not in new["filters"]:
            yield about.says("kept", f"no longer {_words(each)}")


def _words(filter_: Sequence[str]) -> str:
    action, labels, pattern = filter_
    verb = "drops" if action.startswith("drop") else "keeps only"
    what = "series" if labels == _NAME else f"series by {labels}"
    return f"{verb} {what} `{pattern}`"


_NAME = "__name__"


def _dropped(filter_: Sequence[str], part: Part) -> list[str] | None:
    """The series of a system that a filter leaves out; None where nobody knows them."""
    action, labels, pattern = filter_
    known = [name for metric in part["metrics"].values() for name in metric["series"]]
    if labels != _NAME or action not in ("drop", "keep") or not known:
        return None
    try:
        matches = re.compile(pattern)
    except re.error:  # RE2 knows what Python does not
        return None
    return [name for name in known if bool(matches.fullmatch(name)) is (action == "drop")]


def _limited(about: About, old: Scraped, new: Scraped) -> Iterator[Change]:
    for what in dict.fromkeys((*old["limits"], *new["limits"])):
        was, now = old["limits"].get(what), new["limits"].get(what)
        if was != now:
            higher = now is None or (was is not None and (was + now).isdigit() and int(now) > int(was))  # not of sizes
            said = f"may bring {now or 'any'} {what.replace('_', ' ')}, was {was or 'any'}"
            yield about.says("limit", said if higher else f"{said}: what brings more fails", attention=not higher)


def _otherwise(about: About, old: Scraped, new: Scraped, defaults: tuple[Defaults, Defaults]) -> Iterator[Change]:
    timeouts = _explicit("timeout", old, new, defaults)
    was, now = (
        dict(_flat({**({"timeout": timeout} if timeout else {}), **each["config"]}))
        for timeout, each in zip(timeouts, (old, new), strict=True)
    )
    if changed := [key for key in dict.fromkeys((*was, *now)) if was.get(key) != now.get(key)]:
        said = ", ".join(_told(key, was, now) for key in changed)
        yield about.says("changed", f"is scraped otherwise: {said}", attention=True)


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _flat(each, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
        for number, each in enumerate(value):
            yield from _flat(each, f"{path}[{number}]")
    else:
        yield path, ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _told(key: str, old: dict[str, str], new: dict[str, str]) -> str:
    if key not in old:
        return f"{key} {new[key]}"
    return f"{key} {new[key]}, was {old[key]}" if key in new else f"no {key}, was {old[key]}"


# Traces -----------------------------------------------------------------------------------------------------


def sampling(system: str, before: Part, after: Part) -> Iterator[Change]:
    """The services of a system whose traces are sampled otherwise."""
    for service in dict.fromkeys((*before["sampling"], *after["sampling"])):
        old, new = before["sampling"].get(service), after["sampling"].get(service)
        about = About(kind="sampling of", system=system, name=service, place=(new or old or {"place": ""})["place"])
        if new is None:
            yield about.says("lost", "is given up: its traces are sampled like those of all others", mark="-")
        elif old is None:
            yield about.says("new", f"is new: {new['strategy']}", mark="+")
        else:
            yield from _sampled(about, old, new)


def _sampled(about: About, old: Sampled, new: Sampled) -> Iterator[Change]:
    if old["strategy"] != new["strategy"]:
        yield about.says("changed", _kept(old["strategy"], new["strategy"]))
    for name in sorted({*old["operations"], *new["operations"]}):
        was, now = (each["operations"].get(name, each["strategy"]) for each in (old, new))
        if was != now:
            operation = attrs.evolve(about, name=f"{about.name} {name}")
            yield operation.says("operation", _kept(was, now))


def _kept(was: str, now: str) -> str:
    how = "keeps another share"  # a rate keeps more or less than a share as there is traffic
    if ("/" in was) is ("/" in now):
        more = Decimal(now.removesuffix("/s")) > Decimal(was.removesuffix("/s"))
        how = "keeps more" if more else "keeps less"
    return f"{how}: {now}, was {was}"

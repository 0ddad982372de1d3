"""Where a part was written, down to the helper and the loop that made it."""

from __future__ import annotations

from itertools import takewhile

from workbench import Repository

HEAD = "from watchwright import Alert, Gauge, System\n\ndepth = Gauge('queue_depth', 'Depth.')\n"
ALERT = "Alert(name, expr=depth > 1, for_='5m', severity='panic', summary='x')"


def places(repository: Repository, module: str) -> list[str]:
    """The places of the first finding: its own, and its callers'."""
    repository.write("systems/shop.py", HEAD + module)
    lines = repository.run("check", "--no-verify").stderr.splitlines()
    callers = [line.split()[-1] for line in takewhile(lambda line: line.startswith("    called from"), lines[1:])]
    return [lines[0].split(": ")[0], *callers]


def test_a_comprehension_and_the_line_around_it_are_one_place(repository: Repository) -> None:
    """Python 3.11 has a frame for it that 3.12 has not; the output is the same."""
    module = f"shop = System(\n    'shop',\n    owner='x',\n    scope={{}},\n    alerts=[\n        {ALERT}\n        for name in ['A']\n    ],\n)\n"

    assert ["systems/shop.py:9"] == places(repository, module)


def test_a_generator_is_like_a_comprehension(repository: Repository) -> None:
    """Whoever consumes it."""
    module = f"shop = System('shop', owner='x', scope={{}}, alerts=(\n    {ALERT}\n    for name in ['A']\n))\n"

    assert ["systems/shop.py:5"] == places(repository, module)


def test_helpers_are_named_from_the_inside_out(repository: Repository) -> None:
    """Those of a neighbour module, too."""
    repository.write(
        "systems/_made.py", f"from watchwright import Alert\n\ndef make(name, depth):\n    return {ALERT}\n"
    )
    module = "from ._made import make\n\ndef twice(name):\n    return make(name, depth)\n\nshop = System('shop', owner='x', scope={}, alerts=[twice('A')])\n"

    assert ["systems/_made.py:4", "systems/shop.py:7", "systems/shop.py:9"] == places(repository, module)


def test_a_definition_function_is_a_caller(repository: Repository) -> None:
    """Its own line, not the loader's."""
    module = f"from watchwright import definition\nname = 'A'\n\n@definition\ndef shop(env):\n    return System('shop', owner='x', scope={{}}, alerts=[{ALERT}])\n"

    assert ["systems/shop.py:9"] == places(repository, module)

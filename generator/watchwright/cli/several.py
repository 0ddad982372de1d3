"""Options that take several values after one name, as a shell's glob leaves them: `--rules a.yaml b.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click


class Several(click.Command):
    """A command without arguments: what follows an option that may stand several times belongs to it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Repeat the option before each of its values, as click wants it."""
        names = {name for each in self.params if isinstance(each, click.Option) and each.multiple for name in each.opts}
        return super().parse_args(ctx, list(_repeated(args, names)))


def _repeated(args: Iterable[str], names: set[str]) -> Iterator[str]:
    option, has_value = "", False
    for arg in args:
        if arg.startswith("-") and arg != "-":
            name, _, value = arg.partition("=")
            option, has_value = (name, bool(value)) if name in names else ("", False)
        elif option and has_value:
            yield option
        elif option:
            has_value = True
        yield arg

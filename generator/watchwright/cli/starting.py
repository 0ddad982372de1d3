"""`watchwright init`: a GitOps repository of one's own, with everything in it that works when run."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import attrs
import click

from watchwright.lower.names import slug

# What each file of `starter/` is called there, and in a repository: some would mean something here, too.
_FILES = {
    "pyproject.toml": "pyproject.toml",
    "Makefile": "Makefile",
    "README.md": "README.md",
    "gitignore": ".gitignore",
    "pre-commit-config.yaml": ".pre-commit-config.yaml",
    "systems/platform.py.in": "systems/platform.py",
    "systems/checkout.py.in": "systems/checkout.py",
    "github/check.yml": ".github/workflows/monitoring.yml",
    "github/comment.yml": ".github/workflows/review.yml",
    "gitlab/gitlab-ci.yml": ".gitlab-ci.yml",
    "argocd.yaml": "argocd/application.yaml",
    "flux.yaml": "flux/kustomization.yaml",
}
_NAME = "@NAME@"


@attrs.frozen(kw_only=True)
class Starter:
    """The files of a new repository in a *folder*, by a *name*."""

    folder: Path
    name: str

    def write(self) -> None:
        """Write what is not there; what is stays as it is, whoever wrote it."""
        kept: list[str] = []
        for path, text in self._files():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            try:
                with file.open("x", encoding="utf-8") as new:
                    new.write(text)
            except FileExistsError:
                kept.append(path)
        for path in kept:
            click.echo(f"{path} is there already, and stays as it is", err=True)
        written = len(_FILES) - len(kept)
        there = "" if self.folder == Path() else f"cd {self.folder}, "
        click.echo(f"{written} files written. Now: {there}git init, make render, and commit", err=True)

    def _files(self) -> Iterator[tuple[str, str]]:
        starter = files("watchwright") / "starter"
        for template, path in _FILES.items():
            yield path, (starter / template).read_text("utf-8").replace(_NAME, self.name)


def start(folder: Path, name: str | None) -> None:
    """A repository in a folder, by a name: that of the folder, unless it is given."""
    own = folder.resolve().name
    chosen = slug(own) if name is None else name
    if name is None and chosen != own:
        click.echo(f"the repository is called {chosen}, after {own}; --name calls it otherwise", err=True)
    if slug(chosen) != chosen:
        msg = f"a repository is named in lower-case letters, digits and single dashes, got {chosen!r}"
        raise click.UsageError(msg)
    try:
        Starter(folder=folder, name=chosen).write()
    except OSError as error:
        msg = f"{error.filename}: {error.strerror}"
        raise click.ClickException(msg) from None

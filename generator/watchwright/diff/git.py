"""Git, asked for what it keeps: a revision, and its files in a folder of their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import attrs

from watchwright.finding import Failed
from watchwright.verify.tools import Command, Outcome, failed, run

_QUICK = 60.0
_SETTINGS = (
    "safe.directory=*",  # a checkout in a container often belongs to another user, who has allowed it at home
    "core.sparseCheckout=false",  # what is not laid out here may be needed there
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
)


@attrs.frozen(kw_only=True)
class Unfound:
    """Why a name is no revision, and what might help."""

    said: str
    hint: str = ""


@attrs.frozen
class Git:
    """Git in the repository around a *folder*; what it writes goes into a *temporary* one."""

    folder: Path
    temporary: Path

    def tree(self, name: str) -> str | Unfound:
        """The id of all files of a revision."""
        if self._asked("rev-parse", "--is-inside-work-tree") is None:
            return Unfound(said="Git finds no repository here", hint="without one, folders are compared")
        found = self._asked("rev-parse", "--verify", "--end-of-options", name)
        tree = found and self._asked("rev-parse", "--verify", f"{found}^{{tree}}")
        return tree or self._unfound(name)

    def _unfound(self, name: str) -> Unfound:
        if self._asked("rev-parse", "--verify", "HEAD") is None:
            return Unfound(said="nothing is committed yet", hint="commit first: later changes are compared with that")
        if ".." in name and not name.startswith("."):
            two = " ".join(filter(None, name.replace("...", "..").split("..")))
            return Unfound(said="it is a range of them", hint=f"name the two: `watchwright diff {two}`")
        if self._asked("rev-parse", "--is-shallow-repository") == "true":
            return Unfound(said="this clone is shallow, and has none of that name", hint="fetch it first")
        return Unfound(said="Git has none of that name", hint="fetch it first, where it was made in another clone")

    def prefix(self) -> str:
        """The way to the folder from the top of the repository, with a slash at its end; nothing without one."""
        return self._asked("rev-parse", "--show-prefix") or ""

    def lay_out(self, tree: str, path: str, folder: Path) -> None:
        """
        Write what a tree has at a path to that path of a folder; raises `Failed`.

        As a checkout does, so that neither `export-ignore` nor links make a difference, but with an index of its own.
        """
        below = f"{tree}:{path}" if path else tree
        if self._asked("cat-file", "-t", below) != "tree":
            return
        # from the top: in a folder below it, what lies outside of that folder is not checked out
        top = Git(Path(self._asked("rev-parse", "--show-toplevel") or self.folder), self.temporary)
        variables = {"GIT_INDEX_FILE": str(self.temporary / f"index {path.replace('/', ' ')}")}
        top.do("read-tree", *([f"--prefix={path}/"] if path else []), below, variables=variables)
        top.do("checkout-index", "--all", "--force", f"--prefix={folder}/", variables=variables)

    def _asked(self, *arguments: str) -> str | None:
        """What Git answers; None where it refuses to."""
        outcome = self._run(arguments, {})
        return None if outcome.trouble or outcome.code else outcome.output.removesuffix("\n")

    def do(self, *arguments: str, variables: Mapping[str, str]) -> None:
        """Have Git do something; raises `Failed` where it refuses to."""
        outcome = self._run(arguments, variables)
        if outcome.trouble or outcome.code:
            said = self._complaints.read_text("utf-8", errors="replace")
            raise Failed(outcome.trouble or failed("git", f"{arguments[0]} fails", said))

    def _run(self, arguments: tuple[str, ...], variables: Mapping[str, str]) -> Outcome:
        settings = (word for each in _SETTINGS for word in ("-c", each))
        return run(
            Command(
                tool="git",
                arguments=("git", *settings, "-C", str(self.folder), *arguments),
                folder=self.temporary,
                timeout=_QUICK,
                stderr=self._complaints,
                variables=variables,
            )
        )

    @property
    def _complaints(self) -> Path:
        """What Git warns of, apart from what it answers."""
        return self.temporary / "complaints"

"""What a constructor raises when no context could excuse what it was given."""


class DefinitionError(Exception):
    """A malformed part of a definition. The loader reports it with its place, and goes on after it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

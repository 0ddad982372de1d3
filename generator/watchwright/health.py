"""Health: `Component`s that are green, yellow or red by their `Input`s, and the whole as its worst component."""

from watchwright.model.health import Component, Health, Input

__all__ = ["Component", "Health", "Input"]

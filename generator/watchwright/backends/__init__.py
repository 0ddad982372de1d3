"""A fleet as files: one module a target, none of which decides anything."""

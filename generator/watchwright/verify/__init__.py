"""The judges: what was rendered is shown to the tools that will run it, before it is written."""

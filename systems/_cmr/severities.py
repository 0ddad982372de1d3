"""
CMR's severities in the platform's words.

That an error waits 30 s and a warning 300 s before somebody is told, and that 60 s go by between two notices, is
routing: it delays a notice, and makes no alert of its own.
"""

CRITICAL, ERROR, WARNING = "page", "ticket", "info"

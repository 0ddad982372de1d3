"""
What a Go template reads of its alert, in annotations and labels as Prometheus expands them.

The grammar is that of Go's `text/template/parse`, but for unknown functions. Nothing is executed: what cannot be
known without (templates that are called, variables set twice, samples of a query) is left out.
"""

from __future__ import annotations

from watchwright.gotemplate.reader import read
from watchwright.gotemplate.template import FUNCTIONS, Query, Template, TemplateError, Used, Version

__all__ = ["FUNCTIONS", "Query", "Template", "TemplateError", "Used", "Version", "read"]

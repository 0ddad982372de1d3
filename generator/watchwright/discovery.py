"""Where a job's targets come from: `Static`, `File`, `Http`, `Kubernetes`."""

from watchwright.model.discovery import File, Http, Kubernetes, Static

__all__ = ["File", "Http", "Kubernetes", "Static"]

"""Capacity: how long what there is will last."""

from watchwright.model.capacity import time_left

__all__ = ["time_left"]

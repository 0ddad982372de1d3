"""PromQL as a tree: built, printed, parsed, with units. Prometheus alone evaluates it."""

"""Objectives: the rules, alerts, tests and boards that each of them amounts to."""

"""Alerts: conditions that a user gives, watched over the trace to a target, raised and cleared."""

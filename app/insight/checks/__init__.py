"""Active checks: which are offered, and what their results mean."""

"""The trace: which probe goes out when, and what became of it."""

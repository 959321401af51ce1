"""The machine that probes: its interfaces and traffic counters."""

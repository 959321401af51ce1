"""Sessions kept in files: events as they happened, written while a trace runs and folded again when it is read."""

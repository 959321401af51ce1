"""Header formats, one module each."""

"""The search for the path MTU."""

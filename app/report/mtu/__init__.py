"""The output formats of the path MTU."""

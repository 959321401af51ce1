"""The output formats of a trace, one module each."""

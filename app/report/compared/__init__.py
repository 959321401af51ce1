"""The output formats of a comparison."""

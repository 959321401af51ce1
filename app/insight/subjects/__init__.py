"""The verdict rules, one module a subject."""

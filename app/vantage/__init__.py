"""Probing from another machine: how it is reached, and our own probe process on it, run from memory."""

"""Exact tests and regularity: the ground floor, which everyone may import."""

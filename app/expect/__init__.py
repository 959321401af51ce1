"""Expectations: what a user says a path must be like, for tests of networks."""

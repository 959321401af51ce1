"""Widgets of the full-screen application; they know no engine."""

"""Boxes and prompts over the screen."""

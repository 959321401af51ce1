"""Worlds for the bench: networks written as physics, which know nothing of the rules that judge them."""

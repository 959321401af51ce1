"""Hops that many targets share: each is probed once a round for all of them."""

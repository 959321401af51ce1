"""This process: its streams, signals, locks and title."""

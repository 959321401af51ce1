"""What a snapshot says, counted and tested once for all rules."""

"""Header formats, one module each; addresses are packed bytes (4 or 16), numbers are host integers."""

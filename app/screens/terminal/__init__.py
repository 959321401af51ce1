"""What the terminal can show, and how frames reach it."""

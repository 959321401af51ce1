"""Any moment of a trace, shown again: what happened is kept, folded up to a moment, and played like a film."""

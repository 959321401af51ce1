"""From snapshots to what widgets draw."""

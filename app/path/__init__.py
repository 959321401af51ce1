"""What the trace saw: statistics and history of each hop, as immutable snapshots."""

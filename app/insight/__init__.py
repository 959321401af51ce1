"""What a trace means: verdicts over a snapshot, with the statistics that they rest on."""

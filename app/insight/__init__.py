"""What a trace means: verdicts over a snapshot, with the statistics behind them."""

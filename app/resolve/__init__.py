"""Names and networks of addresses, looked up beside the trace."""

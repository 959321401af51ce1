"""A simulated network that stands in for the sockets."""

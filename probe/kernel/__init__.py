"""Probing through the kernel's sockets."""

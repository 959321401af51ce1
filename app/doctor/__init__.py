"""``--doctor``: what this host lets hopscope do, found by trying it, and the remedy for what it does not."""

"""From options to a session: targets, plan, probe command, demo."""

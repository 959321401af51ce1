"""The probe process: sends probes, receives answers, measures round trips."""

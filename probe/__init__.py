"""The probe process: sends probes, receives answers, measures RTTs."""

"""A workspace for many readers at once: the current run, look-ups without delay, answers kept."""

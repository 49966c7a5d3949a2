"""A review in the dashboard: begun, written into, ended; what was written stays."""

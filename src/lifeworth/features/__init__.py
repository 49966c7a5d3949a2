"""From tables to what models and parts look at."""

"""How data comes in: upload, the column map to confirm, the check, the run."""

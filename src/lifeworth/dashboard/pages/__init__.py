"""Pages that need more than a spec: each file here is one, found by its name `PAGE`."""

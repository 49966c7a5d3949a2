"""What the API offers beside the actions: one file a subject, each with its `ROUTES`."""

"""The REST API under `/api/v1`: the actions under their own names, and resources."""

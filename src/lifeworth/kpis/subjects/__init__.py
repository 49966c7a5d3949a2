"""The figures of the business, a file a subject."""

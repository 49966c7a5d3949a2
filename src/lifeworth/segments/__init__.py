"""Customers in groups one can act on."""

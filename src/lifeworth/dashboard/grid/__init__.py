"""The list of customers as a grid: its filters as conditions, as words and as an address."""

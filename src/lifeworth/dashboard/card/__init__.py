"""The scorecard in the dashboard: its entries as lists and forms, its file as text."""

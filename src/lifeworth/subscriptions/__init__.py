"""Subscriptions: revenue that recurs, who stays, and what contracts are still worth."""

"""Subscriptions as billing systems export them, each told by its columns and brought to the one table of the house."""

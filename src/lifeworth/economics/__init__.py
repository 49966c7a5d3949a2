"""Unit economics: what a customer costs to win, to serve and to keep, and when that is earned back."""

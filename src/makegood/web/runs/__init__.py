"""Runs of all kinds, and the credit window."""

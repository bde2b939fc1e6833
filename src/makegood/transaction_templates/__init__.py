"""Prepared values for credits and charges."""

"""Saved filters and chosen columns of lists."""

"""A demo provider, told through services; the same each time."""

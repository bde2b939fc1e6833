"""Selections, and a list frozen into rows and carried out in chunks. Knows no credits."""

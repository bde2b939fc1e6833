"""The day on which the tests of invoice pages play."""

from datetime import date

FEBRUARY = date(2026, 2, 1)
DUE = date(2026, 2, 15)

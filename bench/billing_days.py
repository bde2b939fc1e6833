"""The days of the billing measurements, and how much of what is measured."""

from datetime import date

ISSUE = date(2026, 3, 1)
"""Everybody is due an invoice on this day."""
DUE = date(2026, 3, 15)
"""The invoices of that day fall due."""
IDLE = (date(2026, 3, 8), date(2026, 3, 9))
"""Days on which nothing happens: the invoices are not yet due, and no anniversary comes before the 12th."""
STATEMENTS = 500
"""Customers whose statements are read."""

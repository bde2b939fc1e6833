"""Processors of payments: their keys, what they say, and how to speak with them. Nothing of invoices is known here."""

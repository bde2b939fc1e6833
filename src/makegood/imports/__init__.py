"""Customers and orders from a file, described by a map. Idempotent by customer number and order number."""

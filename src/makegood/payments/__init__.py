"""Payments of customers, and what they pay."""

"""Customers: who gets invoices."""

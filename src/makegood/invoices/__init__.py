"""Invoices, their lines, numbers and receivables: issue, due, late, void."""

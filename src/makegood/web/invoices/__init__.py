"""The Invoice List, invoices, and invoice runs."""

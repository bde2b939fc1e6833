"""What a person can do with invoices, charges and adjustments."""

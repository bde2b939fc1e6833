"""Payment methods of customers."""

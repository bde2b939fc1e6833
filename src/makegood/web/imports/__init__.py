"""Import of customers and orders."""

"""Pages of a customer's statement."""

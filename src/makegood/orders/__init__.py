"""Services, and what is sold to a customer at an address."""

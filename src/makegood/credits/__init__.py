"""Credits, and what a credit run does to a customer."""

"""Credit runs and take-backs."""

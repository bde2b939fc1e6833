"""The Order List and orders."""

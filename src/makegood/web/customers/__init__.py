"""The Customer List."""

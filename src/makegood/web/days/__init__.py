"""Pages of the provider's days: what each did, and what went wrong."""

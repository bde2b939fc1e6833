"""Working through a provider's days."""

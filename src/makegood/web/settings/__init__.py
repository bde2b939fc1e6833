"""Settings: templates, limits, GL codes, services, staff, the provider."""

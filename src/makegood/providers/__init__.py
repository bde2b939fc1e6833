"""Service providers (the tenants), their staff, roles and limits."""

"""E-mail to customers: templates, the outbox, what was received."""

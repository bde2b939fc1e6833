"""E-mails to customers: the outbox, and what each message says."""

"""Giving the messages of the outbox to the mail server. Decision 10 says how, and what can happen."""

"""The processor Stripe, by its official library."""

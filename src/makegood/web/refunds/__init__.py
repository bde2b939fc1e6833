"""Pages: refunds and pay-outs."""

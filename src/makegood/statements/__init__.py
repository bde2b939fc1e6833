"""What a customer was billed, given and paid, and why."""

"""Pages: what processors send: the address it comes to, and the list of it."""

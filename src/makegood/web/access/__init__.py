"""Log-in, log-out, password, choice of provider."""

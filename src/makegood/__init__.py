"""Makegood: self-hosted end-customer billing for broadband service providers."""

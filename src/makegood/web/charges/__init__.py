"""Charges, and discounts and surcharges on orders."""

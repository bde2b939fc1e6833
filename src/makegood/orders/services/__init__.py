"""What a person can do with services and orders."""

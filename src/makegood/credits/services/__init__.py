"""What a person can do with credits."""

"""What a person has selected on a list."""

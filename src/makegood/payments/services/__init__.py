"""What people can do with payments."""

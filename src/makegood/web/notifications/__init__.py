"""The Notifications area."""

"""Messages to staff: the Notifications area."""

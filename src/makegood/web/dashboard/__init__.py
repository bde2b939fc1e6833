"""Pages: the dashboard and its plots."""

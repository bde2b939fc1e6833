"""Settings, addresses, the `makegood` command and its processes: the only place that knows all."""

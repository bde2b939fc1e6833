"""Pages: they translate between a browser and the selectors and services below."""

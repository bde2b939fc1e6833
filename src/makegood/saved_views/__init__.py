"""How a person wants to see a list: saved filters and chosen columns."""

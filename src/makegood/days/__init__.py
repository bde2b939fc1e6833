"""Each provider's day, worked through once and in order."""

"""What the books say: trial balance, roll-forwards, closing of months, journal export."""

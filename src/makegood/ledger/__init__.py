"""GL codes, the journal and the customers' balances. Append only."""

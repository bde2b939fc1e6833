"""Money, clock, database, SQL: knows no word of the product."""

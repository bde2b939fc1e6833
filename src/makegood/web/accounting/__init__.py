"""Pages: reports from the books, the journal, and the closing of months."""

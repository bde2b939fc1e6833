-- One import of a provider at a time; the next one waits here and then sees what this one has written.
-- Parameters: provider.
-- Index: none.
SELECT pg_advisory_xact_lock(hashtextextended('makegood import', %(provider)s))

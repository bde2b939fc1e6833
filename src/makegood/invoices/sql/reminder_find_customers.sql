-- The next customers who are to be reminded of something.
-- {due}: reminder_find.sql; its parameters come with it.
-- Parameters: limit.
-- Index: none of its own.
SELECT DISTINCT customer_id FROM ({due}) AS due ORDER BY customer_id LIMIT %(limit)s

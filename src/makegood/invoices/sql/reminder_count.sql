-- Counts a reminder on each invoice that it is due for; returns whom of and how much is left. The customers' locks are held.
-- {due}: reminder_find.sql; its parameters come with it.
-- Parameters: none of its own.
-- Index: invoice primary key.
UPDATE invoice
SET reminders_sent = due.reminders
FROM ({due}) AS due
WHERE invoice.id = due.invoice_id
RETURNING invoice.customer_id, due.left_minor

-- Late invoices that a reminder is due for: more days of reminding have passed than reminders were sent.
-- {left_to_pay}: late_left_to_pay.sql; its parameters come with it.
-- Parameters: provider, customers, after, day, reminder_days (smallint[]: days after the due date).
-- Index: customer primary key.
SELECT left_to_pay.invoice_id, left_to_pay.customer_id, left_to_pay.left_minor, passed.reminders
FROM ({left_to_pay}) AS left_to_pay
JOIN customer ON customer.id = left_to_pay.customer_id AND customer.billing_enabled
CROSS JOIN LATERAL (
    SELECT count(DISTINCT after_days)::smallint AS reminders
    FROM unnest(%(reminder_days)s::smallint[]) AS after_days
    WHERE left_to_pay.due_on + after_days <= %(day)s::date
) AS passed
WHERE passed.reminders > left_to_pay.reminders_sent

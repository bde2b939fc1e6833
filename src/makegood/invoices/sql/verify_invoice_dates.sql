-- Entries that are not dated as their journal entry is, invoices that are not dated as their first entry is, and lines of
-- services whose days lie behind the invoice's last day.
-- Parameters: none.
-- Index: none; reads invoices, entries and the journal once.
SELECT receivable_entry.invoice_id AS invoice, receivable_entry.number, receivable_entry.booked_on, journal_entry.booked_on AS other
FROM receivable_entry
JOIN journal_entry ON journal_entry.id = receivable_entry.journal_entry_id
WHERE (receivable_entry.booked_on, receivable_entry.effective_on)
    IS DISTINCT FROM (journal_entry.booked_on, journal_entry.effective_on)
UNION ALL
SELECT invoice.id, receivable_entry.number, invoice.issued_on, receivable_entry.booked_on
FROM invoice
JOIN receivable_entry ON receivable_entry.invoice_id = invoice.id AND receivable_entry.type = 'issued'
WHERE invoice.issued_on <> receivable_entry.booked_on
UNION ALL
SELECT invoice.id, invoice_line.position, invoice.period_to, invoice_line.to_on
FROM invoice
JOIN invoice_line ON invoice_line.invoice_id = invoice.id
WHERE invoice_line.kind = 'service' AND invoice_line.to_on > invoice.period_to

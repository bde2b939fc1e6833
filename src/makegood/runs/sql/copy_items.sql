-- Copies the items of a selection to another selection of the same provider.
-- Parameters: provider, current (the selection that is copied), copy (the selection that gets them).
-- Index: selection_item's key.
INSERT INTO selection_item (provider_id, selection_id, record_id)
SELECT provider_id, %(copy)s, record_id
FROM selection_item
WHERE selection_id = %(current)s AND provider_id = %(provider)s

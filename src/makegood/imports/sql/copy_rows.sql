-- Takes staged lines. Values hold no control character, so the quote and the null mark cannot occur in them.
-- Parameters: none.
-- Index: none.
COPY import_row FROM STDIN WITH (FORMAT csv, DELIMITER E'\t', QUOTE E'\x01', NULL E'\x02')

"""What somebody could do to e-mails past the program, and the invariants that notice it."""

from collections.abc import Sequence

TAMPERING_WITH_EMAILS: dict[str, tuple[str, Sequence[str]]] = {
    "a message is given to somebody who does not exist": (
        "UPDATE message SET customer_id = 0 WHERE id = (SELECT max(id) FROM message WHERE cause_type = 'run')",
        ["message_references", "credit_messages"],
    ),
    "a message is given to another customer": (
        """
        UPDATE message SET customer_id = (SELECT id FROM customer WHERE number = 'Other')
        WHERE id = (SELECT max(id) FROM message WHERE cause_type = 'run')
        """,
        ["credit_messages"],
    ),
    "a message is removed": (
        "DELETE FROM message WHERE id = (SELECT max(id) FROM message WHERE cause_type = 'run')",
        ["credit_messages"],
    ),
    "a message tells of another run": (
        "UPDATE message SET cause_id = cause_id + 1 WHERE cause_type = 'run'",
        ["credit_messages"],
    ),
    "a message tells of another change": (
        "UPDATE message SET cause_id = cause_id + 1 WHERE cause_type = 'credit_change'",
        ["credit_messages"],
    ),
    "a message tells of something unheard of": (
        "UPDATE message SET cause_type = 'invoice' WHERE cause_type = 'credit_change'",
        ["credit_messages"],
    ),
    "a message names a version that does not exist": (
        "UPDATE message SET version_id = 0 WHERE state = 'sent'",
        ["message_references"],
    ),
    "what was sent is removed": ("DELETE FROM message_body", ["message_bodies"]),
    "a message says that it was not sent after all": (
        "UPDATE message SET state = 'failed', reason = 'x', sent_at = NULL WHERE state = 'sent'",
        ["message_bodies"],
    ),
    "a body is another provider's": ("UPDATE message_body SET provider_id = 0", ["message_bodies"]),
}

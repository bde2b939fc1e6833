"""What must hold for e-mail to customers."""

from makegood.kit.invariants import register


def register_invariants() -> None:
    """Adds the invariants of e-mail; called when the application starts."""
    register(
        __package__,
        message_references="Messages name only customers and versions of templates that exist and are the provider's.",
        message_bodies="What was sent is kept word for word: each sent message has its body, and no other has one.",
    )

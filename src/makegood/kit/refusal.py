"""The one exception for what a person asked for and cannot have."""


class Refused(Exception):
    """A request that is refused, with a sentence for the person who made it.

    code: a stable word for programs, such as ``amount_zero``.
    message: one or two plain sentences.
    field: the input that is at fault, where it is one input.
    """

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field

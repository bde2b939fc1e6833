"""Text for files that spreadsheets open."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def guard_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe in front says that it is text."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text

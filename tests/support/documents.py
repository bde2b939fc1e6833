"""The text of PDF documents."""

from io import BytesIO

from pypdf import PdfReader


def read_document(document: bytes) -> str:
    """The text of all pages, a form feed between two pages; line breaks as they are on the page."""
    return "\f".join(page.extract_text() for page in PdfReader(BytesIO(document)).pages)
